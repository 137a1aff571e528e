"""The registers behind the report: add, change, withdraw, take back; every act leaves its old and new."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.errors import InvalidDetailError, NotFoundError, StepNotAllowedError, message_of
from tracker.domain.message import Phrase, joined, labels
from tracker.domain.permission import Action
from tracker.domain.register import consistency, remedy
from tracker.domain.register import publication as domain_publication
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.known import KnownRows
from tracker.domain.register.reanswer import REANSWERS
from tracker.domain.register.register import Register, cell, empty, read, shown
from tracker.domain.register.respondent import RESPONSES
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.follow_up import OfRequest
from tracker.models.publication import Medium, Publication
from tracker.models.reads.base import kept_rows
from tracker.models.reads.held import contact_numbered
from tracker.models.reads.publication import media_in_use
from tracker.models.reads.register import MODELS
from tracker.models.reads.remedy import reanswers_of, remedies_named, steps_of
from tracker.models.register import RegisterAct, RegisterRow
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.services.office import agency, office, searched
from tracker.services.office.actor import Actor
from tracker.services.register import duty, publication, respondent

ACTS = labels(
    {"added": "登记", "imported": "导入", "changed": "修改", "withdrawn": "撤销登记", "restored": "恢复登记"}
)
Values = dict[str, Any]


class RowInvalidError(InvalidDetailError):
    """Some fields of a row cannot be taken; ``fields`` says which and why."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("有%(count)s处填写有误，请看标红的栏目。", count=len(fields))
        self.fields = dict(fields)


def named(name: str) -> Register:
    """Return the register of that name; raise NotFoundError where there is none."""
    if name not in BY_NAME:
        raise NotFoundError("没有这个登记簿。")
    return BY_NAME[name]


