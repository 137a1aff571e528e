"""Columns of the list of requests that the export alone writes: what happened on the way and afterwards.

A fact that may be there several times is one cell, its occurrences parted by ；: no import reads it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from tracker.domain import misfit
from tracker.domain.case import approval, basis, fee, history, mixed
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.sign_off import STATION_LABELS, VERDICT_LABELS, Station, Verdict
from tracker.domain.case.step_field import OPINIONS
from tracker.domain.contact.contact import TRIAGE
from tracker.domain.exchange.request_cell import Column, Listed, Signed
from tracker.domain.law import party
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import WAYS
from tracker.domain.message import Phrase, joined, labels
from tracker.domain.register import remedy

# What happened on a day, each by its template.
ACTS = labels(
    {
        "sent": "%(day)s发出",
        "received": "%(day)s收到",
        "answered": "%(day)s回复",
        "told": "%(day)s告知",
        "noticed": "%(day)s通知",
        "noticed_received": "%(day)s收到通知",
        "paid": "%(day)s缴费",
        "accepted": "%(day)s受理",
        "decided": "%(day)s审结",
        "raised": "%(day)s提出",
        "published": "%(day)s公开",
        "feedback": "%(day)s前反馈",
        "handed": "%(day)s送出",
    }
)


def _several(texts: Iterable[str]) -> str:
    """Return occurrences as one cell."""
    return joined(filter(None, texts), "；")


def _one(*parts: object) -> str:
    """Return what is known of one occurrence."""
    return joined((part if isinstance(part, str) else f"{part}" for part in parts if part), "，")


def _on(day: object, act: str) -> str:
    """Return an act of ``ACTS`` with its day; empty where the day is not known."""
    return Phrase(ACTS[act], day=day) if day else ""


def _steps(row: Listed, step: str) -> Iterator[Entry]:
    """Yield the entries of a step that no correction took back."""
    return (entry for entry in history.in_force(row.case.entries) if entry.step == step)


def _marks(row: Listed, step: str) -> Iterator[Entry]:
    """Yield the entries of a kind that the program writes itself."""
    return (entry for entry in row.case.entries if entry.step == step)


def _assigned(row: Listed) -> str:
    return _several(
        _one(entry.on, entry.details.get("unit"), entry.details.get("handler"))
        for entry in _steps(row, "assign")
    )


def _consulted(one: Consultation) -> str:
    who = Phrase("%(name)s（%(party)s）", name=one.name, party=misfit.label(party.LABELS, one.party))
    opinion = misfit.label(OPINIONS, one.opinion) if one.opinion else ""
    days = (_on(one.sent_on, "sent"), _on(one.received_on, "received"), _on(one.ended_on, "answered"))
    return _one(who, *days, opinion)


def _extended(row: Listed) -> str:
    approved = [one.opinion.on for one in row.beside.opinions if _is_approval(one)]
    return _several(
        _one(
            _on(entry.on, "told"),
            Phrase("%(days)s个工作日", days=entry.details["days"]),
            _approved(
                entry.details.get("approved_by"),
                approval.day_of(entry.details) or max(filter(entry.on.__ge__, approved), default=None),
            ),
        )
        for entry in _steps(row, "extend")
    )


def _is_approval(one: Signed) -> bool:
    """Return whether an opinion is the approval of an extension."""
    signed = one.opinion
    return (one.kind, signed.station, signed.verdict) == ("extension", Station.HEAD, Verdict.AGREED)


def _approved(name: object, on: date | None) -> str:
    """Return who approved and, where it is known, on which day."""
    if not name:
        return ""
    return Phrase("%(name)s%(day)s批准", name=name, day=on) if on else Phrase("%(name)s批准", name=name)


def _charged(row: Listed) -> str:
    paid = (_on(entry.on, "paid") for entry in _steps(row, "pay"))
    return _several([*map(_charge, row.standing.charges), *paid])


def _charge(entry: Entry) -> str:
    told, way = entry.details, entry.details.get("way")
    count, amount = told.get("count"), told.get("amount")
    number = Phrase("%(count)s件", count=count) if way == fee.BY_PIECE else Phrase("%(count)s页", count=count)
    return _one(
        _on(entry.on, "noticed"),
        misfit.label(fee.WAYS, way) if way else "",
        number if count else "",
        Phrase("%(amount)s元", amount=amount) if amount else "",
        _on(told.get("received_on"), "noticed_received"),
    )


def _reviewed(row: Listed) -> str:
    told = basis.basis_of(row.standing.answer.details) if row.standing.answer else {}
    return _one(*(told.get(name) for name in ("reviewer", "reviewed_on", "review")))


def _signed(one: Signed) -> str:
    """Return one opinion, with the letter that it is of where that is no answer."""
    kind, opinion = BY_KEY.get(one.kind), one.opinion
    return _one(
        kind.label if kind and not kind.outcome else "",
        misfit.label(STATION_LABELS, opinion.station),
        opinion.signed_by,
        misfit.label(VERDICT_LABELS, opinion.verdict),
        opinion.on,
    )


def _items(row: Listed) -> str:
    """Return how each item of a request of several was answered."""
    parts = mixed.parts_of(row.standing.answer.details) if row.standing.answer else []
    return _several(
        Phrase("%(item)s：%(outcome)s", item=part.content, outcome=part.label)
        for part in parts
        if part.outcome in BY_CODE
    )


def _counted_in(row: Listed) -> str:
    """Return the row of table 3 that counts the answer, in the form of its year."""
    if row.case.state not in BY_CODE or not row.case.closed_on:
        return ""
    return BY_CODE[row.case.state].row_in(row.case.closed_on.year)


def _articles(row: Listed) -> str:
    return BY_CODE[row.case.state].law if row.case.state in BY_CODE else ""


def _remedy(row: Any) -> str:
    result = remedy.BY_RESULT.get(row.result)
    kind, label = misfit.label(remedy.KINDS, row.kind), result.label if result else ""
    return _one(
        kind, row.number, row.organ, _on(row.filed_on, "accepted"), label, _on(row.closed_on, "decided")
    )


def _converted(row: Any) -> str:
    return _one(_on(row.raised_on, "raised"), _on(row.published_on, "published"))


def _archived(row: Listed) -> Any:
    return row.beside.archivings[-1] if row.beside.archivings else None


def _triaged(row: Listed) -> str:
    """Return what the request was taken for, and the letters, visits and calls that it came by."""
    if row.case.received_on is None:
        return ""
    return _one(TRIAGE["request"], _several(one.number for one in row.beside.contacts))


def _feedback(one: Any) -> str:
    return _one(one.addressee, _on(one.facts.get("deadline_on"), "feedback"))


def _served(one: Any) -> str:
    """Return one service of a letter and what shows it: the number of the post, the file, who signed."""
    received = Phrase("没有送达") if one.stands.is_void else _on(one.received_on, "received")
    return _one(
        one.letter.title,
        misfit.label(WAYS, one.way),
        _on(one.handed_on, "handed"),
        received,
        one.tracking,
        Phrase("凭证：%(file)s", file=one.file_name) if one.file_name else "",
        Phrase("%(name)s签收", name=one.signer) if one.signer else "",
    )


def _moved(entry: Entry) -> str:
    """Return one move of a day on which something is due."""
    told, nothing = entry.details, Phrase("无")
    moved = Phrase(
        "%(duty)s由%(before)s改为%(after)s",
        duty=misfit.label(DUTY_LABELS, told["duty"]),
        before=told.get("due_from") or nothing,
        after=told.get("due_to") or nothing,
    )
    return _one(entry.on, moved, told.get("reason"))


def _column(name: str, place: int, label: str, cell: Callable[[Listed], Any]) -> Column:
    return Column(name, label, read=False, place=place, cell=cell)


FACTS = (
    _column("assigned", 51, "转办（日期、单位、承办人）", _assigned),
    _column(
        "consultations", 52, "征求意见情况", lambda row: _several(map(_consulted, row.standing.consultations))
    ),
    _column("extensions", 53, "延期情况", _extended),
    _column("charges", 54, "收费情况", _charged),
    _column("reviewed", 55, "保密等审查（人、日期、结论）", _reviewed),
    _column("opinions", 56, "审批意见", lambda row: _several(map(_signed, row.beside.opinions))),
    _column("articles", 57, "答复依据条款", _articles),
    _column("conversions", 58, "转为主动公开", lambda row: _several(map(_converted, row.beside.conversions))),
    _column(
        "remedies", 59, "行政复议、行政诉讼情况", lambda row: _several(map(_remedy, row.beside.remedies))
    ),
    _column("archive_number", 60, "归档号", lambda row: act.number if (act := _archived(row)) else ""),
    _column("archived_on", 61, "归档日期", lambda row: act.on if (act := _archived(row)) else None),
    _column("notes", 62, "备注", lambda row: "\n".join(row.beside.notes)),
    _column("triaged", 63, "甄别结论", _triaged),
    _column("feedback", 64, "科室反馈期限", lambda row: _several(map(_feedback, row.beside.assistance))),
    _column("services", 65, "送达凭证", lambda row: _several(map(_served, row.beside.services))),
    _column("moves", 66, "期限的历史", lambda row: _several(map(_moved, _marks(row, "recompute")))),
    _column("items", 67, "各事项的答复", _items),
    _column("counted_in", 68, "年度报告表三的行", _counted_in),
)
