"""The uploads of a copy: a list in it names them, their content stands in it too or in a folder beside it.

The copies of every night keep the content beside them, a file each, named by the SHA-256 of its bytes (which
are sealed as the office keeps them): what was there yesterday is not copied again, however many copies name
it. A copy that is made to be carried away has the content of all one after the other in one part.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import select

from tracker.models import identity
from tracker.models.base import db
from tracker.models.upload import UploadedFile
from tracker.services.copy import limit
from tracker.services.copy.limit import LIST, UPLOADS, BadBackupError
from tracker.services.office import office, store

FOLDER = "files"  # beside the copies
LONGEST_LINE = 2000  # bytes
TURNS = "0123456789abcdef"  # first digits of hashes: the files of one are read again each day


@dataclass(frozen=True, slots=True)
class CopiedUpload:
    """An upload as the list of a copy names it. name: its place under the office's folder."""

    sha256: str
    size: int
    name: str

    def line(self) -> bytes:
        return json.dumps([self.sha256, self.size, self.name], ensure_ascii=False).encode() + b"\n"


def of_office() -> Iterator[tuple[str, bytes]]:
    """Yield every upload of the office with its bytes as they are kept, one at a time."""
    home = office.settings().instance / UPLOADS
    for path in store.files():
        if path.suffix != ".part":  # on its way: its row does not exist yet
            yield f"{UPLOADS}/{path.relative_to(home).as_posix()}", path.read_bytes()
    if identity.storage(db.session.connection()) == identity.DATABASE:
        for digest in db.session.scalars(select(UploadedFile.sha256).order_by(UploadedFile.sha256)).all():
            content = select(UploadedFile.content).where(UploadedFile.sha256 == digest)
            yield f"{UPLOADS}/{digest[:2]}/{digest}", db.session.scalars(content).one()


def into_one(uploads: Iterable[tuple[str, bytes]], part: IO[bytes], listing: IO[bytes]) -> int:
    """Write the uploads one after the other into a part, and their list; return how many there are."""
    count = 0
    for name, content in uploads:
        part.write(content)
        listing.write(_listed(name, content).line())
        count += 1
    return count


def beside(uploads: Iterable[tuple[str, bytes]], folder: Path, listing: IO[bytes], today: date) -> int:
    """Write those that are not in the folder yet, and the list of all; return how many there are.

    What is written is read again; what lies there by turns, a sixteenth a day, and is written anew where it
    is damaged.
    """
    turn, count = TURNS[today.toordinal() % len(TURNS)], 0
    for name, content in uploads:
        listed = _listed(name, content)
        place = place_of(folder, listed.sha256)
        if not _lies(place, listed) or (listed.sha256[0] == turn and not holds(place, listed)):
            store.write(place, content)
            if not holds(place, listed):
                raise BadBackupError(
                    "%(place)s：写入后读回的内容不符，磁盘可能已损坏。",
                    place=place,
                )
        listing.write(listed.line())
        count += 1
    return count


def _listed(name: str, content: bytes) -> CopiedUpload:
    return CopiedUpload(hashlib.sha256(content).hexdigest(), len(content), name)


def place_of(folder: Path, sha256: str) -> Path:
    """Return where the content of that hash lies beside copies."""
    return folder / FOLDER / sha256[:2] / sha256


def _lies(place: Path, listed: CopiedUpload) -> bool:
    return place.is_file() and place.stat().st_size == listed.size


def holds(place: Path, listed: CopiedUpload) -> bool:
    """Return whether a file is there and is what the list says."""
    if not _lies(place, listed):
        return False
    with place.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == listed.sha256


# -- back -----------------------------------------------------------------------------------------


def read(listing: Path, name: str) -> Iterator[CopiedUpload]:
    """Yield what a list says. name: of the copy. Raises BadBackupError where it is no list of ours."""
    with listing.open("rb") as lines:
        while line := lines.readline(LONGEST_LINE):
            yield _read(line, name)


def _read(line: bytes, name: str) -> CopiedUpload:
    try:
        sha256, size, place = json.loads(line)
        listed = CopiedUpload(str(sha256), int(size), str(place))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadBackupError(
            "%(name)s：上传文件的清单（%(list)s）不能读取。", name=name, list=LIST
        ) from error
    if not 0 <= listed.size <= limit.LARGEST_UPLOAD or not _is_hash(listed.sha256):
        raise BadBackupError(
            "%(name)s：上传文件的清单（%(list)s）有不该有的内容。",
            name=name,
            list=LIST,
        )
    check_name(listed.name, name)
    return listed


def _is_hash(text: str) -> bool:
    return len(text) == hashlib.sha256().digest_size * 2 and set(text) <= set(TURNS)


def check_name(name: str, of: str) -> None:
    """Refuse an upload that would land outside its place. of: the copy."""
    parts = PurePosixPath(name).parts
    outside = ".." in parts or "\\" in name or ":" in name or PurePosixPath(name).is_absolute()
    if outside or len(parts) < 2 or parts[0] != UPLOADS:  # noqa: PLR2004 (the folder and the file)
        raise BadBackupError("%(of)s：备份中有不该有的文件“%(value)s”。", of=of, value=name[:100])


def unpack(content: IO[bytes], listing: Path, into: Path, name: str) -> None:
    """Write the uploads of a part out, each tested. Raises BadBackupError at the first that does not hold."""
    for listed in read(listing, name):
        place = into / listed.name
        place.parent.mkdir(parents=True, exist_ok=True)
        left, digest = listed.size, hashlib.sha256()
        with place.open("wb") as file:
            while left and (piece := content.read(min(left, limit.MEGABYTE))):
                file.write(piece)
                digest.update(piece)
                left -= len(piece)
        if left or digest.hexdigest() != listed.sha256:
            raise BadBackupError(
                "%(name)s：%(name2)s 与清单的散列不符，备份已损坏。",
                name=name,
                name2=listed.name,
            )
    if content.read(1):
        raise BadBackupError("%(name)s：上传文件多于清单所列，备份已损坏。", name=name)


def check_beside(listing: Path, folder: Path, name: str, *, read_again: bool) -> None:
    """Refuse a copy beside which a file that it names is not there, or not what it names."""
    for listed in read(listing, name):
        place = place_of(folder, listed.sha256)
        if not (holds(place, listed) if read_again else _lies(place, listed)):
            raise BadBackupError(
                "%(name)s：备份旁的 %(folder)s 文件夹中缺少 %(name2)s 的内容，或它已损坏"
                "。备份移到别处时，请连同 %(folder)s 文件夹一起。",
                name=name,
                folder=FOLDER,
                name2=listed.name,
            )


def placed(scratch: Path, folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the uploads of a copy that was unpacked, each by its name with where its bytes are.

    scratch: where it was unpacked to. folder: where the copy lies.
    """
    if (listing := scratch / LIST).exists() and not (scratch / UPLOADS).is_dir():
        yield from ((each.name, place_of(folder, each.sha256)) for each in read(listing, name))
        return
    for path in store.files(scratch / UPLOADS):
        yield path.relative_to(scratch).as_posix(), path
