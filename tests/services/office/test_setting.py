"""The office's own settings: rows, with reason and history; what the machine says goes before them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm.exc import StaleDataError

from tests.conftest import settings_of
from tracker.config import PLACES
from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.office.setting import OFFICE_SETTINGS
from tracker.domain.permission import Role
from tracker.mail import sms
from tracker.models.base import db, transaction
from tracker.models.setting import SettingRow
from tracker.services.mail import outbox
from tracker.services.office import office, seen, setting
from tracker.services.operations import rekey

MAIL = {
    "smtp_host": "mail.example.org",
    "smtp_port": "465",
    "smtp_security": "ssl",
    "smtp_password": "geheim-1",
}


def put(actor, clock, why: str = "", **values: str) -> list[str]:
    return setting.set_to(values, why=why, actor=actor(Role.ADMINISTRATOR), now=clock())


def test_what_the_office_sets_is_in_force_at_once_and_known_to_the_mail(app, actor, clock):
    assert put(actor, clock, **MAIL) == ["smtp_host", "smtp_port", "smtp_security", "smtp_password"]

    server = outbox.server_of(setting.in_force())
    assert (server.host, server.port, server.security) == ("mail.example.org", 465, "ssl")
    assert server.password == "geheim-1"
    assert put(actor, clock, **MAIL) == []


def test_a_password_is_sealed_and_stands_nowhere_in_the_clear(app, actor, clock):
    put(actor, clock, **MAIL)

    kept = db.session.execute(text("SELECT value, secret FROM settings WHERE key = 'smtp_password'")).one()
    assert kept.value == ""
    assert b"geheim-1" not in bytes(kept.secret)
    everything = "".join(str(row) for row in db.session.execute(text("SELECT * FROM audit_entries")))
    assert "geheim-1" not in everything
    assert put(actor, clock, smtp_password="") == []
    assert setting.in_force().smtp.password == "geheim-1"


def test_a_change_needs_a_reason_and_every_row_stays(app, actor, clock):
    put(actor, clock, smtp_host="old.example.org")
    with pytest.raises(InvalidDetailError, match="写明理由"):
        put(actor, clock, smtp_host="new.example.org")

    put(actor, clock, "换了服务器", smtp_host="new.example.org")

    assert [(row.value, row.why) for row in setting.history()] == [
        ("old.example.org", "首次填写"),
        ("new.example.org", "换了服务器"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("smtp_port", "70000", "端口：应为 1 与 65535 之间的整数"),
        ("smtp_port", "6379", "端口只能是25、465、587、994、2525"),
        ("imap_port", "6379", "端口只能是143、993"),
        ("smtp_port", "x", "端口：应为 1 与 65535 之间的整数"),
        ("smtp_security", "tls", "加密方式：应为"),
        ("mail_from", "nobody", "发件邮箱：应为一个邮箱地址"),
        ("base_url", "ysq.example.org", "应以 http:// 或 https:// 开头"),
        ("smtp_host", "mail\x07", "控制字符"),
    ],
)
def test_an_impossible_value_is_refused_by_its_name_and_nothing_is_kept(
    on_sqlite, actor, clock, key, value, words
):
    with pytest.raises(InvalidDetailError, match=words):
        put(actor, clock, **{"smtp_login": "office", key: value})

    db.session.rollback()
    assert setting.history() == []


def test_what_the_machine_says_goes_before_and_is_not_changed_here(on_sqlite, actor, clock):
    put(actor, clock, smtp_host="page.example.org")
    ours = office.settings()
    smtp, given = replace(ours.smtp, host="file.example.org"), {"smtp_host": "config.toml 的 [smtp]"}
    office.current["settings"] = replace(ours, smtp=smtp, given=given)
    db.session.rollback()

    assert setting.in_force().smtp.host == "file.example.org"
    with pytest.raises(InvalidDetailError, match=r"由服务器配置决定（config.toml 的 \[smtp\]）"):
        put(actor, clock, "换", smtp_host="page.example.org")


def test_the_settings_tell_what_the_file_and_the_environment_give_and_where(tmp_path, monkeypatch):
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "config.toml").write_text('[smtp]\nhost = "a.example.org"\n', encoding="utf-8")

    given = settings_of(folder).given

    assert given["smtp_host"] == f"{folder / 'config.toml'} 的 [smtp]"
    assert given["testing"] == "环境变量 TRACKER_TESTING"


def test_a_row_that_another_tool_wrote_has_no_effect_and_is_named(on_sqlite, actor, clock):
    put(actor, clock, smtp_port="465")
    with transaction():
        db.session.add(SettingRow(key="smtp_port", value="x", set_by="某人", set_at=clock(), why="y"))

    assert setting.in_force().smtp.port == 587
    assert setting.without_effect() == ["smtp_port"]


LOGIN = {**MAIL, "smtp_login": "office"}


@pytest.mark.parametrize(
    "other",
    [
        {"smtp_host": "evil.example.net"},
        {"smtp_port": "25"},
        {"smtp_security": "none"},
        {"smtp_login": "somebody"},
    ],
)
def test_a_kept_password_is_said_to_nobody_else_and_in_no_other_way(on_sqlite, actor, clock, other):
    put(actor, clock, **LOGIN)
    with pytest.raises(InvalidDetailError, match="请重新填写登录密码"):
        put(actor, clock, "换", **other)
    db.session.rollback()

    assert put(actor, clock, "换", **other, smtp_password="geheim-1") == list(other)
    assert outbox.server_of(setting.in_force()).password == "geheim-1"


def test_a_gateway_of_text_messages_is_set_here_and_its_token_goes_to_no_other(on_sqlite, actor, clock):
    put(actor, clock, channel_sms_url="https://sms.example.org/send", channel_sms_token="geheim-2")
    assert sms.is_set(setting.in_force())
    assert put(actor, clock, mail_megabytes="20") == ["mail_megabytes"]

    with pytest.raises(InvalidDetailError, match="请重新填写短信网关的令牌"):
        put(actor, clock, "换", channel_sms_url="https://evil.example.net")


def test_a_server_that_asks_for_no_login_needs_no_password_again(on_sqlite, actor, clock):
    put(actor, clock, **LOGIN)
    put(actor, clock, "内网", smtp_host="relay.example.org", smtp_login="")
    with pytest.raises(InvalidDetailError, match="请重新填写登录密码"):
        put(actor, clock, "换", smtp_login="office")


def test_a_password_of_the_machine_goes_to_a_server_of_the_machine_alone(on_sqlite, actor, clock):
    put(actor, clock, smtp_host="page.example.org", smtp_login="office")
    ours, given = office.settings(), {"smtp_password": "环境变量 TRACKER_SMTP_PASSWORD"}
    office.current["settings"] = replace(ours, smtp=replace(ours.smtp, password="machine-1"), given=given)
    db.session.rollback()
    db.session().info.clear()

    assert setting.in_force().smtp.host == ""
    with pytest.raises(InvalidDetailError, match="由服务器配置决定（环境变量 TRACKER_SMTP_PASSWORD）"):
        put(actor, clock, "换", smtp_host="evil.example.net")


@pytest.mark.parametrize("key", ["smtp_login", "smtp_password"])
def test_what_no_server_can_be_told_is_refused(on_sqlite, actor, clock, key):
    with pytest.raises(InvalidDetailError, match="只能是英文字母、数字和符号"):
        put(actor, clock, **{key: "密码1"})


def test_hours_without_an_hour_are_refused_and_have_no_effect(on_sqlite, actor, clock):
    with pytest.raises(InvalidDetailError, match="几时起应早于几时止"):
        put(actor, clock, mail_from_hour="18", mail_until_hour="8")
    db.session.rollback()
    with transaction():
        db.session.add(SettingRow(key="mail_from_hour", value="20", set_by="某人", set_at=clock(), why="y"))

    assert (setting.in_force().mail.from_hour, setting.in_force().mail.until_hour) == (8, 18)
    assert setting.without_effect() == ["mail_from_hour"]


def test_an_old_page_sets_nothing_back(on_sqlite, actor, clock):
    put(actor, clock, smtp_host="old.example.org")
    before = seen.mark(setting.shown())
    put(actor, clock, "换", smtp_host="new.example.org")

    with pytest.raises(StaleDataError):
        setting.set_to(
            {"smtp_host": "old.example.org", "mail_until_hour": "17"},
            why="下班早", actor=actor(Role.ADMINISTRATOR), now=clock(), looked_at=before,
        )  # fmt: skip

    db.session.rollback()
    assert setting.in_force().smtp.host == "new.example.org"


def test_a_new_key_of_the_office_still_opens_the_password(on_sqlite, actor, clock):
    put(actor, clock, **MAIL)
    rekey.change(actor="命令行", now=clock())
    db.session.remove()

    assert db.session.scalar(select(SettingRow.secret).where(SettingRow.key == "smtp_password")) == "geheim-1"


def test_the_administrator_alone_sets_them(on_sqlite, actor, clock):
    with pytest.raises(NotPermittedError):
        setting.set_to({"smtp_host": "x"}, why="", actor=actor(Role.HEAD), now=clock())


def test_every_setting_of_the_office_is_one_of_the_machines_with_its_bounds():
    assert [each.key for each in OFFICE_SETTINGS if each.key not in PLACES] == []


def test_of_two_who_save_at_one_moment_one_is_kept_and_the_other_is_told_to_look_again(app, actor, clock):
    head, seen_before, together = actor(Role.ADMINISTRATOR), seen.mark(setting.shown()), Barrier(2)
    moment = clock()
    db.session.remove()

    def save(host: str) -> str:
        with app.app_context():
            together.wait()
            try:
                values = {"smtp_host": host}
                setting.set_to(values, why="", actor=head, now=moment, looked_at=seen_before)
            except StaleDataError:
                return ""
            return host

    with ThreadPoolExecutor(2) as people:
        kept = [host for host in people.map(save, ["a.example.org", "b.example.org"]) if host]

    assert len(kept) == 1
    assert [row.value for row in setting.history()] == kept
