"""Anchor files: ends of the hash chains kept elsewhere, which a database put back to an earlier state lacks.

An anchor is a small file with the last number and hash of every chain, sealed with the office's key,
and beside it a time-stamp request (RFC 3161) that an operator may send to a time-stamp service: its
answer proves that the anchor was there on that day. Nothing in it tells of a person or a request.
"""

import hashlib
import hmac
import json
import secrets
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tracker.domain.errors import InvalidDetailError
from tracker.domain.message import Phrase
from tracker.models import cipher
from tracker.models.agency import Agency, ChainHead
from tracker.models.base import db
from tracker.models.digest import keyed
from tracker.models.reads import journal
from tracker.services.copy import check, limit
from tracker.services.copy.file import CopiedHead
from tracker.services.office import office, store

FORMAT = "tracker-anchor/1"
FOLDER = "anchors"
SHORT = 16  # digits of a hash in a mail
NONCE_BYTES = 8
# TimeStampReq: version 1; messageImprint by SHA-256 (2.16.840.1.101.3.4.2.1); nonce; certReq true.
VERSION, CERT_REQ = bytes.fromhex("020101"), bytes.fromhex("0101ff")
SHA256_IMPRINT = bytes.fromhex("3031300d060960864801650304020105000420")
SEQUENCE, INTEGER = 0x30, 0x02


def heads() -> list[CopiedHead]:
    """Return where the ledgers' chains end now."""
    joined = select(Agency.code, ChainHead.chain_no, ChainHead.hash).join(
        Agency, Agency.id == ChainHead.agency_id
    )
    return [CopiedHead(*row) for row in db.session.execute(joined.order_by(Agency.code)).tuples()]


def lines() -> list[str]:
    """Return the ends of the chains as lines of a mail; a mail that was received cannot be changed here."""
    last = journal.last_entry(db.session.connection())
    told: list[str] = [
        _line(Phrase("%(agency)s 台账第%(no)s条", agency=head.agency, no=head.chain_no), head.hash)
        for head in heads()
        if head.chain_no
    ]
    if last is not None:
        told.append(_line(Phrase("封存日志第%(no)s条", no=last.no), last.hash.hex()))
    return told


def _line(place: str, digest: str) -> str:
    return Phrase("%(place)s %(digest)s", place=place, digest=digest[:SHORT])


def write(folder: Path | None, *, now: datetime) -> tuple[Path, Path]:
    """Write an anchor and its time-stamp request; return where. Without a folder, the office's own."""
    last = journal.last_entry(db.session.connection())
    told: dict[str, Any] = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "key": cipher.Keys.fingerprint,
        "heads": [[head.agency, head.chain_no, head.hash] for head in heads()],
        "journal": [last.no, last.hash.hex()] if last is not None else None,
    }
    told["seal"] = _seal(told)
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    place = folder or office.settings().instance / FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    path = place / f"anchor-{now:%Y-%m-%d-%H%M%S}.json"
    store.write(path, content)
    store.write(
        path.with_suffix(".tsq"), request(hashlib.sha256(content).digest(), secrets.token_bytes(NONCE_BYTES))
    )
    return path, path.with_suffix(".tsq")


def _seal(told: dict[str, Any]) -> str:
    value = {key: each for key, each in told.items() if key != "seal"}
    return keyed(cipher.manifest_key(office.settings().secret_key), value).hex()


def request(digest: bytes, nonce: bytes) -> bytes:
    """Return the time-stamp request (DER) of a SHA-256 digest."""
    number = b"\0" + nonce  # a positive integer
    number = number.lstrip(b"\0") or b"\0"
    number = b"\0" + number if number[0] & 0x80 else number
    body = VERSION + SHA256_IMPRINT + digest + bytes([INTEGER, len(number)]) + number + CERT_REQ
    return bytes([SEQUENCE, len(body)]) + body


# -- the office against its anchors ---------------------------------------------------------------


def against(path: Path) -> Iterator[str]:
    """Yield where a chain does not hold what an anchor says of it.

    Raises InvalidDetailError where the file is no anchor of this office.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit.MOST_TOLD + 1)
        if len(content) > limit.MOST_TOLD:
            raise InvalidDetailError("%(path)s：文件过大，不是本程序的锚定文件。", path=path)
        told = limit.told(content, 0, path.name)
        made_at = datetime.fromisoformat(told["made_at"])
        ends = tuple(CopiedHead(*head) for head in told["heads"])
        last = tuple(told["journal"]) if told["journal"] else None
        sealed = hmac.compare_digest(_seal(told), str(told["seal"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidDetailError("%(path)s：不是本程序的锚定文件。", path=path) from error
    if not sealed:
        yield Phrase("锚定文件 %(name)s 的封印不符：文件被改动，或用另一把密钥封存。", name=path.name)
        return
    if not any(first < made_at <= until for first, until in check.left_behind()):
        yield from (
            Phrase("与锚定文件 %(name)s 不符：%(difference)s", name=path.name, difference=difference)
            for difference in check.unlike(ends, last)
        )


def findings() -> Iterator[str]:
    """Yield what does not hold against the anchors that lie in the office's folder."""
    for path in sorted((office.settings().instance / FOLDER).glob("anchor-*.json")):
        try:
            yield from against(path)
        except InvalidDetailError as error:
            yield error.message
