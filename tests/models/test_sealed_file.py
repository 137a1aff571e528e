"""Files at rest: nothing of them is readable, nothing of them can be changed without a word."""

import contextlib
import io
import tracemalloc
import zipfile

import pytest

from tracker.models import cipher, sealed_file
from tracker.models.cipher import UNREADABLE, Encrypted, UnreadableFieldError
from tracker.models.sealed_file import (
    BACKUP,
    CHUNK,
    HEADER_BYTES,
    SEALED_CHUNK,
    UPLOAD,
    ForeignSealError,
    Reader,
    SealedWriter,
    UnreadableSealError,
    seal,
    unseal,
)

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7)
MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def office_key():
    cipher.set_secret(b"k" * 32)
    yield
    cipher.set_secret(b"k" * 32)


def content(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back_byte_for_byte(size):
    assert unseal(seal(content(size), UPLOAD), UPLOAD) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_written_in_small_pieces_is_the_same_file(size):
    into = io.BytesIO()
    with SealedWriter(into, BACKUP) as writer:
        for start in range(0, size, 1000):
            writer.write(content(size)[start : start + 1000])

    assert unseal(into.getvalue(), BACKUP) == content(size)


def test_a_sealed_file_shows_nothing_of_what_it_holds_and_never_looks_the_same():
    words = b"%PDF- the letter of Zhang San" * 100

    first, second = seal(words, UPLOAD), seal(words, UPLOAD)

    assert b"Zhang San" not in first
    assert first[HEADER_BYTES:] != second[HEADER_BYTES:]
    assert sealed_file.is_sealed(first)
    assert not sealed_file.is_sealed(words)


def test_any_changed_byte_is_found():
    whole = seal(content(3 * CHUNK), UPLOAD)
    for place in (
        0,
        8,
        9,
        17,
        HEADER_BYTES,
        HEADER_BYTES + CHUNK,
        HEADER_BYTES + SEALED_CHUNK,
        len(whole) - 1,
    ):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(UnreadableSealError):
            unseal(bytes(changed), UPLOAD)


@pytest.mark.parametrize(
    "length",
    [0, 5, HEADER_BYTES, HEADER_BYTES + 3, HEADER_BYTES + SEALED_CHUNK, HEADER_BYTES + 2 * SEALED_CHUNK],
)
def test_a_file_that_was_cut_off_is_found_where_a_chunk_ends_too(length):
    whole = seal(content(3 * CHUNK), UPLOAD)

    with pytest.raises(UnreadableSealError):
        unseal(whole[:length], UPLOAD)


def test_swapped_doubled_and_appended_chunks_are_found():
    whole = seal(content(3 * CHUNK), UPLOAD)
    head = whole[:HEADER_BYTES]
    parts = [whole[HEADER_BYTES + n * SEALED_CHUNK :][:SEALED_CHUNK] for n in range(3)]
    for order in ((1, 0, 2), (0, 0, 1, 2), (0, 2), (0, 1, 2, 2)):
        with pytest.raises(UnreadableSealError):
            unseal(head + b"".join(parts[n] for n in order), UPLOAD)


def test_an_upload_does_not_open_as_a_backup():
    with pytest.raises(UnreadableSealError):
        unseal(seal(b"content", UPLOAD), BACKUP)


def test_a_foreign_key_is_told_from_a_damaged_file_and_the_key_of_then_still_opens_it():
    sealed = seal(b"content", BACKUP)
    cipher.set_secret(b"another" * 5)

    with pytest.raises(ForeignSealError):
        unseal(sealed, BACKUP)
    assert unseal(sealed, BACKUP, cipher.file_key(b"k" * 32)) == b"content"


def test_an_algorithm_that_the_program_does_not_know_is_refused_by_name():
    sealed = bytearray(seal(b"content", UPLOAD))
    sealed[8] = 2

    with pytest.raises(UnreadableSealError, match="02"):
        unseal(bytes(sealed), UPLOAD)


def test_what_was_left_half_written_opens_nowhere():
    into = io.BytesIO()
    with contextlib.suppress(KeyError), SealedWriter(into, BACKUP) as writer:
        writer.write(content(2 * CHUNK))
        raise KeyError("the disk is full")

    with pytest.raises(UnreadableSealError):
        unseal(into.getvalue(), BACKUP)


def test_a_zip_is_written_into_a_sealed_file_and_read_out_of_it_in_any_order():
    into = io.BytesIO()
    with SealedWriter(into, BACKUP) as writer, zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.bin", content(5 * CHUNK))
        archive.writestr("manifest.json", "{}")

    with Reader(io.BytesIO(into.getvalue()), BACKUP) as reader, zipfile.ZipFile(reader) as archive:
        assert archive.read("manifest.json") == b"{}"
        assert archive.read("first.bin") == content(5 * CHUNK)


def test_a_big_file_is_sealed_and_opened_in_the_memory_of_a_small_one(tmp_path):
    path = tmp_path / "big"
    tracemalloc.start()
    with path.open("wb") as file, SealedWriter(file, BACKUP) as writer:
        for _megabyte in range(64):
            writer.write(bytes(MEGABYTE))
    with path.open("rb") as file, Reader(file, BACKUP) as reader:
        read = sum(len(piece) for piece in iter(lambda: reader.read(MEGABYTE), b""))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read == 64 * MEGABYTE
    assert most < 8 * MEGABYTE


def test_a_field_of_an_unknown_algorithm_is_refused_by_name_and_not_as_tampered():
    column = Encrypted("applicants.phone")
    kept = column.process_bind_param("13800000000", None)

    assert column.process_result_value(kept, None) == "13800000000"
    with pytest.raises(UnreadableFieldError, match="算法"):
        column.opened(b"\x02" + kept[1:])


@pytest.mark.parametrize("length", [1, 5, 13, 20])
def test_a_field_that_was_cut_off_is_unreadable_and_no_crash(length):
    column = Encrypted("applicants.phone")
    kept = column.process_bind_param("13800000000", None)

    with pytest.raises(UnreadableFieldError):
        column.opened(kept[:length])
    assert column.process_result_value(kept[:length], None) == UNREADABLE  # one row stops no list
