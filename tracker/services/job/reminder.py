"""Reminders: who is told of which duty on a legal day. Everything here may be run twice.

Whoever was not told of the stage that was reached last is told, whatever the day: a case that was
typed late, or a morning on which nothing ran, is made up for at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from tracker.domain import misfit
from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.message import Phrase
from tracker.mail import compose, due_day
from tracker.models.agency import Agency
from tracker.models.base import ZONE, db, transaction
from tracker.models.duty import CASE, CONTACT, LETTER, REGISTERS, SIGN_OFF
from tracker.models.outbox import DIGEST, FAILED, MISSED, PLAIN, WAITING, Message
from tracker.services.case import duty
from tracker.services.copy import anchor
from tracker.services.job.stage import Span, all_early, due, overdue
from tracker.services.job.told import DueDuty, Told
from tracker.services.mail import outbox, overtaken
from tracker.services.mail.recipient import HANDLER, NOBODY, Directory, Recipient
from tracker.services.office import office, setting

PATHS = {
    CASE: "/cases/{}",
    CONTACT: "/contacts/{}",
    LETTER: "/letters/{}",
    SIGN_OFF: "/sign-offs/{}",
    **{kind: f"/books/{name}/{{}}" for kind, name in REGISTERS.items()},
}
LATE = "当日没有运行提醒任务；到期的一并在之后的第一个工作日告知"
MANY = 5  # more at once to one person become one mail (practice)
LISTED = 200  # of those in one mail; the others are on the worklist


# -- the jobs -----------------------------------------------------------------------------------

Telling = tuple[DueDuty, Recipient, str]  # what, to whom, in whose place


def remind(*, on: date, now: datetime) -> str:
    """Write the reminders of the day: to the handler, else the unit's liaison, else the heads.

    Those of a day that has passed are kept as missed; what was missed is told with the next day's.
    """
    return _run(all_early, office.rules(on).reminder_people, on, now, everyone=False)


def escalate(*, on: date, now: datetime) -> str:
    """Write to the liaison and the heads what is overdue by one of the steps."""
    return _run(overdue, office.rules(on).escalation_people, on, now, everyone=True)


def _run(stages: Any, people: tuple[str, ...], on: date, now: datetime, *, everyone: bool) -> str:
    calendar = office.calendar()
    if not calendar.is_working_day(on):
        return Phrase("休息日，不提醒")
    spans, count = stages(on, calendar), 0
    late = on < now.astimezone(ZONE).date()
    for agency_id in _agencies():
        tellings = list(untold(agency_id, spans, people, on=on, everyone=everyone))
        db.session.rollback()
        count += _missed(agency_id, tellings, on, now) if late else _tell(agency_id, tellings, on, now)
    return Phrase("错过%(count)s条", count=count) if late else Phrase("写入%(count)s条", count=count)


def _agencies() -> list[int]:
    ids = list(db.session.scalars(select(Agency.id).order_by(Agency.id)))
    db.session.rollback()
    return ids


def untold(
    agency_id: int, spans: Sequence[Span], people: tuple[str, ...], *, on: date, everyone: bool
) -> Iterator[Telling]:
    """Yield what was reached and not yet told, to each who is to be told of it."""
    directory = Directory(agency_id)
    choose = _all_of if everyone else _first_of
    for duties in due(agency_id, spans, on):
        told = Told(duties)
        for each in duties:
            yield from choose(directory, told, each, people)


def _all_of(directory: Directory, told: Told, each: DueDuty, people: tuple[str, ...]) -> Iterator[Telling]:
    """Yield those of the kinds that were not told; where none of them can be reached, who stands in."""
    wanted = directory.every(people, each.handler, each.unit_id)
    reached = [person for person in wanted if not told.was_refused(each, person)]
    if not reached:
        yield from _first_of(directory, told, each, people)
    yield from ((each, person, "") for person in reached if not told.was_told(each, person))


def _first_of(directory: Directory, told: Told, each: DueDuty, people: tuple[str, ...]) -> Iterator[Telling]:
    """Yield the first who can be reached; a person who left or whose mail came back is nobody's silence."""
    missing = ""
    for kind, persons in directory.in_order(people, each.handler, each.unit_id):
        reached = [person for person in persons if not told.was_refused(each, person)]
        if reached:
            yield from ((each, person, missing) for person in reached if not told.was_told(each, person))
            return
        if kind == HANDLER and each.handler:
            missing = each.handler
    if not told.was_refused(each, NOBODY):
        yield each, NOBODY, missing


