"""Settings: defaults, then the file, then the environment; what is wrong stops the start by name."""

import stat
from dataclasses import replace
from datetime import date

import pytest

from tracker.config import Settings, load
from tracker.domain.errors import ConfigError
from tracker.domain.message import CHINESE, translate
from tracker.key import keep_key


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "office"


def settings(folder, file: str = "", **environ: str):
    folder.mkdir(exist_ok=True)
    if file:
        (folder / "config.toml").write_text(file, encoding="utf-8")
    return load({"TRACKER_INSTANCE": str(folder), **environ})


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(folder):
    file = 'agency_name = "甲局"\nport = 9000\n'

    found = settings(folder, file, TRACKER_PORT="9100")

    assert (found.agency_name, found.server.port, found.server.threads) == ("甲局", 9100, 4)


@pytest.mark.parametrize(
    ("file", "environ", "named"),
    [
        ("prot = 80", {}, "prot"),
        ("", {"TRACKER_PROT": "80"}, "prot"),
        ("port = 70000", {}, "port"),
        ('port = "80"', {}, "port"),
        ("", {"TRACKER_PORT": "eighty"}, "port"),
        ("", {"TRACKER_SECURE_COOKIES": "maybe"}, "secure_cookies"),
        ('year_of_result = "printed"', {}, "year_of_result"),
        ('database_url = "mysql://x"', {}, "database_url"),
        ("threads = 0", {}, "threads"),
        ("[mail]\nfrom_hour = 18\nuntil_hour = 8", {}, "几时起应早于几时止"),
        ("port = ", {}, "config.toml"),
        ('secret_key = "x"', {}, "secret_key"),
        ('agencies = "x"', {}, "agencies"),
        ('agency = "x"', {}, "agency"),
        ("agency.west = 5", {}, "agency"),
        ("", {"TRACKER_AGENCY": "x"}, "agency"),
        ('[agency."west"]\nport = 80', {}, "west.*port"),
        ('[agency."west"]\ncourt = 80', {}, "west.*court"),
        ('[agency."west"]\nagency_level = "town"', {}, "west.*agency_level"),
    ],
)
def test_an_unknown_key_or_an_impossible_value_stops_the_start_by_its_name(folder, file, environ, named):
    with pytest.raises(ConfigError, match=named):
        settings(folder, file, **environ)


GROUPED = """
agency_name = "甲局"
[server]
port = 9000
base_url = "https://ysq.example.gov.cn"
[smtp]
host = "smtp.example.gov.cn"
security = "ssl"
[mail]
from = "gov@example.org"
until_hour = 20
[reading]
megabytes = 1024
[jobs]
night_hour = 3
"""
ALONE = """
agency_name = "甲局"
port = 9000
base_url = "https://ysq.example.gov.cn"
smtp_host = "smtp.example.gov.cn"
smtp_security = "ssl"
mail_from = "gov@example.org"
mail_until_hour = 20
reading_megabytes = 1024
night_hour = 3
"""


def test_a_file_in_groups_and_one_of_an_older_version_say_the_same(folder):
    grouped, alone = settings(folder, GROUPED), settings(folder, ALONE)

    assert replace(grouped, secret_key=b"") == replace(alone, secret_key=b"")
    assert (grouped.server.port, grouped.smtp.security, grouped.mail.sender) == (
        9000,
        "ssl",
        "gov@example.org",
    )
    assert grouped.server.secure_cookies  # the pages are reached over https


