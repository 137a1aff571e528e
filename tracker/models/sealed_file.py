"""Files at rest: AES-256-GCM in chunks, so that a file of any size is sealed in bounded memory.

A sealed file is a header and chunks of CHUNK bytes, each with its own tag (the STREAM construction):

====== ==================================================================================
bytes  what they are
====== ==================================================================================
8      ``MAGIC``; no photograph, PDF or zip begins so
1      the algorithm, as in ``cipher``; another (国密 SM4) can follow
8      the mark of the key, which tells a foreign key from a damaged file
16     salt; the key of this file is derived from the office's with it
====== ==================================================================================

The nonce of a chunk is its number and whether it is the last: chunks cannot be swapped, dropped or
cut off. The associated data is the header and the purpose: a file sealed as an upload does not open
as a backup.
"""

import hashlib
import io
import os
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tracker.domain.message import Phrase
from tracker.models.cipher import AES_256_GCM, NONCE_BYTES, TAG_BYTES, Keys

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAGIC = b"TRKSEAL1"
CHUNK = 64 * 1024  # bytes of content that one tag covers
MARK_BYTES, SALT_BYTES, KEY_BYTES = 8, 16, 32
HEADER_BYTES = len(MAGIC) + len(AES_256_GCM) + MARK_BYTES + SALT_BYTES
SEALED_CHUNK = CHUNK + TAG_BYTES
UPLOAD, BACKUP, IMPORT = "upload", "backup", "import"  # purposes


class UnreadableSealError(Exception):
    """A sealed file does not open: cut off, changed, of another purpose or algorithm."""


class ForeignSealError(UnreadableSealError):
    """The file was sealed with the key of another office, or with one that was replaced since."""


def is_sealed(head: bytes) -> bool:
    """Return whether the first bytes are those of a sealed file; what was kept before is plain."""
    return head.startswith(MAGIC)


def seal(content: bytes, purpose: str, key: bytes | None = None) -> bytes:
    """Return a small file sealed, such as an upload. key: another than the office's own."""
    into = io.BytesIO()
    with SealedWriter(into, purpose, key) as writer:
        writer.write(content)
    return into.getvalue()


def unseal(sealed: bytes, purpose: str, key: bytes | None = None) -> bytes:
    """Return what was sealed. Raises UnreadableFileError."""
    with Reader(io.BytesIO(sealed), purpose, key) as reader:
        return reader.read()


def _mark(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=MARK_BYTES, person=b"tracker-mark").digest()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def _cipher(key: bytes, header: bytes) -> AESGCM:
    """Return the cipher of the file with that header; its key is no other file's."""
    salt = header[-SALT_BYTES:]
    return AESGCM(HKDF(SHA256(), length=KEY_BYTES, salt=salt, info=b"tracker-file").derive(key))


class SealedWriter(io.RawIOBase):
    """What is written is sealed into the file below; ``close`` seals the last chunk.

    Left by an exception, ``with`` seals no last chunk: what was half written opens nowhere.
    The file below is the caller's to close.
    """

    def __init__(self, into: IO[bytes], purpose: str, key: bytes | None = None) -> None:
        key = Keys.file if key is None else key
        self._into, self._number, self._held = into, 0, bytearray()
        header = MAGIC + AES_256_GCM + _mark(key) + os.urandom(SALT_BYTES)
        self._bound = header + purpose.encode()
        self._cipher = _cipher(key, header)
        into.write(header)

    def writable(self) -> bool:
        return True

    def write(self, content: "ReadableBuffer") -> int:
        view = memoryview(content).cast("B")
        for start in range(0, len(view), CHUNK):
            self._held += view[start : start + CHUNK]
            if len(self._held) > CHUNK:  # a full chunk is kept back: it may be the last
                self._seal(bytes(self._held[:CHUNK]), last=False)
                del self._held[:CHUNK]
        return len(view)

    def _seal(self, content: bytes, *, last: bool) -> None:
        self._into.write(self._cipher.encrypt(_nonce(self._number, last=last), content, self._bound))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._held), last=True)
            self._held.clear()
        super().close()

    def __exit__(self, kind: object, *_rest: object) -> None:
        if kind is not None:
            super().close()
            return
        self.close()


class Reader(io.BufferedReader):
    """What was sealed, read from any place in it: a zip inside is read without unpacking it.

    key: what ``cipher.file_key`` returns for another secret; the office's own where it is left out.

    Raises UnreadableFileError as it is made where the file is not sealed, not with this key, or cut
    off; while reading where a chunk was changed. The file below is the caller's to close.
    """

    def __init__(self, source: IO[bytes], purpose: str, key: bytes | None = None) -> None:
        super().__init__(_Chunks(source, purpose, Keys.file if key is None else key), CHUNK)


class _Chunks(io.RawIOBase):
    """The chunks below a Reader; one is held at a time."""

    def __init__(self, source: IO[bytes], purpose: str, key: bytes) -> None:
        self._source, self._place, self._held = source, 0, (-1, b"")
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        header = source.read(HEADER_BYTES)
        _check_header(header, key)
        self._bound = header + purpose.encode()
        self._cipher = _cipher(key, header)
        self._last = max(size - HEADER_BYTES - 1, 0) // SEALED_CHUNK
        self._size = size - HEADER_BYTES - (self._last + 1) * TAG_BYTES
        self._chunk(self._last)  # a file that was cut off has no last chunk

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"negative seek position {start + offset}")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: object) -> int:
        into = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._place >= self._size:
            return 0
        number, offset = divmod(self._place, CHUNK)
        part = self._chunk(number)[offset : offset + len(into)]
        into[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _chunk(self, number: int) -> bytes:
        if self._held[0] == number:
            return self._held[1]
        self._source.seek(HEADER_BYTES + number * SEALED_CHUNK)
        sealed = self._source.read(SEALED_CHUNK)
        try:
            nonce = _nonce(number, last=number == self._last)
            content = self._cipher.decrypt(nonce, sealed, self._bound)
        except (InvalidTag, ValueError) as error:  # ValueError: shorter than a tag
            raise UnreadableSealError("加密文件不完整或已被改动。") from error
        self._held = (number, content)
        return content


def _check_header(header: bytes, key: bytes) -> None:
    if len(header) < HEADER_BYTES or not is_sealed(header):
        raise UnreadableSealError("不是加密文件，或者文件不完整。")
    algorithm = header[len(MAGIC) : len(MAGIC) + len(AES_256_GCM)]
    if algorithm != AES_256_GCM:
        raise UnreadableSealError(
            Phrase("加密文件所用的算法（%(algorithm)s）本程序不认识，请升级程序。", algorithm=algorithm.hex())
        )
    start = len(MAGIC) + len(AES_256_GCM)
    if header[start : start + MARK_BYTES] != _mark(key):
        raise ForeignSealError("文件是用另一个密钥加密的，请放回当时的密钥。")
