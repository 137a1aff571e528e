"""Personal data at rest: AES-256-GCM with a key derived from the office's secret key.

The first byte names the algorithm, so that another (国密 SM4) can follow; it is read before anything
is decrypted. The associated data is the column's name: a value moved into another column does not
decrypt. Files are sealed in ``sealed_file``.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from tracker.domain.message import Phrase

AES_256_GCM = b"\x01"
WRAPPED = "chain-epoch"
NONCE_BYTES, TAG_BYTES, KEY_BYTES = 12, 16, 32


class Keys:
    """The keys of the running office, set once by ``create_app``."""

    field: bytes = b""
    index: bytes = b""
    file: bytes = b""
    chain: bytes = b""
    wrap: bytes = b""
    fingerprint: str = ""


def set_secret(secret: bytes) -> None:
    """Derive the keys of fields, of the index, of files and of chains from the secret key."""
    Keys.field = hashlib.blake2b(secret, digest_size=32, person=b"tracker-field").digest()
    Keys.index = hashlib.blake2b(secret, digest_size=32, person=b"tracker-index").digest()
    Keys.file = file_key(secret)
    Keys.fingerprint = fingerprint(secret)
    Keys.chain = HKDF(SHA256(), length=KEY_BYTES, salt=None, info=b"tracker-chain").derive(secret)
    Keys.wrap = HKDF(SHA256(), length=KEY_BYTES, salt=None, info=b"tracker-wrap").derive(secret)


def fingerprint(secret: bytes) -> str:
    """Return what tells one secret key from another and says nothing else about it."""
    return hashlib.blake2b(secret, digest_size=8, person=b"tracker-backup").hexdigest()


def manifest_key(secret: bytes) -> bytes:
    """Return the key that seals the manifests of copies."""
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=b"tracker-manifest").derive(secret)


def file_key(secret: bytes) -> bytes:
    """Return the key of files that belongs to a secret key: to open what another key sealed."""
    return hashlib.blake2b(secret, digest_size=32, person=b"tracker-file").digest()


def chain_key(salt: str) -> bytes:
    """Return the key of an epoch of the chains; its salt stands in the chain (hex)."""
    return _chain_key(Keys.chain, salt)


@lru_cache(maxsize=64)
def _chain_key(root: bytes, salt: str) -> bytes:
    kdf = HKDF(SHA256(), length=KEY_BYTES, salt=bytes.fromhex(salt), info=b"tracker-chain-epoch")
    return kdf.derive(root)


def wrapped(key: bytes) -> str:
    """Return a key of an epoch of the chains, sealed with the office's secret key of now (hex)."""
    return sealed_text(Keys.wrap, WRAPPED, key.hex()).hex()


def unwrapped(value: str) -> bytes:
    """Return the key that was sealed. Raises UnreadableFieldError, ValueError."""
    return bytes.fromhex(opened_text(Keys.wrap, WRAPPED, bytes.fromhex(value)))


class UnreadableFieldError(Exception):
    """A stored value does not decrypt: another key, or the row was tampered with."""


class Unreadable(str):
    """What stands for a value that does not decrypt, so that one row stops no list; it is never kept."""

    __slots__ = ()


UNREADABLE = Unreadable("（不能解密）")


class Encrypted(TypeDecorator[str]):
    """A text that is unreadable in the database file. ``column`` binds it to its place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None or not value:
            return None
        if isinstance(value, Unreadable):
            raise UnreadableFieldError(Phrase("%(column)s 不能解密，不能由此改写。", column=self.column))
        return sealed_text(Keys.field, self.column, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return self.opened(value)
        except UnreadableFieldError:
            return UNREADABLE

    def opened(self, value: bytes) -> str:
        """Return the text of a stored value. Raises UnreadableFieldError."""
        return opened_text(Keys.field, self.column, value)


def sealed_text(key: bytes, column: str, value: str) -> bytes:
    """Return a text sealed for a column."""
    nonce = os.urandom(NONCE_BYTES)
    return AES_256_GCM + nonce + AESGCM(key).encrypt(nonce, value.encode(), column.encode())


def opened_text(key: bytes, column: str, value: bytes) -> str:
    """Return the text of a sealed value. Raises UnreadableFieldError."""
    algorithm, nonce, sealed = value[:1], value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :]
    if algorithm != AES_256_GCM:
        raise UnreadableFieldError(
            Phrase(
                "%(column)s 所用的加密算法（%(algorithm)s）本程序不认识，请升级程序。",
                column=column,
                algorithm=algorithm.hex(),
            )
        )
    try:
        return AESGCM(key).decrypt(nonce, sealed, column.encode()).decode()
    except (InvalidTag, ValueError) as error:  # ValueError: cut off within the nonce or the tag
        raise UnreadableFieldError(
            Phrase("%(column)s 不能解密：密钥不符或数据被改动。", column=column)
        ) from error


def blind_index(value: str) -> str:
    """Return a keyed digest by which equal values are found without being readable."""
    return hmac.new(Keys.index, value.strip().upper().encode(), hashlib.sha256).hexdigest()