def test_the_environment_wins_over_a_group(folder):
    found = settings(
        folder, GROUPED, TRACKER_SMTP_HOST="mail", TRACKER_PORT="9100", TRACKER_MAIL_FROM_HOUR="9"
    )

    assert (found.smtp.host, found.server.port, found.mail.from_hour) == ("mail", 9100, 9)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "[server]\nprot = 80",
            r"config\.toml 的 \[server\]：没有设置项“prot”。这一组的设置项：host、port、threads",
        ),
        ("[server]\nsmtp_host = 'x'", "没有设置项“smtp_host”"),
        (
            "[mail]\nsender = 'a@example.org'",
            "没有设置项“sender”。这一组的设置项：from、from_hour、until_hour",
        ),
        ("[sever]\nport = 80", "没有设置项“sever”"),
        ("port = 80\n[server]\nport = 81", "port 是同一项，写了两次"),
        ("server = 5", "server"),
        ("[smtp]\nport = 70000", "smtp_port 应为 1 与 65535 之间的整数，现为“70000”"),
        ("[smtp]\nsecurity = 'tls'", "smtp_security 应为 starttls、ssl、none 之一，现为“tls”"),
        ("[server]\ntrusted_proxies = 'here'", "trusted_proxies 应为以空格分开的地址或网段"),
        ("[server]\nbase_url = 'ysq'", "base_url 应以 http:// 或 https:// 开头"),
        ("[mail]\nfrom = 'office'", "mail_from 应为一个邮箱地址"),
        ("agency_name = 5", "agency_name 应为文字"),
        ("[server]\nsecure_cookies = 1", "secure_cookies 应为 true 或 false"),
    ],
)
def test_what_cannot_be_is_named_with_its_place_and_what_it_should_be(folder, file, words):
    with pytest.raises(ConfigError, match=words):
        settings(folder, file)


def test_what_is_practice_now_is_kept_apart_with_where_it_was_said(folder):
    file = 'delay_days = 30\n[agency."西城"]\nupper_organ = "乙市税务局"\n'

    found = settings(folder, file, TRACKER_LATE_STEPS_RESTART="1").former

    kept, own = str(folder / "config.toml"), f'{folder / "config.toml"} 的 [agency."西城"]'
    assert [(each.key, each.value, each.agency, each.where) for each in found] == [
        ("upper_organ", "乙市税务局", "西城", own),
        ("delay_days", 30, None, kept),
        ("late_steps_restart", True, None, "环境变量 TRACKER_LATE_STEPS_RESTART"),
    ]


def test_the_environment_wins_over_the_file_for_what_is_practice_now_too(folder):
    found = settings(folder, "delay_days = 30\n", TRACKER_DELAY_DAYS="40")

    assert [each.value for each in found.former] == [40]
    assert found.former_practice.on(date(2008, 5, 1)).delay_days == 40


def keep(read: Settings) -> None:
    """Write the key of an office down as the command does that makes it."""
    keep_key(read.instance, read.secret_key, read.database_url)


def test_a_key_is_kept_for_an_office_that_is_made_and_is_its_owner_s_alone(folder):
    first = settings(folder)
    path = folder / "secret.key"
    assert not path.exists()  # to read the settings makes nothing

    keep(first)

    assert settings(folder).secret_key == first.secret_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(ConfigError, match=r"secret\.key"):
        settings(folder)


def test_of_two_who_make_the_same_office_the_second_is_refused_and_the_first_one_s_key_stays(folder):
    first, second = settings(folder), settings(folder)
    keep(first)

    with pytest.raises(ConfigError, match="请再运行一次"):
        keep(second)

    assert settings(folder).secret_key == first.secret_key


def test_the_secret_key_is_not_shown(folder):
    found = settings(folder)

    assert found.secret_key.hex() not in repr(found)
    assert str(found.secret_key) not in repr(found)


def test_a_postgresql_address_names_its_driver(folder):
    found = settings(folder, TRACKER_DATABASE_URL="postgresql://u:p@db/tracker")

    assert found.database_url.startswith("postgresql+psycopg://")


def test_what_is_wrong_with_a_setting_is_said_in_english_too(folder):
    with pytest.raises(ConfigError) as wrong:
        settings(folder, "[server]\nport = 70000\n")

    said = translate("en", wrong.value.message)
    assert "port should be a whole number between 0 and 65535; it is “70000”" in said
    assert "the table [server] of" in said
    assert not CHINESE.search(said)
