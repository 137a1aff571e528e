"""The ends of the chains leave the machine: what was put back whole shows against them."""

import hashlib
import json
from datetime import date

import pytest

from tests.jobs.test_jobs import load, received
from tracker.domain.errors import InvalidDetailError
from tracker.mail import compose
from tracker.models import transfer
from tracker.models.base import db
from tracker.services.copy import anchor
from tracker.services.operations import inspection


def test_an_anchor_holds_the_ends_of_every_chain_and_nothing_else(app, clock, tmp_path):
    load(received("2026-03-02", "A-1"))

    path, request = anchor.write(tmp_path, now=clock())

    told = json.loads(path.read_bytes())
    assert told.keys() == {"format", "made_at", "key", "heads", "journal", "seal"}
    assert [head[:2] for head in told["heads"]] == [["default", 1]]
    assert hashlib.sha256(path.read_bytes()).digest() in request.read_bytes()


def test_a_time_stamp_request_is_what_rfc_3161_says():
    nonce = bytes.fromhex("c1b2a3d4e5f60718")

    made = anchor.request(bytes(range(32)), nonce)

    assert made.hex() == (
        "3044" "020101"  # TimeStampReq, version 1
        "3031" "300d0609608648016503040201" "0500" "0420" + bytes(range(32)).hex()  # SHA-256 imprint
        + "0209" "00c1b2a3d4e5f60718" "0101ff"  # nonce, certReq
    )  # fmt: skip


def test_a_database_put_back_whole_is_found_against_an_anchor_and_no_other_change_is(app, clock, tmp_path):
    transfer.copy_to_file(db.engine, tmp_path / "earlier.sqlite3")
    load(received("2026-03-02", "A-1"))
    path, _ = anchor.write(None, now=clock())
    load(received("2026-03-03", "A-2"))
    assert list(inspection.inspect(today=clock.today)) == []

    db.session.remove()
    transfer.put_back(tmp_path / "earlier.sqlite3", db.engine, "x")
    db.engine.dispose()

    assert any(path.name in each.message for each in inspection.inspect(today=clock.today))


def test_an_anchor_that_was_edited_is_said_and_another_file_is_refused(app, clock, tmp_path):
    path, _ = anchor.write(tmp_path, now=clock())
    path.write_text(path.read_text(encoding="utf-8").replace("2026", "2027"), encoding="utf-8")
    (tmp_path / "x.json").write_text("[]", encoding="utf-8")

    assert ["封印不符" in words for words in anchor.against(path)] == [True]
    with pytest.raises(InvalidDetailError, match="不是本程序的锚定文件"):
        list(anchor.against(tmp_path / "x.json"))


def test_the_command_writes_an_anchor_and_holds_the_office_against_it(app, tmp_path):
    run = app.test_cli_runner()
    load(received("2026-03-02", "A-1"))
    assert run.invoke(args=["tracker", "anchor", str(tmp_path)]).exit_code == 0
    (path,) = tmp_path.glob("anchor-*.json")

    answer = run.invoke(args=["tracker", "anchor", "--check", str(path)])

    assert (answer.exit_code, answer.stdout) == (0, "")


def test_the_morning_s_mail_carries_the_ends(app):
    load(received("2026-03-02", "A-1"))

    mail = compose.digest("zh", [], date(2026, 3, 16), ends=anchor.lines())

    assert "default 台账第1条" in mail.text
    assert "封存日志第" in mail.html
