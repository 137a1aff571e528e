"""The office's practice as dated rows: set a value, see what that moves, take over what a file said.

A row holds for what comes in from its day on; earlier cases keep theirs. Where it touches cases that are
there, their dates move in the same transaction, old → new on each timeline, the closed ones included;
a published report stays as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.config import Former
from tracker.domain.case import rules
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import KEYS, OF_AGENCY, OF_DATES, Value
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.message import Phrase, joined
from tracker.domain.permission import Action
from tracker.models.agency import Agency
from tracker.models.base import db, snapshot, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.practice import PracticeRow
from tracker.models.report import ReportEdition
from tracker.models.user import AuditEntry
from tracker.services.calendar import recount
from tracker.services.calendar.recount import DateShift
from tracker.services.office import audit, office
from tracker.services.office.actor import SYSTEM, Actor

ALWAYS = date.min  # from which what a file said holds: no case is older
CARRIED = "practice_carried"  # the fact: what the settings file said was taken over
UPGRADE = "升级"


@dataclass(frozen=True, slots=True)
class PracticeEffect:
    """What a row would do: the cases that move, and the years whose published report counts otherwise.

    closed: how many of the cases are closed.
    """

    moves: tuple[DateShift, ...]
    published: tuple[int, ...]

    @property
    def closed(self) -> int:
        return sum(move.state in BY_CODE for move in self.moves)


def row_of(
    key: str, text: str, *, valid_from: date, why: str, agency: str | None, actor: Actor, now: datetime
) -> PracticeRow:
    """Return the row that would be added; raise InvalidDetailError or NotFoundError where it cannot be.

    agency: the code of the agency that has this value of its own; None, the whole deployment's.
    """
    value = rules.read(key, text)
    if agency is not None and key not in OF_AGENCY:
        own = "、".join(sorted(OF_AGENCY))
        raise InvalidDetailError(
            "%(key)s 是整个部署共同的做法，不能为一个机关单独设置。可以单独设置的：%(own)s。",
            key=key,
            own=own,
        )
    if not why.strip():
        raise InvalidDetailError("请写明理由或者依据。")
    return PracticeRow(
        agency_id=None if agency is None else agency_id_of(agency),
        key=key,
        value=rules.written(value),
        valid_from=valid_from,
        set_by=actor.name,
        set_at=now,
        why=why.strip(),
    )


def agency_id_of(code: str) -> int:
    """Return the id of the agency with a code."""
    agency_id = db.session.scalar(select(Agency.id).where(Agency.code == code))
    if agency_id is None:
        raise NotFoundError("没有代码为“%(code)s”的机关。", code=code)
    return agency_id


def effect(row: PracticeRow, *, today: date) -> PracticeEffect:
    """Return what adding the row would do; nothing is kept."""
    with snapshot():
        return PracticeEffect(tuple(_moves(row, today)), _published(row))


def _moves(row: PracticeRow, today: date) -> Iterator[DateShift]:
    if row.key in OF_DATES:
        after = office.as_practice([*office.practice_rows(), row])
        yield from recount.moves(office.calendar(), after.on, today, Case.received_on >= row.valid_from)


def _published(row: PracticeRow) -> tuple[int, ...]:
    """Return the years with a published report whose cases or registers the row counts otherwise."""
    years = select(ReportEdition.year).where(ReportEdition.year >= row.valid_from.year).distinct()
    return tuple(sorted(db.session.scalars(years))) if row.key in rules.OF_FIGURES else ()


def set_to(row: PracticeRow, *, actor: Actor, today: date, now: datetime) -> PracticeEffect:
    """Add the row, and move every date that it moves.

    Raises NotPermittedError, DamagedError where a row that is there cannot be read; then nothing was kept.
    """
    actor.require(Action.PRACTICE)
    with snapshot():
        calendar, ends, known = office.calendar(), recount.heads(), _ids()
        counted = list(_moves(row, today))
    with transaction(alone=True):
        office.check_practice()
        as_counted = office.calendar() is calendar and _ids() == known
        db.session.add(row)
        db.session.flush()
        office.forget_practice()
        touched = (Case.received_on >= row.valid_from,)
        if row.key not in OF_DATES:
            date_shifts = []
        elif as_counted:
            date_shifts = recount.moves_as_now(counted, ends, office.calendar(), today, *touched)
        else:
            date_shifts = list(recount.moves(office.calendar(), office.rules, today, *touched))
        why = Phrase(
            "自%(valid_from)s起 %(key)s = %(value)s：%(why)s",
            valid_from=row.valid_from,
            key=row.key,
            value=row.value,
            why=row.why,
        )
        recount.write(date_shifts, why, actor=actor, today=today, now=now)
        done = PracticeEffect(tuple(date_shifts), _published(row))
        details: dict[str, Any] = {
            "value": row.value,
            "valid_from": row.valid_from.isoformat(),
            "why": row.why,
        }
        of = row.agency_id or actor.agency_id
        audit.note(
            "practice_set",
            actor=actor.name,
            now=now,
            agency_id=of,
            target=row.key,
            cases=len(date_shifts),
            **details,
        )
    return done


def _ids() -> list[int]:
    return list(db.session.scalars(select(PracticeRow.id).order_by(PracticeRow.id)))


def history(key: str | None = None) -> list[tuple[PracticeRow, str]]:
    """Return every row, of one key or of all, in the order in which they were set, with its agency's code.

    Raises InvalidDetailError where there is no such key.
    """
    if key is not None and key not in KEYS:
        rules.read(key, "")
    codes = dict(db.session.execute(select(Agency.id, Agency.code)).tuples().all())
    rows = [row for row in office.practice_rows() if key in (None, row.key)]
    return [(row, codes.get(row.agency_id, "") if row.agency_id else "") for row in rows]


def damaged() -> Iterator[tuple[int, str]]:
    """Yield the id of each row that cannot be read, and why."""
    for row in office.practice_rows():
        if reason := office.damage(row):
            yield row.id, reason


def damaged_rows() -> Iterator[str]:
    """Yield in words each row that cannot be read: what is shown is counted without it."""
    yield from (
        Phrase(
            "做法第%(row_id)s行不能读取，没有作用：%(reason)s",
            row_id=row_id,
            reason=reason,
        )
        for row_id, reason in damaged()
    )


# -- what a file said before ----------------------------------------------------------------------


def carry_over(*, today: date, now: datetime) -> int:
    """Take over, once for a deployment, what the settings of this machine said; return how many rows.

    They hold from the first day on, so that no date of an old case moves.
    """
    if db.session.get(OfficeFact, CARRIED) is not None:
        return 0
    with transaction(alone=True):
        count = carry_into(db.session(), office.settings().former, today=today, now=now)
    office.forget_practice()
    return count


def carry_into(session: Session, former: Iterable[Former], *, today: date, now: datetime) -> int:
    """Add what settings said to the office of a session, unless that was done; return how many rows."""
    if session.get(OfficeFact, CARRIED) is not None:
        return 0  # another process was first
    ids = dict(session.execute(select(Agency.code, Agency.id)).tuples().all())
    rows = [_carried(each, ids, now) for each in former if each.agency is None or each.agency in ids]
    session.add_all(rows)
    session.add(OfficeFact(name=CARRIED, value={"on": today.isoformat()}))
    if rows:
        details = {"keys": [row.key for row in rows]}
        entry = AuditEntry(actor=SYSTEM, at=now, act=CARRIED, target="config.toml", details=details)
        session.add(entry)
    return len(rows)


def _carried(former: Former, ids: Mapping[str, int], now: datetime) -> PracticeRow:
    return PracticeRow(
        agency_id=None if former.agency is None else ids[former.agency],
        key=former.key,
        value=rules.written(former.value),
        valid_from=ALWAYS,
        set_by=UPGRADE,
        set_at=now,
        why=Phrase("自%(where)s移入", where=former.where),
    )


def _agency_is_there(former: Former) -> bool:
    return (
        former.agency is None
        or db.session.scalar(select(Agency.id).where(Agency.code == former.agency)) is not None
    )


def without_effect(*, today: date) -> list[str]:
    """Return in words what the settings of this machine still say of the practice, and where it differs.

    What differs comes first: somebody may believe that it holds.
    """
    differing: list[str] = []
    same = []
    for former in office.settings().former:
        holds = _in_force(former, today)
        if holds is not None and holds != former.value:
            differing.append(
                Phrase(
                    "%(where)s 写着 %(key)s = %(written)s，没有作用：现行的做法是 %(written2)s"
                    "。要改变做法，请用 tracker practice set；否则请从那里删去这一项。",
                    where=former.where,
                    key=former.key,
                    written=rules.written(former.value),
                    written2=rules.written(holds),
                )
            )
        elif holds is not None:
            same.append(former.key)
    if same:
        differing.append(
            Phrase(
                "设置中的 %(names)s 已移入数据库，不再起作用（查看：tracker practice show），可以删去。",
                names=joined(same, "、"),
            )
        )
    return differing


def words(*, today: date) -> Iterator[str]:
    """Yield what a person should know of the practice as the office is opened."""
    yield from damaged_rows()
    if message := misnamed():
        yield message
    yield from without_effect(today=today)


def differs(*, today: date) -> list[str]:
    """Return the keys of which the settings of this machine say something else than the practice in force."""
    differing = (
        former for former in office.settings().former if _in_force(former, today) not in (None, former.value)
    )
    return sorted({former.key for former in differing})


def _in_force(former: Former, today: date) -> Value | None:
    """Return the value in force of what the settings say; None where its agency is not there."""
    if not _agency_is_there(former):
        return None
    of = None if former.agency is None else agency_id_of(former.agency)
    value: Value = getattr(office.practice_of(of).on(today), former.key)
    return value


def misnamed() -> str:
    """Return in words which codes the settings name that belong to no agency: most often a slip."""
    codes = sorted({str(each.agency) for each in office.settings().former if not _agency_is_there(each)})
    return (
        Phrase(
            "config.toml 的 [agency] 表写了本系统没有的机关代码：%(names)s。",
            names=joined(codes, "、"),
        )
        if codes
        else ""
    )
