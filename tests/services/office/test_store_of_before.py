"""Uploads that an older version kept plain: they stay readable, and are sealed at the next upgrade."""

import hashlib

from tracker.models import sealed_file
from tracker.services.office import store
from tracker.services.operations import setup

SCAN = b"%PDF-1.7 the letter of Zhang San"


def kept_plain(content: bytes, name: str = "") -> tuple[str, store.Path]:
    digest = name or hashlib.sha256(content).hexdigest()
    path = store.path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest, path


def test_a_plain_upload_is_read_and_sealed_at_the_next_upgrade(on_sqlite, clock):
    digest, path = kept_plain(SCAN)
    assert store.get(digest) == SCAN

    setup.initialise(None, fallback="本机关", now=clock())

    assert sealed_file.is_sealed(path.read_bytes())
    assert b"Zhang" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert store.get(digest) == SCAN
    sealed = path.read_bytes()
    setup.initialise(None, fallback="本机关", now=clock())
    assert path.read_bytes() == sealed


def test_a_file_that_is_not_what_its_name_says_is_left_for_the_check_to_find(on_sqlite, clock):
    _digest, path = kept_plain(b"changed", "ab" * 32)

    setup.initialise(None, fallback="本机关", now=clock())

    assert path.read_bytes() == b"changed"