def _missed(agency_id: int, tellings: Sequence[Telling], on: date, now: datetime) -> int:
    """Keep that nobody was told on a day that has passed."""
    with transaction():
        rows = [_row(agency_id, telling, on, now, status=MISSED, why=LATE) for telling in tellings]
        return outbox.keep([{**row, "key": f"{row['key']}|missed"} for row in rows])


def _tell(agency_id: int, tellings: Sequence[Telling], on: date, now: datetime) -> int:
    """Write to each person: one by one, or in one mail where there are many."""
    of_person: dict[Recipient, list[Telling]] = defaultdict(list)
    for telling in tellings:
        of_person[telling[1]].append(telling)
    count = 0
    for person, mine in of_person.items():
        with transaction():
            count += len(_to(agency_id, person, mine, on, now))
    return count


def _to(agency_id: int, person: Recipient, tellings: list[Telling], on: date, now: datetime) -> set[str]:
    """Write what one person is to be told, in the caller's transaction; return the keys of what was new."""
    if person is NOBODY:
        why = "承办人、联络员、负责人和系统管理员都没有邮箱，请在“用户”“单位”中填写"
        return outbox.keep_new([_row(agency_id, each, on, now, status=FAILED, why=why) for each in tellings])
    if person.digest:
        key = outbox.digest_key(on, person.key)
        rows = [_row(agency_id, each, on, now, status=DIGEST, carried_by=key) for each in tellings]
        return outbox.keep_new(rows)
    if len(tellings) > MANY:
        return _in_one(agency_id, person, tellings, on, now)
    told = _Entries([each for each, *_ in tellings])
    return outbox.keep_new(
        [
            _row(
                agency_id, each, on, now, status=WAITING,
                attachments=due_day.files(told.entries([each[0]], person), now=now),
            )
            for each in tellings
        ]
    )  # fmt: skip


def _in_one(agency_id: int, person: Recipient, tellings: list[Telling], on: date, now: datetime) -> set[str]:
    """Write one mail for many duties; each stays a row of its own that names the mail."""
    key = f"many|{on}|{person.key}|{tellings[0][0].kind}-{tellings[0][0].subject_id}-{tellings[0][0].stage}"
    rows = [_row(agency_id, each, on, now, status=DIGEST, carried_by=key) for each in tellings]
    new = outbox.keep_new(rows)
    mine = [each for (each, *_), row in zip(tellings, rows, strict=True) if row["key"] in new]
    if mine:
        outbox.keep([_listing(agency_id, person, mine, on, now, key=key, kind=PLAIN)])
    return new


def _listing(
    agency_id: int, person: Recipient, duties: Sequence[DueDuty], on: date, now: datetime, **more: Any
) -> dict[str, Any]:
    """Return one mail of many duties with their calendar entries: those due first, and how many follow."""
    listed, unlisted = duties[:LISTED], duties[LISTED:]
    items = [item_of(each, on) for each in listed]
    late = sum(each.due_on < on for each in unlisted)
    written = compose.digest(
        person.language, items, on, len(unlisted), unlisted_late=late, ends=anchor.lines()
    )
    attachments = due_day.files(_Entries(listed).entries(listed, person), now=now)
    return outbox.row(
        agency_id=agency_id, to=person, written=written, on=on, now=now, attachments=attachments, **more
    )


def _row(agency_id: int, telling: Telling, on: date, now: datetime, **more: Any) -> dict[str, Any]:
    each, person, missing = telling
    write = compose.reminder_title if more["status"] == DIGEST else compose.reminder
    written = write(person.language, item_of(each, on, missing))
    return outbox.row(
        agency_id=agency_id,
        key=f"{each.kind}|{each.subject_id}|{each.name}|{each.due_on}|{each.stage}|{person.key}",
        kind=each.kind,
        to=person,
        written=written,
        on=on,
        now=now,
        subject_id=each.subject_id,
        number=each.number,
        duty=each.name,
        due_on=each.due_on,
        stage=each.stage,
        **more,
    )


def item_of(each: DueDuty, on: date, missing: str = "") -> compose.Item:
    """Return the duty as a mail of the day names it; ``missing``: the handler who could not be reached."""
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
        missing=missing,
    )


