"""Change the secret key of an office, where somebody who left may have a copy of the old one.

Everything that the key opens is opened with the old and sealed with the new one in a single transaction,
with an entry of the audit log: fields, their index, uploads, the keys of the chains. The keys of earlier
entries are kept wrapped by the new one, so that the past stays provable; the journal's last entry is by
the new key and covers them all, so that the old key writes nothing that fits.

No writing process may run beside it. Killed at any moment it leaves the office with the old key or, where
the database has changed, is finished by the next command (``settle``), as a restore is.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session

from tracker.domain.errors import InvalidDetailError
from tracker.models import cipher, digest, identity, in_use, sealed_file, witness
from tracker.models.agency import ChainHead
from tracker.models.base import WRITES, Base, db
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.cipher import Encrypted, UnreadableFieldError
from tracker.models.digest import keyed
from tracker.models.journal import JournalHead
from tracker.models.reads import journal
from tracker.models.sealed_file import UPLOAD, UnreadableSealError
from tracker.models.tables import stored_by_name
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry
from tracker.services.copy import anchor, upload_list
from tracker.services.copy.file import KEY
from tracker.services.exchange import plan
from tracker.services.office import office, store
from tracker.services.office import session as sessions
from tracker.services.operations import acknowledgement, backup
from tracker.services.operations.restore import COMING_KEY, BesideWritersError, settle_key

WINDOW = 500  # rows that stand in memory together
ACT = "secret_key_changed"
ID_NUMBER = "applicants.id_number"


@dataclass(frozen=True, slots=True)
class Done:
    """What was sealed anew, and where what only the old key opens is kept."""

    fields: int
    uploads: int
    aside: Path
    said: str


def change(*, actor: str, now: datetime) -> Done:
    """Give the office a new secret key.

    Raises BesideWritersError beside a writing process, InvalidDetailError where the office does not hold:
    what is wrong must be known before it is sealed anew. Then nothing was changed.
    """
    db.session.remove()
    with in_use.alone(db.engine) as is_alone:
        if not is_alone:
            raise BesideWritersError(
                "服务、定时任务或其他命令正在运行：请先停止，再更换密钥。没有作任何改动。"
            )
        if doubtful := backup.doubts():
            raise InvalidDetailError(
                "核对发现问题，没有更换密钥：%(value)s请先运行 tracker check，查明后再更换。",
                value=doubtful[0],
            )
        return _change(actor, now)


def _change(actor: str, now: datetime) -> Done:
    home, old, new = (
        office.settings().instance,
        cipher.Keys.fingerprint,
        secrets.token_bytes(cipher.KEY_BYTES),
    )
    known = [each for each in backup.lasting() if acknowledgement.mark(*each) in acknowledgement.known()]
    db.session.remove()
    backup.make(backup.folder() / f"before-key-{now:%Y-%m-%d-%H%M%S}.zip", now=now, whole=False)
    store.write(home / COMING_KEY, new)
    waiting = _reseal_files(new)
    try:
        fields, uploads = _in_one_transaction(new, known, actor, now)
    except BaseException:
        cipher.set_secret(office.settings().secret_key)
        for path in [*waiting, home / COMING_KEY]:
            path.unlink(missing_ok=True)
        raise
    settled = settle(now)
    return Done(fields, uploads + len(waiting), backup.folder() / aside_name(old), settled)


def aside_name(fingerprint: str) -> str:
    """Return the folder of what only a former key opens."""
    return f"old-key-{fingerprint}"


def settle(now: datetime) -> str:
    """Finish a change of keys whose database has changed; return what was done, empty where nothing was.

    The key comes last: until it is in its place the next command begins here again.
    """
    path = office.settings().instance / COMING_KEY
    if not path.exists():
        return ""
    coming = cipher.fingerprint(path.read_bytes())
    with db.engine.connect() as connection:
        if identity.kept_key(connection) != coming:
            return ""
    former = cipher.fingerprint((office.settings().instance / KEY).read_bytes())
    for waiting in (office.settings().instance / store.FOLDER).rglob(f"*.{coming}.part"):
        waiting.replace(waiting.with_name(waiting.name.removesuffix(f".{coming}.part")))
    anchors = office.settings().instance / anchor.FOLDER
    for old_file in [*backup.folder().glob("*.zip"), *anchors.glob("anchor-*")]:
        if old_file.is_file():
            place = old_file.parent / aside_name(former)
            place.mkdir(mode=0o700, exist_ok=True)
            old_file.replace(place / old_file.name)
    beside, place = (
        backup.folder() / upload_list.FOLDER,
        backup.folder() / aside_name(former) / upload_list.FOLDER,
    )
    if beside.is_dir() and not place.exists():
        beside.replace(place)
    return settle_key(now)


# -- what lies beside the database ------------------------------------------------------------------


def _reseal_files(new: bytes) -> list[Path]:
    """Write each upload sealed with the new key beside itself; return where they wait."""
    old, coming, resealed = cipher.Keys.file, cipher.fingerprint(new), []
    for path in store.files():
        if path.suffix == ".part":
            continue
        if (content := _opened(path.read_bytes(), old)) is not None:
            waiting = path.with_name(f"{path.name}.{coming}.part")
            store.write(waiting, sealed_file.seal(content, UPLOAD, cipher.file_key(new)))
            resealed.append(waiting)
    return resealed


def _opened(kept: bytes, key: bytes) -> bytes | None:
    """Return what was sealed with the key; None for what is plain or damaged, which stays as it is."""
    try:
        return sealed_file.unseal(kept, UPLOAD, key) if sealed_file.is_sealed(kept) else None
    except UnreadableSealError:
        return None


# -- the database -------------------------------------------------------------------------------------


def _in_one_transaction(
    new: bytes, known: list[tuple[str, str]], actor: str, now: datetime
) -> tuple[int, int]:
    """Seal everything in the database anew; return how many fields and uploads."""
    engine = db.engine.execution_options(**{WRITES: True})
    with engine.connect() as connection, Session(connection) as session:
        witness.begin(session.connection())
        former, old_text, old_file = cipher.Keys.fingerprint, cipher.Keys.field, cipher.Keys.file
        chains = {head.agency_id: digest.keys_of(head.epochs) for head in session.scalars(select(ChainHead))}
        end = journal.head(connection)
        journal_keys = digest.keys_of(end.epochs)
        twins = _import_keys(session)
        cipher.set_secret(new)
        count = _reseal_texts(connection, old_text)
        for case_id, key in twins.items():
            _put(connection, Case.__tablename__, case_id, {"import_key": key()})
        uploads = _reseal_uploads(connection, old_file)
        for head in session.scalars(select(ChainHead)):
            head.epochs = [*digest.wrapped(chains[head.agency_id]), digest.new_epoch(head.chain_no + 1)]
        _keep_journal(connection, end, journal_keys)
        session.merge(OfficeFact(name=identity.FACT, value=identity.current(connection)))
        details = {"from": former, "to": cipher.Keys.fingerprint, "fields": count, "uploads": uploads}
        session.add(AuditEntry(actor=actor, at=now, act=ACT, target="", details=details))
        _acknowledge(session, known, new, actor, now)
        sessions.end_all(now=now, of=session)
        session.flush()
        session.info[witness.ROTATE] = True
        witness.close(session)
        session.commit()
    return count, uploads


def _encrypted() -> Iterator[Any]:
    for table in Base.metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, Encrypted))


def _reseal_texts(connection: Connection, old: bytes) -> int:
    """Seal every encrypted text anew; one that does not open is left as it is, and the check names it."""
    count = 0
    for column in _encrypted():
        table = stored_by_name()[column.table.name]
        ordered = select(table.c.id, table.c[column.name]).where(table.c[column.name].is_not(None))
        window = ordered.order_by(table.c.id).limit(WINDOW)
        while rows := connection.execute(window).all():
            count += sum(_resealed(connection, column, old, *row) for row in rows)
            window = ordered.where(table.c.id > rows[-1].id).order_by(table.c.id).limit(WINDOW)
    return count


def _resealed(connection: Connection, column: Any, old: bytes, row_id: int, kept: bytes) -> bool:
    name = column.type.column
    try:
        told = cipher.opened_text(old, name, kept)
    except UnreadableFieldError:
        return False
    values: dict[str, Any] = {column.name: cipher.sealed_text(cipher.Keys.field, name, told)}
    if name == ID_NUMBER:  # with the old key one could try numbers until one fits its index
        values["id_index"] = cipher.blind_index(told)
    _put(connection, column.table.name, row_id, values)
    return True


def _put(connection: Connection, table: str, row_id: int, values: dict[str, Any]) -> None:
    stored = stored_by_name()[table]
    connection.execute(update(stored).where(stored.c.id == row_id).values(values))


def _import_keys(session: Session) -> dict[int, Any]:
    """Return how to make anew the keys by which cases without numbers are known again.

    One that its case no longer gives stays: the same line, imported once more, is a new case then.
    """
    keys: dict[int, Any] = {}
    with_key = select(Case).where(Case.import_key.is_not(None))
    first = dict(
        session.execute(select(CaseEvent.case_id, CaseEvent.effective_on).where(CaseEvent.seq == 1))
        .tuples()
        .all()
    )
    for case in session.scalars(with_key).unique():
        who, count = case.applicant, str(case.import_key).rpartition("#")[2]
        parts = (who.kind, who.name, who.id_number, str(first.get(case.id)), case.subject, count)
        twin = "\x1f".join(part or "" for part in parts)
        if plan.import_key(case.agency_id, twin) == case.import_key:
            keys[case.id] = lambda agency=case.agency_id, twin=twin: plan.import_key(agency, twin)
    return keys


def _reseal_uploads(connection: Connection, old: bytes) -> int:
    table, count = stored_by_name()[UploadedFile.__tablename__], 0
    for name in connection.scalars(select(table.c.sha256)).all():
        kept = connection.scalar(select(table.c.content).where(table.c.sha256 == name))
        if (content := _opened(kept or b"", old)) is not None:
            sealed = sealed_file.seal(content, UPLOAD)
            connection.execute(update(table).where(table.c.sha256 == name).values(content=sealed))
            count += 1
    return count


def _keep_journal(connection: Connection, head: Any, keys: list[tuple[int, str, bytes]]) -> None:
    """Keep the keys of the journal's earlier entries, wrapped by the new one."""
    epochs = digest.wrapped(keys)
    seal = digest.head_seal(digest.key_at(epochs, head.no) or b"", head.no, head.hash, epochs)
    table = stored_by_name()[JournalHead.__tablename__]
    connection.execute(update(table).values(epochs=epochs, seal=seal))


def _acknowledge(
    session: Session, known: list[tuple[str, str]], new: bytes, actor: str, now: datetime
) -> None:
    """Carry over what was acknowledged, by marks of the new key."""
    marks = [keyed(cipher.manifest_key(new), ["acknowledged", *each]).hex() for each in known]
    if marks:
        columns = {"actor": actor, "at": now, "act": acknowledgement.ACT, "target": "更换密钥时沿用"}
        session.execute(insert(AuditEntry).values(**columns, details={"findings": marks}))
