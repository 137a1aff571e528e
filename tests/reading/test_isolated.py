"""A foreign file is read in a process of its own: what goes wrong there is a sentence here."""

import resource
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.reading import misbehaving
from tracker.domain.case.outcome import Family
from tracker.domain.errors import InvalidDetailError, UnknownYearError, UnreadableFileError
from tracker.domain.message import Phrase
from tracker.reading import isolated
from tracker.reading.isolated import Limits

SHORT = Limits(memory=256, seconds=2, size=1, answer=1)


def refusal(reader, content=b"x", limits=SHORT):
    with pytest.raises(UnreadableFileError) as refused:
        isolated.read(reader, content, limits=limits)
    return str(refused.value)


def test_plain_values_and_words_of_the_program_come_back_as_they_were():
    read = isolated.read(misbehaving.plain, b"12345")

    assert read == {"size": 5, "day": date(2026, 1, 5), "sum": Decimal("1.20"), "kind": Family.REFUSED}


def test_a_message_comes_back_as_the_message_that_it_was_and_can_be_said_in_english():
    read = isolated.read(misbehaving.says, b"")

    assert read == ["第3行", "予以公开", "第3行；予以公开"]
    assert [one.said("en") for one in read[:2]] == [
        Phrase("第%(line)s行", line=3).said("en"),
        "Disclosed (予以公开)",
    ]
    assert read[2].said("en").endswith("Disclosed (予以公开)")


def test_what_a_library_prints_does_not_spoil_the_answer():
    assert isolated.read(misbehaving.prints, b"") == "read"


def test_a_refusal_of_the_reader_comes_back_as_the_error_that_it_raised():
    with pytest.raises(InvalidDetailError, match=r"^第3行没有标题。$"):
        isolated.read(misbehaving.refuses, b"")
    with pytest.raises(UnknownYearError, match=r"^没有1968年的工作日历"):
        isolated.read(misbehaving.refuses_a_year, b"")


@pytest.mark.parametrize("reader", [misbehaving.hangs, misbehaving.spins])
def test_a_reader_that_does_not_end_is_ended_within_its_time(reader):
    begun = time.monotonic()

    assert refusal(reader) == isolated.TOO_SLOW
    assert time.monotonic() - begun < 60  # it would take ten minutes


@pytest.mark.parametrize("reader", [misbehaving.grows, misbehaving.answers_too_much])
def test_a_reader_that_grows_over_its_memory_is_refused_in_words(reader):
    assert refusal(reader, limits=Limits(memory=256, seconds=30, answer=1)) == isolated.TOO_LARGE


def test_the_memory_of_the_server_stays_flat_while_a_reader_grows():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(misbehaving.grows, limits=Limits(memory=512, seconds=30, answer=1))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


@pytest.mark.parametrize(
    "reader", [misbehaving.crashes, misbehaving.vanishes, misbehaving.fails, misbehaving.recurses]
)
def test_a_reader_that_crashes_or_fails_is_a_sentence(reader):
    assert refusal(reader, limits=Limits(seconds=30)) in (isolated.DAMAGED, isolated.TOO_LARGE)


def test_an_answer_cannot_bring_code_or_foreign_classes_into_the_server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert refusal(misbehaving.takes_over, limits=Limits(seconds=30)) == isolated.DAMAGED
    assert refusal(misbehaving.says_a_pattern, limits=Limits(seconds=30)) == isolated.DAMAGED
    assert refusal(misbehaving.foreign, limits=Limits(seconds=30)) == isolated.DAMAGED
    assert refusal(misbehaving.writes, limits=Limits(seconds=30)) == isolated.DAMAGED
    assert not (tmp_path / "unpickled").exists()


def test_a_reader_gets_no_settings_and_no_secrets_of_the_server(monkeypatch):
    monkeypatch.setenv("TRACKER_SMTP_PASSWORD", "geheim")

    assert "TRACKER_SMTP_PASSWORD" not in isolated.read(misbehaving.secrets, b"")


def test_the_limit_of_memory_is_the_one_that_the_office_set():
    assert isolated.read(misbehaving.memory_limit, b"", limits=Limits(memory=333, seconds=30)) == 333


def test_a_file_over_the_size_is_refused_before_a_process_is_started():
    assert "超过1 MB" in refusal(misbehaving.plain, b"x" * (1024 * 1024 + 1))


def children(thread: threading.Thread) -> str:
    """Return the processes that a thread has started and that have not ended."""
    return Path(f"/proc/self/task/{thread.native_id}/children").read_text(encoding="ascii")


def test_readers_beyond_those_allowed_wait_their_turn_and_are_told_when_it_does_not_come(monkeypatch):
    monkeypatch.setattr(isolated, "PATIENCE", 0.3)
    isolated.configure(Limits(seconds=6, at_once=1))
    try:
        first = threading.Thread(target=refusal, args=(misbehaving.hangs, b"", None))
        first.start()
        while first.is_alive() and not children(first):
            time.sleep(0.01)
        busy = refusal(misbehaving.plain, limits=None)
        first.join()
        after = isolated.read(misbehaving.plain, b"1", limits=Limits())
    finally:
        isolated.configure(Limits())

    assert busy == isolated.BUSY
    assert after["size"] == 1


def test_a_file_that_was_looked_at_is_not_read_again_when_it_is_kept_as_the_next_one():
    def process(content):
        return isolated.read_twice(misbehaving.names_its_process, content)[0]

    looked = process(b"a")

    assert process(b"a") == looked
    assert process(b"a") != looked  # what was given is let go
    looked = process(b"a")
    process(b"b")
    assert process(b"a") != looked  # another file came between


def test_a_file_that_was_refused_is_refused_again():
    for _ in range(2):
        with pytest.raises(InvalidDetailError, match=r"^第3行没有标题。$"):
            isolated.read_twice(misbehaving.refuses, b"")
