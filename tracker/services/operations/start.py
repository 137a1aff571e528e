"""The first hour (开始使用): what an office needs before it works, each step as the data say it stands.

Nothing is ticked off by a click but that a step is left for later.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select

from tracker.domain.case.rules import OF_AGENCY
from tracker.domain.errors import NotFoundError
from tracker.domain.office.practice import SETTINGS
from tracker.domain.permission import GRANTS, Action
from tracker.models.agency import Unit
from tracker.models.base import db, transaction
from tracker.models.calendar import OfficeFact
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.imported import KEPT, ImportedFile
from tracker.models.outbox import SENT, Message
from tracker.models.user import AuditEntry, User
from tracker.services.mail import outbox
from tracker.services.office import audit, office, particulars, setting, user
from tracker.services.office.actor import Actor

DONE, SKIPPED, TO_DO = "done", "skipped", "to_do"
FACT = "start:{}"
# The acts without which no request is answered, in the order in which a request meets them.
WORK = (Action.REGISTER, Action.HANDLE, Action.OPINION, Action.APPROVE)


@dataclass(frozen=True, slots=True)
class StartStep:
    """One step as it stands.

    action: what somebody must be allowed to who takes it. counts: what the page says of it. lacking: keys
    of the office, or acts that nobody may do, which it still lacks.
    """

    key: str
    action: Action
    is_done: bool
    counts: Mapping[str, object] = field(default_factory=dict)
    lacking: Collection[str] = ()
    skipped: bool = False

    @property
    def state(self) -> str:
        """Done whatever was clicked; left for later, or to do."""
        return DONE if self.is_done else SKIPPED if self.skipped else TO_DO


def steps(agency_id: int, *, today: date) -> list[StartStep]:
    """Return every step in its order."""
    skipped = _skipped(agency_id)
    in_order = (
        _office(agency_id, today),
        _units(agency_id),
        _people(agency_id),
        _mail(agency_id),
        _practice(today),
        _old_register(agency_id),
        _calendar(today),
        _first_letter(agency_id),
    )
    return [
        StartStep(each.key, each.action, each.is_done, each.counts, each.lacking, each.key in skipped)
        for each in in_order
    ]


KEYS = ("office", "units", "people", "mail", "practice", "old_register", "calendar", "first_letter")


def is_new(agency_id: int) -> bool:
    """Return whether the office has no name yet, or nobody but the one administrator."""
    alone = select(func.count()).where(User.agency_id == agency_id, User.active.is_(True))
    return not particulars.values(agency_id, date.max)[particulars.NAME] or _count(alone) <= 1


def skip(key: str, *, skipped: bool, actor: Actor, now: datetime) -> None:
    """Leave a step for later, or take it up again. Raises NotPermittedError, NotFoundError."""
    actor.require(Action.OFFICE)
    if key not in KEYS:
        raise NotFoundError("没有这一步。")
    with transaction():
        keys = (_skipped(actor.agency_id) | {key}) if skipped else (_skipped(actor.agency_id) - {key})
        name = FACT.format(actor.agency_id)
        db.session.merge(OfficeFact(name=name, value={"skipped": sorted(keys)}))
        act = "start_skipped" if skipped else "start_taken_up"
        audit.note(act, actor=actor.name, now=now, agency_id=actor.agency_id, target=key)


def _skipped(agency_id: int) -> set[str]:
    fact = db.session.get(OfficeFact, FACT.format(agency_id))
    kept = fact.value.get("skipped") if fact else None
    return set(kept) & set(KEYS) if isinstance(kept, list) else set()


def _count(query: Select[tuple[int]]) -> int:
    return db.session.scalar(query) or 0


def _office(agency_id: int, today: date) -> StartStep:
    known = particulars.values(agency_id, today)
    lacking = [key for key in (particulars.NAME, *particulars.NEEDED) if not known[key]]
    counts = {"name": known[particulars.NAME]}
    return StartStep("office", Action.OFFICE, not lacking, counts, lacking)


def _units(agency_id: int) -> StartStep:
    own = (Unit.agency_id == agency_id, Unit.active.is_(True))
    units = _count(select(func.count()).where(*own))
    reached = _count(select(func.count()).where(*own, Unit.liaison_email != ""))
    return StartStep("units", Action.USERS, units > 0, {"units": units, "reached": reached})


def _people(agency_id: int) -> StartStep:
    everybody = [row for row in user.everyone(agency_id) if row.active]
    lacking = [act.value for act in WORK if not any(row.role_set & GRANTS[act] for row in everybody)]
    addressed = sum(bool(row.email) for row in everybody)
    counts = {"people": len(everybody), "addressed": addressed}
    return StartStep("people", Action.USERS, not lacking, counts, lacking)


def _mail(agency_id: int) -> StartStep:
    host = setting.in_force().smtp.host
    sent = select(func.count()).where(
        Message.agency_id == agency_id, Message.kind == outbox.TEST, Message.status == SENT
    )
    tested = _count(sent)
    return StartStep("mail", Action.SETTINGS, bool(host and tested), {"host": host, "tested": tested})


def _practice(today: date) -> StartStep:
    ours = SETTINGS - OF_AGENCY
    decided = ours & office.practice_of(None).rows_on(today).keys()
    return StartStep("practice", Action.PRACTICE, bool(decided), {"decided": len(decided), "all": len(ours)})


def _old_register(agency_id: int) -> StartStep:
    """Count the files that stand and were not undone, and histories: own ones, or of several agencies."""
    own = (ImportedFile.agency_id == agency_id, ImportedFile.state == KEPT)
    whose = or_(AuditEntry.agency_id == agency_id, AuditEntry.agency_id.is_(None))
    histories = select(func.count()).where(AuditEntry.act == "imported", AuditEntry.target == "", whose)
    imports = _count(select(func.count()).where(*own)) + _count(histories)
    return StartStep("old_register", Action.REGISTER, imports > 0, {"imports": imports})


def _calendar(today: date) -> StartStep:
    published = office.calendar().published
    counts: dict[str, object] = {
        "year": today.year,
        "next": today.year + 1,
        "next_known": today.year + 1 in published,
    }
    counts["known"] = today.year in published
    return StartStep("calendar", Action.CALENDAR, today.year in published, counts)


def _first_letter(agency_id: int) -> StartStep:
    contacts = _count(select(func.count()).select_from(Contact).where(Contact.agency_id == agency_id))
    cases = _count(select(func.count()).select_from(Case).where(Case.agency_id == agency_id))
    counts = {"contacts": contacts, "cases": cases}
    return StartStep("first_letter", Action.REGISTER, bool(contacts or cases), counts)
