"""Reminders: who is told of which duty on a legal day. Everything here may be run twice.

A stage is reached by the calendar, not by the clock: five working days before, three, one, the day
itself, and so many working days after. What is due is a range of the index of duties, so cases
that are not due are never read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, union_all

from tracker.domain.calendar import WorkCalendar
from tracker.domain.duty import DUTY_LABELS, PASSING
from tracker.mail import compose, event
from tracker.mail.words import translate
from tracker.models.agency import Agency, Unit
from tracker.models.base import ZONE, db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.duty import CASE, CONTACT, PUBLICATION, OpenDuty
from tracker.models.outbox import DIGEST, FAILED, MISSED, WAITING, Message
from tracker.models.publication import Publication
from tracker.services import duty, office, outbox
from tracker.services.recipient import NOBODY, Directory, Recipient

WINDOW = 500  # duties that stand in memory together
ONE_DAY = timedelta(days=1)
NOT_REMINDED = ("extension",)  # a possibility, not a duty: the reminder of the answer names it
PATHS = {CASE: "/cases/{}", CONTACT: "/contacts/{}", PUBLICATION: "/publications/{}"}
LATE = "当日没有运行提醒任务，事后不补发"


@dataclass(frozen=True, slots=True)
class Span:
    """The due days that have reached a stage on a day: ``first`` ≤ due < ``before``."""

    stage: str
    first: date
    before: date
    provisional: bool | None = None  # None: both


@dataclass(frozen=True, slots=True)
class Due:
    """A duty that reached a stage, with what a mail may say of its subject."""

    kind: str
    subject_id: int
    name: str
    due_on: date
    provisional: bool
    stage: str
    number: str
    unit_id: int | None
    unit: str
    handler: str

    @property
    def about(self) -> tuple[str, int]:
        return self.kind, self.subject_id


# -- stages -------------------------------------------------------------------------------------


def early(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return the stages up to the due day itself.

    A due day that is no working day is reached with the working day before it. A provisional one
    (暂定) is reached earlier by the margin that the office has set.
    """
    settings = office.settings()
    found = []
    for days in settings.reminder_steps:
        for provisional in (False, True):
            n = days + (settings.reminder_margin if provisional else 0)
            stage = f"{'p' if provisional else ''}{-days}"
            first = calendar.add(on, n) if n else on
            found.append(Span(stage, first, calendar.add(on, n + 1), provisional))
    return found


def overdue(on: date, calendar: WorkCalendar) -> list[Span]:
    """Return the stages after the due day: the due days from which so many working days have passed."""
    steps = sorted(office.settings().escalation_steps)
    found, passed, last = [], 0, on
    day = on
    while steps and passed <= steps[-1]:
        # ``day`` runs back; between two working days the count does not change
        if calendar.is_working_day(day):
            if passed in steps:
                found.append(Span(f"+{passed}", day, last))
            passed, last = passed + 1, day
        day -= ONE_DAY
    return found


def _spanned(agency_id: int, spans: Iterable[Span]) -> Select[Any]:
    """Return the agency's duties that reached one of the stages, each with the stage."""
    columns = (
        OpenDuty.id,
        OpenDuty.kind,
        OpenDuty.subject_id,
        OpenDuty.name,
        OpenDuty.due_on,
        OpenDuty.provisional,
    )
    one_by_one = [
        select(*columns, literal(span.stage).label("stage")).where(
            OpenDuty.agency_id == agency_id, *_within(span)
        )
        for span in spans
    ]
    found = union_all(*one_by_one).subquery()
    return select(found).order_by(found.c.due_on, found.c.id)


def _within(span: Span) -> Iterator[ColumnElement[bool]]:
    yield OpenDuty.due_on >= span.first
    yield OpenDuty.due_on < span.before
    yield OpenDuty.name.not_in((*NOT_REMINDED, *PASSING) if span.stage.startswith("+") else NOT_REMINDED)
    if span.provisional is not None:
        yield OpenDuty.provisional == span.provisional


def due(agency_id: int, spans: Sequence[Span]) -> Iterator[list[Due]]:
    """Yield the agency's duties that reached one of the stages, some hundred at a time."""
    rows = db.session.execute(_spanned(agency_id, spans)).all() if spans else []
    for start in range(0, len(rows), WINDOW):
        yield _named(rows[start : start + WINDOW])


