"""Columns of the list of requests that the export alone writes: what happened on the way and afterwards.

A fact that may be there several times is one cell, its occurrences parted by ；: no import reads it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tracker.domain import misfit
from tracker.domain.case import basis, fee, history
from tracker.domain.case.consultation import Consultation
from tracker.domain.case.duty import DUTY_LABELS
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.sign_off import STATION_LABELS, VERDICT_LABELS
from tracker.domain.case.step_field import OPINIONS
from tracker.domain.contact.contact import TRIAGE
from tracker.domain.exchange.request_cell import Column, Listed
from tracker.domain.law import party
from tracker.domain.letter.service import WAYS
from tracker.domain.register import remedy


def _several(texts: Iterable[str]) -> str:
    return "；".join(filter(None, texts))


def _one(*parts: object) -> str:
    return "，".join(f"{part}" for part in parts if part)


def _with(day: object, act: str) -> str:
    return f"{day}{act}" if day else ""


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
    opinion = misfit.label(OPINIONS, one.opinion) if one.opinion else ""
    who = f"{one.name}（{misfit.label(party.LABELS, one.party)}）"
    received, ended = _with(one.received_on, "收到"), _with(one.ended_on, "回复")
    return _one(who, f"{one.sent_on}发出", received, ended, opinion)


def _extended(row: Listed) -> str:
    return _several(
        _one(f"{entry.on}告知", f"{entry.details['days']}个工作日", _by(entry.details.get("approved_by")))
        for entry in _steps(row, "extend")
    )


def _by(name: object) -> str:
    return f"{name}批准" if name else ""


def _charged(row: Listed) -> str:
    paid = (f"{entry.on}缴费" for entry in _steps(row, "pay"))
    return _several([*map(_charge, row.standing.charges), *paid])


def _charge(entry: Entry) -> str:
    told, way = entry.details, entry.details.get("way")
    count = f"{told['count']}{'件' if way == fee.BY_PIECE else '页'}" if told.get("count") else ""
    amount = f"{told['amount']}元" if told.get("amount") else ""
    label = misfit.label(fee.WAYS, way) if way else ""
    return _one(f"{entry.on}通知", label, count, amount, _with(told.get("received_on"), "收到通知"))


def _reviewed(row: Listed) -> str:
    told = basis.basis_of(row.standing.answer.details) if row.standing.answer else {}
    return _one(*(told.get(name) for name in ("reviewer", "reviewed_on", "review")))


def _signed(row: Listed) -> str:
    return _several(
        _one(
            misfit.label(STATION_LABELS, one.station),
            one.signed_by,
            misfit.label(VERDICT_LABELS, one.verdict),
            one.on,
        )
        for one in row.beside.opinions
    )


def _articles(row: Listed) -> str:
    return BY_CODE[row.case.state].law if row.case.state in BY_CODE else ""


def _remedy(row: Any) -> str:
    result = remedy.BY_RESULT.get(row.result)
    kind, label = misfit.label(remedy.KINDS, row.kind), result.label if result else ""
    return _one(kind, row.number, row.organ, f"{row.filed_on}受理", label, _with(row.closed_on, "审结"))


def _converted(row: Any) -> str:
    return _one(f"{row.raised_on}提出", _with(row.published_on, "公开"))


def _archived(row: Listed) -> Any:
    return row.beside.archivings[-1] if row.beside.archivings else None


def _triaged(row: Listed) -> str:
    """Return what the request was taken for, and the letters, visits and calls that it came by."""
    if row.case.received_on is None:
        return ""
    return _one(TRIAGE["request"], _several(one.number for one in row.beside.contacts))


def _feedback(one: Any) -> str:
    return _one(one.addressee, _with(one.facts.get("deadline_on"), "前反馈"))


def _served(one: Any) -> str:
    """Return one service of a letter and what shows it: the number of the post, the file, who signed."""
    signed = f"{one.signer}签收" if one.signer else ""
    way, received = misfit.label(WAYS, one.way), _with(one.received_on, "收到")
    shown = (one.tracking, f"凭证：{one.file_name}" if one.file_name else "", signed)
    if one.stands.is_void:
        received = "没有送达"
    return _one(one.letter.title, way, f"{one.handed_on}送出", received, *shown)


def _moved(entry: Entry) -> str:
    """Return one move of a day on which something is due."""
    told = entry.details
    label, gone = misfit.label(DUTY_LABELS, told["duty"]), told.get("due_from") or "无"
    return _one(f"{entry.on}", f"{label}由{gone}改为{told.get('due_to') or '无'}", told.get("reason"))


def _column(place: int, label: str, cell: Callable[[Listed], Any]) -> Column:
    return Column(f"fact_{place}", label, read=False, place=place, cell=cell)


FACTS = (
    _column(51, "转办（日期、单位、承办人）", _assigned),
    _column(52, "征求意见情况", lambda row: _several(map(_consulted, row.standing.consultations))),
    _column(53, "延期情况", _extended),
    _column(54, "收费情况", _charged),
    _column(55, "保密等审查（人、日期、结论）", _reviewed),
    _column(56, "审批意见", _signed),
    _column(57, "答复依据条款", _articles),
    _column(58, "转为主动公开", lambda row: _several(map(_converted, row.beside.conversions))),
    _column(59, "行政复议、行政诉讼情况", lambda row: _several(map(_remedy, row.beside.remedies))),
    _column(60, "归档号", lambda row: act.number if (act := _archived(row)) else ""),
    _column(61, "归档日期", lambda row: act.on if (act := _archived(row)) else None),
    _column(62, "备注", lambda row: "\n".join(row.beside.notes)),
    _column(63, "甄别结论", _triaged),
    _column(64, "科室反馈期限", lambda row: _several(map(_feedback, row.beside.assistance))),
    _column(65, "送达凭证", lambda row: _several(map(_served, row.beside.services))),
    _column(66, "期限的历史", lambda row: _several(map(_moved, _marks(row, "recompute")))),
)
