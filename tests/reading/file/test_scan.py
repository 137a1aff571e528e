"""Letters are read from pictures and PDFs, in a process with limits, one at a time, without a network."""

import fcntl
from pathlib import Path

import pytest

from tests import case_files
from tests.domain.contact.test_scan import LETTER
from tests.reading import watched
from tracker.domain.case.file import JPEG, PDF
from tracker.domain.errors import UnreadableFileError
from tracker.reading import isolated
from tracker.reading.file import scan
from tracker.services.contact.scan import LIMITS


def test_a_tilted_photograph_is_read_within_the_limits_and_nothing_asks_for_the_network():
    photograph = case_files.letter_picture(LETTER, tilt=1.5)

    reading, asked = isolated.read(watched.read, photograph, JPEG, limits=LIMITS)

    assert asked == []
    assert (reading.pages, reading.recognised, reading.mark) == (1, 1, "")
    assert {each.kind: each.value for each in reading.suggestions} == {
        "person": "王晓明",
        "phone": "13812345678",
        "address": "云溪市青云区人民路12号3栋2单元501室",
        "subject": "一、2024年青云路三十二号地块的规划许可证及附图；\n二、该地块的征收补偿安置方案。",
        "dated_on": "2026-11-20",
    }


def test_a_page_that_has_its_text_is_not_recognised_anew():
    reading = isolated.read(scan.read, case_files.pdf(LETTER), PDF, limits=LIMITS)

    assert (reading.pages, reading.recognised) == (1, 0)
    assert [each.value for each in reading.suggestions if each.kind == "person"] == ["王晓明"]


def test_of_a_thick_file_the_first_two_pages_and_the_last_are_read():
    pages = "\n".join(sign * 25 for sign in "甲乙丙丁")

    reading = isolated.read(scan.read, case_files.pdf(pages, "p { break-after: page }"), PDF, limits=LIMITS)

    assert (reading.pages, reading.numbers) == (4, (1, 2, 4))


def test_a_mark_of_secrecy_in_what_was_read_keeps_back_the_rest():
    reading = isolated.read(scan.read, case_files.pdf(f"机密★10年\n{LETTER}"), PDF, limits=LIMITS)

    assert (reading.mark, reading.lines, reading.suggestions) == ("机密", [], [])


def test_who_comes_while_another_process_recognises_is_told():
    with Path(scan.__file__).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UnreadableFileError, match="正在识别另一份"):
            isolated.read(scan.read, case_files.picture("JPEG"), JPEG, 0, limits=LIMITS)


@pytest.mark.parametrize(
    ("made", "mime", "why"),
    [
        (lambda: case_files.picture("JPEG")[:300], JPEG, "损坏"),
        (lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 500, JPEG, "损坏"),
        (lambda: b"%PDF-1.7\nnothing", PDF, "损坏"),
        (lambda: case_files.picture("PNG", size=(20_000, 5_000)), JPEG, "太大"),
    ],
    ids=["cut off", "no picture", "no PDF", "too many pixels"],
)
def test_a_broken_or_hostile_file_is_refused_in_a_sentence(made, mime, why):
    with pytest.raises(UnreadableFileError, match=why):
        isolated.read(scan.read, made(), mime, limits=LIMITS)