class _Entries:
    """What was written before about the subjects: it numbers the calendar entries and ends old ones."""

    def __init__(self, due_duties: Iterable[DueDuty]) -> None:
        ids: dict[str, set[int]] = defaultdict(set)
        for each in due_duties:
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

    def entries(self, due_duties: Sequence[DueDuty], person: Recipient) -> list[due_day.DueDay]:
        """Return the calendar entries of the duties, and the end of those told before and over now."""
        entries = {}
        for each in due_duties:
            still = {name for name, _ in self.open.get(each.about, {})}
            over = self.duties[each.kind, each.subject_id, person.key] - still
            for name in sorted(over | {each.name}):
                mine = each._replace(name=name)
                entries[uid(mine)] = self._entry(mine, person, cancelled=name in over)
        return list(entries.values())

    def _entry(self, each: DueDuty, person: Recipient, *, cancelled: bool) -> due_day.DueDay:
        mark = compose.mark(person.language, each.provisional)
        return due_day.DueDay(
            uid=uid(each),
            on=each.due_on,
            sequence=self.counts[each.kind, each.subject_id, each.name],
            summary=f"{each.number} {compose.label(person.language, each.name)}{mark}",
            link=outbox.link_to(PATHS[each.kind].format(each.subject_id)),
            cancelled=cancelled,
        )


def uid(each: DueDuty) -> str:
    """Return the identity of a duty in calendars: the same however often its day moves."""
    return f"{each.kind}-{each.subject_id}-{each.name}@{outbox.domain(setting.in_force())}"


# -- the digest ---------------------------------------------------------------------------------


def digest(*, on: date, now: datetime) -> str:
    """Write the morning's digest to those who chose it: what is overdue, what is due soon."""
    calendar = office.calendar()
    if on < now.astimezone(ZONE).date():
        return Phrase("过去的日子不补发汇总")
    if not calendar.is_working_day(on):
        return Phrase("休息日，不汇总")
    count = 0
    for agency_id in _agencies():
        directory = Directory(agency_id)
        mine = _of_readers(agency_id, directory, on, calendar)
        with transaction():
            mails = [
                _listing(
                    agency_id, who, duties, on, now,
                    key=outbox.digest_key(on, who.key), kind=overtaken.DIGEST_MAIL,
                )
                for who, duties in mine.items()
            ]  # fmt: skip
            count += outbox.keep(mails)
    return Phrase("写入%(count)s条", count=count)


def _of_readers(
    agency_id: int, directory: Directory, on: date, calendar: WorkCalendar
) -> dict[Recipient, list[DueDuty]]:
    """Return what each reader of digests is to be told of: late or within the first stage."""
    practice = office.rules(on)
    soon = calendar.add(on, max(practice.reminder_steps, default=1) + 1)
    readers: dict[Recipient, dict[DueDuty, None]] = defaultdict(dict)  # each once, in order
    if not directory.has_readers:
        return {}
    to_handler = (practice.reminder_people, False)
    to_all = (practice.escalation_people, True)
    for span, rules in (
        (Span("+", date.min, on, told=0), (to_handler, to_all)),
        (Span("", on, soon, told=0), (to_handler,)),
    ):
        for duties in due(agency_id, [span], on):
            for each, person in _chosen_by(directory, duties, rules):
                if person.digest:
                    readers[person][each] = None
    return {who: list(duties) for who, duties in readers.items()}


def _chosen_by(
    directory: Directory, due_duties: Sequence[DueDuty], rules: Iterable[tuple[tuple[str, ...], bool]]
) -> Iterator[tuple[DueDuty, Recipient]]:
    for people, everyone in rules:
        choose = directory.every if everyone else directory.first
        for each in due_duties:
            yield from ((each, person) for person in choose(people, each.handler, each.unit_id))


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
    """Return what the day's jobs would write, as the practice and the duties stand now."""
    calendar, rules = office.calendar(), office.rules(on)
    if not calendar.is_working_day(on):
        return []
    plans: dict[tuple[Any, ...], Planned] = {}
    for spans, people, everyone in (
        (all_early(on, calendar), rules.reminder_people, False),
        (overdue(on, calendar), rules.escalation_people, True),
    ):
        for each, person, _missing in untold(agency_id, spans, people, on=on, everyone=everyone):
            what = (
                each.number,
                misfit.label(DUTY_LABELS, each.name),
                each.due_on,
                each.provisional,
                each.stage,
            )
            plans.setdefault(
                (*each.about, each.name, each.due_on, each.stage, person.key), Planned(*what, person)
            )
    return list(plans.values())