def _named(rows: Sequence[Any]) -> list[Due]:
    """Complete duties with number, unit and handler; a subject that is gone is left out."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        ids[row.kind].add(row.subject_id)
    known = {
        (kind, row.id): row for kind, mine in ids.items() for row in db.session.execute(_subjects(kind, mine))
    }
    found = []
    for row in rows:
        subject = known.get((row.kind, row.subject_id))
        if subject is not None:
            words = (subject.number, subject.unit_id, subject.unit or "", subject.handler or "")
            found.append(
                Due(row.kind, row.subject_id, row.name, row.due_on, row.provisional, row.stage, *words)
            )
    return found


def _subjects(kind: str, ids: set[int]) -> Select[Any]:
    unit = Unit.name.label("unit")
    if kind == CASE:
        case = select(Case.id, Case.number, Case.unit_id, unit, Case.handler)
        return case.outerjoin(Unit, Unit.id == Case.unit_id).where(Case.id.in_(ids))
    if kind == CONTACT:
        contact = select(
            Contact.id, Contact.number, Contact.unit_id, unit, Contact.received_by.label("handler")
        )
        return contact.outerjoin(Unit, Unit.id == Contact.unit_id).where(Contact.id.in_(ids))
    number = (literal("公开-") + cast(Publication.id, String)).label("number")
    who = Publication.drafted_by.label("handler")
    row = select(Publication.id, number, Unit.id.label("unit_id"), Publication.unit.label("unit"), who)
    mine = (Unit.agency_id == Publication.agency_id) & (Unit.name == Publication.unit)
    return row.outerjoin(Unit, mine).where(Publication.id.in_(ids))


# -- the jobs -----------------------------------------------------------------------------------


def remind(*, on: date, now: datetime) -> str:
    """Write the reminders of the day: to the handler, else the unit's liaison, else the heads.

    Those of a day that has passed are kept as missed and never sent.
    """
    return _run(early, office.settings().reminder_people, on, now, everyone=False)


def escalate(*, on: date, now: datetime) -> str:
    """Write to the liaison and the heads what is overdue by one of the steps."""
    return _run(overdue, office.settings().escalation_people, on, now, everyone=True)


def _run(stages: Any, people: tuple[str, ...], on: date, now: datetime, *, everyone: bool) -> str:
    calendar = office.calendar()
    if not calendar.is_working_day(on):
        return "休息日，不提醒"
    spans, count = stages(on, calendar), 0
    late = on < now.astimezone(ZONE).date()
    for agency_id in _agencies():
        directory = Directory(agency_id)
        for found in due(agency_id, spans):
            with transaction():
                count += outbox.keep(
                    _rows(agency_id, found, _chosen(directory, found, people, everyone), on, now, late)
                )
    return f"{'错过' if late else '写入'}{count}条"


def _agencies() -> list[int]:
    found = list(db.session.scalars(select(Agency.id).order_by(Agency.id)))
    db.session.rollback()
    return found


def _chosen(
    directory: Directory, found: Iterable[Due], people: tuple[str, ...], everyone: bool
) -> list[tuple[Due, Recipient]]:
    choose = directory.every if everyone else directory.first
    return [
        (each, person) for each in found for person in choose(people, each.handler, each.unit_id) or [NOBODY]
    ]


def _rows(
    agency_id: int,
    found: Sequence[Due],
    chosen: Sequence[tuple[Due, Recipient]],
    on: date,
    now: datetime,
    late: bool,
) -> list[dict[str, Any]]:
    told = _Told(found)
    return [_row(agency_id, each, person, told, on, now, late) for each, person in chosen]


def _row(
    agency_id: int, each: Due, person: Recipient, told: "_Told", on: date, now: datetime, late: bool
) -> dict[str, Any]:
    more: dict[str, Any] = {
        "subject_id": each.subject_id,
        "number": each.number,
        "duty": each.name,
        "due_on": each.due_on,
        "stage": each.stage,
    }
    item = item_of(each, on)
    written = compose.reminder(person.language, item)
    if late:
        more.update(status=MISSED, why=LATE, sent_at=None)
    elif person is NOBODY:
        more.update(status=FAILED, why="承办人、联络员和负责人都没有邮箱，请在“用户”“单位”中填写")
    elif person.digest:
        more.update(status=DIGEST)
        written = replace(written, text="", html="")
    else:
        more.update(status=WAITING, attachments=event.files(told.entries([each], person), now=now))
    key = f"{each.kind}|{each.subject_id}|{each.name}|{each.due_on}|{each.stage}|{person.key}"
    return outbox.row(
        agency_id=agency_id, key=key, kind=each.kind, to=person, written=written, on=on, now=now, **more
    )


def item_of(each: Due, on: date) -> compose.Item:
    """Return the duty as a mail of the day names it."""
    calendar = office.calendar()
    return compose.Item(
        number=each.number,
        duty=each.name,
        due_on=each.due_on,
        provisional=each.provisional,
        left=calendar.count(on, each.due_on) if each.due_on >= on else -calendar.count(each.due_on, on),
        late=each.due_on < on,
        unit=each.unit,
        handler=each.handler,
        link=outbox.link_to(PATHS[each.kind].format(each.subject_id)),
    )


class _Told:
    """What was written before about the subjects: it numbers the calendar entries and ends old ones."""

    def __init__(self, found: Iterable[Due]) -> None:
        ids: dict[str, set[int]] = defaultdict(set)
        for each in found:
            ids[each.kind].add(each.subject_id)
        self.counts: dict[tuple[str, int, str], int] = defaultdict(int)
        self.duties: dict[tuple[str, int, str], set[str]] = defaultdict(set)
        self.open = {
            (kind, key): known
            for kind, mine in ids.items()
            for key, known in duty.kept(kind, [*mine]).items()
        }
        columns = (Message.kind, Message.subject_id, Message.duty, Message.recipient)
        for kind, mine in ids.items():
            earlier = select(*columns, func.count()).where(Message.kind == kind, Message.subject_id.in_(mine))
            for _, subject_id, name, recipient, count in db.session.execute(earlier.group_by(*columns)):
                self.counts[kind, subject_id, name] += count
                self.duties[kind, subject_id, recipient].add(name)

    def entries(self, found: Sequence[Due], person: Recipient) -> list[event.Entry]:
        """Return the calendar entries of the duties, and the end of those told before and over now."""
        entries = {}
        for each in found:
            still = {name for name, _ in self.open.get(each.about, {})}
            over = self.duties[each.kind, each.subject_id, person.key] - still
            for name in sorted(over | {each.name}):
                mine = replace(each, name=name)
                entries[uid(mine)] = self._entry(mine, person, cancelled=name in over)
        return list(entries.values())

    def _entry(self, each: Due, person: Recipient, *, cancelled: bool) -> event.Entry:
        mark = f" ({translate(person.language, '暂定')})" if each.provisional else ""
        return event.Entry(
            uid=uid(each),
            on=each.due_on,
            sequence=self.counts[each.kind, each.subject_id, each.name],
            summary=f"{each.number} {compose.label(person.language, each.name)}{mark}",
            link=outbox.link_to(PATHS[each.kind].format(each.subject_id)),
            cancelled=cancelled,
        )


def uid(each: Due) -> str:
    """Return the identity of a duty in calendars: the same however often its day moves."""
    return f"{each.kind}-{each.subject_id}-{each.name}@{outbox.domain(office.settings())}"


# -- the digest ---------------------------------------------------------------------------------


def digest(*, on: date, now: datetime) -> str:
    """Write the morning's digest to those who chose it: what is overdue, what is due soon."""
    calendar = office.calendar()
    if on < now.astimezone(ZONE).date():
        return "过去的日子不补发汇总"
    if not calendar.is_working_day(on):
        return "休息日，不汇总"
    count = 0
    for agency_id in _agencies():
        directory = Directory(agency_id)
        mine = _of_readers(agency_id, directory, on, calendar)
        with transaction():
            count += outbox.keep([_digest(agency_id, who, found, on, now) for who, found in mine.items()])
    return f"写入{count}条"


