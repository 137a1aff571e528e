"""A database belongs to its key and to its tables: what is not theirs is refused in words."""

import secrets
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from tests.conftest import settings_of
from tests.jobs.test_jobs import load, received
from tracker.app import create_app
from tracker.domain.errors import ConfigError
from tracker.models import cipher, identity
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.services.exchange import exporting
from tracker.services.office import office, store
from tracker.services.operations import inspection


@pytest.fixture
def with_other_key(app, clock):
    """The same office, opened with a key that is not its own."""
    settings = office.settings()
    db.session.remove()
    other = create_app(replace(settings, secret_key=secrets.token_bytes(32)), now=clock)
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()
    cipher.set_secret(settings.secret_key)


@pytest.mark.parametrize("command", ["init", "check", "jobs list", "import x.jsonl", "backup", "export"])
def test_every_command_with_another_key_is_refused_in_words(with_other_key, command):
    answer = with_other_key.test_cli_runner().invoke(args=["tracker", *command.split()])

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "密钥不符" in answer.stderr


def test_a_write_with_another_key_is_refused(with_other_key):
    def write() -> None:
        with transaction():
            db.session.execute(text("DELETE FROM job_runs"))

    with pytest.raises(identity.OtherKeyError, match="没有作任何改动"):
        write()


def test_a_missing_key_is_not_replaced_where_there_is_an_office(app):
    settings = office.settings()
    (settings.instance / "secret.key").unlink()

    with pytest.raises(ConfigError, match="密钥文件不见了"):
        settings_of(settings.instance, settings.database_url)

    assert not (settings.instance / "secret.key").exists()


def newer() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


@pytest.mark.parametrize("command", ["init", "check", "jobs list"])
def test_a_database_of_a_newer_program_is_left_alone(app, command):
    newer()

    answer = app.test_cli_runner().invoke(args=["tracker", *command.split()])

    assert (answer.exit_code, "请安装新版本" in answer.stderr) == (2, True), answer.stderr


def test_a_process_that_a_newer_program_has_overtaken_writes_nothing(app):
    newer()

    def write() -> None:
        with transaction():
            db.session.execute(text("DELETE FROM job_runs"))

    with pytest.raises(identity.OtherTablesError):
        write()


def test_a_process_whose_database_was_not_upgraded_yet_writes_nothing_and_says_so(app):
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0025'"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION tracker_enter(text, boolean, integer)"))

    with pytest.raises(identity.OtherTablesError, match="tracker init"), transaction():
        pass


def test_one_row_that_does_not_decrypt_stops_no_list_and_check_names_it(app, clock):
    who = {"kind": "natural_person", "name": "丁一", "phone": "13900001234"}
    load(
        {**received("2026-03-02", "A-1"), "applicant": who},
        {**received("2026-03-03", "A-2"), "applicant": who},
    )
    first = db.session.scalar(select(Applicant.id).order_by(Applicant.id).limit(1))
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE applicants SET phone = :p WHERE id = :i"), {"p": b"\x01damaged", "i": first}
        )
    db.session.expire_all()

    assert len(list(exporting.histories(now=clock()))) == 3
    assert [row.phone for row in db.session.scalars(select(Applicant).order_by(Applicant.id))][
        1
    ] == "13900001234"
    found = [f"{each.where} {each.message}" for each in inspection.inspect(today=clock.today)]
    assert any("不能解密" in words and f"申请人 {first}" in words for words in found)


def test_uploads_on_postgresql_are_served_by_every_host(on_postgres, tmp_path, clock):
    with transaction():
        store.put("5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5", b"12345")
    here = office.settings()
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "secret.key").write_bytes(here.secret_key)
    (tmp_path / "host" / "secret.key").chmod(0o600)
    other = create_app(settings_of(tmp_path / "host", here.database_url), now=clock)

    with other.app_context():
        kept = store.get("5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5")
        db.session.remove()
        db.engine.dispose()

    assert kept == b"12345"