def find(register: Register, row_id: int, actor: Actor) -> RegisterRow:
    """Return the row; another agency's is not there."""
    row = db.session.get(MODELS[register.name], row_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFoundError("没有这条记录。")
    return row


def values_of(register: Register, row: RegisterRow) -> Values:
    """Return the values of a row as the domain reads them: media by their names."""
    values = {one.name: getattr(row, one.name) for one in register.fields}
    if "channels" in values:
        values["channels"] = [medium.name for medium in values["channels"]]
    return values


def parse(register: Register, raw: Mapping[str, object], values: Values) -> tuple[Values, dict[str, str]]:
    """Return the values with what was typed in their place, and what could not be read by field.

    A field that is not in ``raw`` keeps its value.
    """
    parsed, wrong = dict(values), {}
    for one in register.fields:
        if one.name in raw:
            try:
                parsed[one.name] = read(one, raw[one.name])
            except ValueError as error:
                wrong[one.name] = message_of(error)
    return parsed, wrong


def blank(register: Register) -> Values:
    """Return the values of a row on which nothing was typed; required ones are empty."""
    return {one.name: empty(one) for one in register.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does it, and when."""

    actor: Actor
    today: date
    now: datetime


def keep(
    register: Register,
    raw: Mapping[str, object],
    *,
    by: By,
    row_id: int | None = None,
    version: int | None = None,
    reason: str = "",
    token: str = "",
) -> RegisterRow:
    """Add a row, or change one, in one transaction.

    raw:     what was typed, by field; a field that is not there keeps its value.
    version: the version that the person saw; another one raises StaleDataError (409).
    token:   of the page that was filled in; the same page sent twice gives the first row.

    Raises RowInvalidError naming each field, NotPermittedError; then nothing was kept.
    """
    with transaction():
        agency.lock(by.actor.agency_id)
        if row_id is None:
            return _of_token(register, token, by.actor) or _added(register, raw, by, token)
        row = find(register, row_id, by.actor)
        if row.withdrawn_at is not None:
            raise StepNotAllowedError("这条记录已撤销，恢复后才能修改。")
        if version is not None and row.version != version:
            raise StaleDataError(f"{register.name} {row.id}: version {version} is not {row.version}")
        _change(register, row, raw, by, reason)
    return row


def _of_token(register: Register, token: str, actor: Actor) -> RegisterRow | None:
    model = MODELS[register.name]
    same = select(model).where(model.form_token == actor.page_mark(token))
    return db.session.scalar(same) if token else None


def _added(register: Register, raw: Mapping[str, object], by: By, token: str) -> RegisterRow:
    row = add(register, raw, by=by, media=media_by_name(by.actor.agency_id))
    row.form_token = by.actor.page_mark(token)
    db.session.flush()
    note(register, row, "added", by)
    return row


Media = dict[str, Medium]


def media_by_name(agency_id: int) -> Media:
    """Return the office's media that are in use, by name."""
    return {medium.name: medium for medium in media_in_use(agency_id)}


def add(
    register: Register, raw: Mapping[str, object], *, by: By, media: Media, historic: bool = False
) -> RegisterRow:
    """Add a row in the caller's transaction, who flushes it and notes the act.

    historic: it comes with the catalogue of an earlier year, which has no record of its review.
    """
    typed = {one.name: raw.get(one.name, "") for one in register.fields}
    values, wrong = parse(register, typed, blank(register))
    allowed(register, values, by.actor)
    check(register, values, wrong, by, None, media, historic=historic)
    row = MODELS[register.name](agency_id=by.actor.agency_id, recorded_at=by.now, recorded_by=by.actor.name)
    db.session.add(row)
    fill(register, row, values, media)
    return row


def allowed(register: Register, values: Values, actor: Actor) -> None:
    """Ask leave for a new row with these values. Raises NotPermittedError."""
    _allowed(register, blank(register), values, actor)


def _change(register: Register, row: RegisterRow, raw: Mapping[str, object], by: By, reason: str) -> None:
    before = values_of(register, row)
    values, wrong = parse(register, raw, before)
    _allowed(register, before, values, by.actor)
    media = {medium.name: medium for medium in row.channels} if isinstance(row, Publication) else {}
    media |= media_by_name(row.agency_id)
    check(register, values, wrong, by, row.id, media, historic=_is_historic(before, values))
    changes = {
        one.name: [shown(one, before[one.name]), shown(one, values[one.name])]
        for one in register.fields
        if before[one.name] != values[one.name]
    }
    if changes:
        parent = row.remedy if isinstance(row, RemedyStep | Reanswer) else None
        fill(register, row, values, media)
        note(register, row, "changed", by, reason, changes)
        if parent is not None and isinstance(row, RemedyStep | Reanswer) and parent is not row.remedy:
            duty.restate(parent)
        if isinstance(row, RemedyCase):
            _rename(row, by)


def _rename(row: RemedyCase, by: By) -> None:
    """Let steps and answers anew of a reconsideration or suit follow a number of it that was changed."""
    for register, rows in ((RESPONSES, steps_of(row)), (REANSWERS, reanswers_of(row))):
        for one in rows:
            if row.numbers and one.remedy_number not in row.numbers:
                told = {"remedy_number": [one.remedy_number, row.numbers[0]]}
                one.remedy_number = row.numbers[0]
                one.folded = searched.words(getattr(one, name) for name in register.searched)
                note(register, one, "changed", by, "案号已改", told)


def _allowed(register: Register, before: Values, after: Values, actor: Actor) -> None:
    """Ask leave for what changed: the review (第17条) is the reviewer's, the rest the clerks'."""
    changed = {one.name for one in register.fields if before[one.name] != after[one.name]}
    reviewed = {one.name for one in register.reviewed}
    if changed & reviewed:
        actor.require(Action.OPINION)
    if changed - reviewed or not changed:
        actor.require(Action.REGISTER)


def _is_historic(before: Values, after: Values) -> bool:
    """Return whether an item that came in without a record of its review stays as it was published."""
    unchanged = before.get("published_on") is not None and before["published_on"] == after["published_on"]
    return (
        unchanged
        and domain_publication.is_marked(before["note"])
        and domain_publication.is_marked(after["note"])
    )


def check(
    register: Register,
    values: Values,
    wrong: Mapping[str, str],
    by: By,
    row_id: int | None,
    media: Collection[str],
    *,
    historic: bool = False,
    beside: KnownRows | None = None,
) -> None:
    """Raise RowInvalidError with everything that is wrong, by field.

    media: the names of the office's media. beside: the rows that are there; else the database is asked.
    """
    if wrong:
        raise RowInvalidError(wrong)
    three = office.rules(by.today).three_reviews
    problems = consistency.problems(
        register.name, values, today=by.today, three_reviews=three, historic=historic
    )
    if register.name == REANSWERS.name:
        problems = respondent.of_reanswer(values, row_id, by.actor, problems)
    if register.name == remedy.REMEDIES.name:
        problems |= respondent.still_ordered(values, row_id)
    problems |= _unknown(register, values, by.actor.agency_id, media)
    if not problems and register.unique:
        problems = (beside or rows_beside(register, [values], by.actor.agency_id, row_id or 0)).against(
            values
        )
    if problems:
        raise RowInvalidError(problems)


def _unknown(register: Register, values: Values, agency_id: int, media: Collection[str]) -> dict[str, str]:
    """Return what names something that the office does not have, or does not fit it: a medium, a request."""
    wrong: dict[str, str] = {}
    missing = set(values.get("channels") or ()) - set(media)
    if missing:
        names = "、".join(sorted(missing))
        wrong["channels"] = Phrase("发布渠道表中没有“%(names)s”，请先登记该渠道。", names=names)
    if number := values.get("case_number"):
        wrong |= respondent.of_case(register.name, values, case_of(number, agency_id))
    letter = values.get("contact_number")
    if letter and contact_numbered(agency_id, letter) is None:
        wrong["contact_number"] = Phrase(
            "来信来访来电登记中没有登记编号%(letter)s，请先登记来件。", letter=letter
        )
    return {**wrong, **respondent.unfit(values, agency_id)}


def case_of(number: str, agency_id: int) -> Case | None:
    """Return the request of that number."""
    return db.session.scalar(select(Case).where(Case.agency_id == agency_id, Case.number == number))


def rows_beside(register: Register, rows: Sequence[Values], agency_id: int, but: int = 0) -> KnownRows:
    """Return what is there beside rows with these values; ``but`` is one of them."""
    model, beside = MODELS[register.name], KnownRows(register)
    same = [name for name in register.identity if name != "month"]  # a month stands against its whole year
    wanted = {tuple(values[name] for name in same) for values in rows}
    named = tuple_(*(getattr(model, name) for name in same)).in_(list(wanted))
    columns = [getattr(model, name) for name in register.identity]
    query = kept_rows(model, agency_id).where(named, model.id != but).with_only_columns(*columns)
    for row in db.session.execute(query):
        beside.add(dict(row._mapping))
    return beside


def fill(register: Register, row: RegisterRow, values: Values, media: Media) -> None:
    """Put the values on the row: media by their rows, the request by its row."""
    for name, value in columns(register, values).items():
        setattr(row, name, value)
    if isinstance(row, Publication):
        row.channels = [media[name] for name in values["channels"]]
    if isinstance(row, RemedyCase | OfRequest):
        case = case_of(row.case_number, row.agency_id) if row.case_number else None
        row.case_id = case.id if case else None
    if isinstance(row, RemedyStep | Reanswer):
        with db.session.no_autoflush:  # a new row cannot be written before it has its case
            row.remedy = remedies_named(row.remedy_number, row.agency_id)[0]


def columns(register: Register, values: Values) -> Values:
    """Return the columns that values stand in, and what is searched of them; media have none."""
    own = {name: value for name, value in values.items() if name != "channels"}
    return {**own, "folded": searched.words(values[name] for name in register.searched)}


def note(
    register: Register,
    row: RegisterRow,
    act: str,
    by: By,
    reason: str = "",
    changes: dict[str, list[str]] | None = None,
) -> None:
    """Write the act on a row."""
    if isinstance(row, Publication) and act != "imported":
        publication.restate(row)
    duty.restate(row, changes)
    db.session.add(
        RegisterAct(
            agency_id=row.agency_id,
            book=register.name,
            row_id=row.id,
            act=act,
            at=by.now,
            actor=by.actor.name,
            reason=reason.strip(),
            changes=changes or {},
        )
    )


def withdraw(register: Register, row_id: int, reason: str, *, by: By) -> RegisterRow:
    """Withdraw a row with a reason: it is kept, and counted nowhere."""
    by.actor.require(Action.REGISTER)
    if not reason.strip():
        raise InvalidDetailError("请填写撤销登记的理由。")
    with transaction():
        row = find(register, row_id, by.actor)
        if row.withdrawn_at is not None:
            raise StepNotAllowedError("这条记录已经撤销。")
        row.withdrawn_at = by.now
        note(register, row, "withdrawn", by, reason)
    return row


def restore(register: Register, row_id: int, reason: str, *, by: By) -> RegisterRow:
    """Take a withdrawal back, with a reason."""
    by.actor.require(Action.REGISTER)
    if not reason.strip():
        raise InvalidDetailError("请填写恢复登记的理由。")
    with transaction():
        agency.lock(by.actor.agency_id)
        row = find(register, row_id, by.actor)
        if row.withdrawn_at is None:
            raise StepNotAllowedError("这条记录没有撤销。")
        values = values_of(register, row)
        if register.unique and (
            taken := rows_beside(register, [values], row.agency_id, row.id).against(values)
        ):
            raise InvalidDetailError(joined(taken.values()))
        row.withdrawn_at = None
        note(register, row, "restored", by, reason)
    return row


def called(register: Register, row: RegisterRow) -> str:
    """Return what a row is called on a page: its title, else the first thing that it says."""
    values = values_of(register, row)
    names = (register.called, *(one.name for one in register.listed))
    labels = (shown(register.field(name), values[name]) for name in names)
    return next((word for word in labels if word), f"#{row.id}")


# -- a register that leaves the program ----------------------------------------------------------------


def headers(register: Register) -> list[str]:
    """Return the headers of the register in a workbook, the same that an import reads."""
    return [one.label for one in register.fields]


def cells(register: Register, rows: Iterable[RegisterRow]) -> Iterator[list[Any]]:
    """Yield the rows of the register as a workbook holds them."""
    for row in rows:
        values = values_of(register, row)
        yield [cell(one, values[one.name]) for one in register.fields]