def _of_readers(
    agency_id: int, directory: Directory, on: date, calendar: WorkCalendar
) -> dict[Recipient, list[Due]]:
    """Return what each reader of digests is to be told of: late or within the first stage."""
    settings = office.settings()
    soon = calendar.add(on, max(settings.reminder_steps, default=1) + 1)
    readers: dict[Recipient, list[Due]] = defaultdict(list)
    if not directory.has_readers:
        return readers
    to_handler = (settings.reminder_people, False)
    to_all = (settings.escalation_people, True)
    for span, rules in (
        (Span("+", date.min, on), (to_handler, to_all)),
        (Span("", on, soon), (to_handler,)),
    ):
        for found in due(agency_id, [span]):
            for each, person in _chosen_by(directory, found, rules):
                if person.digest and each not in readers[person]:
                    readers[person].append(each)
    return {who: found for who, found in readers.items() if found}


def _chosen_by(
    directory: Directory, found: Sequence[Due], rules: Iterable[tuple[tuple[str, ...], bool]]
) -> Iterator[tuple[Due, Recipient]]:
    for people, everyone in rules:
        yield from _chosen(directory, found, people, everyone)


def _digest(agency_id: int, who: Recipient, found: list[Due], on: date, now: datetime) -> dict[str, Any]:
    written = compose.digest(who.language, [item_of(each, on) for each in found], on)
    attachments = event.files(_Told(found).entries(found, who), now=now)
    return outbox.row(
        agency_id=agency_id, key=outbox.digest_key(on, who.key), kind=outbox.DIGEST_MAIL, to=who,
        written=written, on=on, now=now, attachments=attachments,
    )  # fmt: skip


# -- a look ahead -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that the day would bring, without its text."""

    number: str
    duty: str
    due_on: date
    provisional: bool
    stage: str
    to: Recipient


def planned(agency_id: int, *, on: date) -> list[Planned]:
    """Return what the day's jobs would write, as the settings and the duties stand now."""
    calendar, settings, directory = office.calendar(), office.settings(), Directory(agency_id)
    if not calendar.is_working_day(on):
        return []
    found: list[Planned] = []
    for spans, people, everyone in (
        (early(on, calendar), settings.reminder_people, False),
        (overdue(on, calendar), settings.escalation_people, True),
    ):
        for window in due(agency_id, spans):
            for each, person in _chosen(directory, window, people, everyone):
                words = (each.number, DUTY_LABELS[each.name], each.due_on, each.provisional, each.stage)
                found.append(Planned(*words, person))
    return found
