"""``tracker check``: rebuild what is restated, verify every chain, count every year twice.

Reads in the order of ids, a window at a time: a million cases never stand in memory together.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from tracker.domain import misfit
from tracker.domain.case import history
from tracker.domain.case.duty import DUTY_LABELS, duties
from tracker.domain.case.event import Entry
from tracker.domain.case.payment import Paid
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import VOID
from tracker.domain.errors import DomainError
from tracker.domain.message import Phrase, joined, placed
from tracker.domain.misfit import Misfit
from tracker.domain.report import table3
from tracker.domain.report.table3 import ROW_LABELS, cells, identities
from tracker.models import append_only
from tracker.models.agency import Agency, Unit
from tracker.models.base import db, snapshot
from tracker.models.case import Case
from tracker.models.duty import CASE
from tracker.models.reads import crossing, search, tally, unreadable
from tracker.models.reads import misfit as reads_misfit
from tracker.models.reads.table3 import table3_counts
from tracker.services.calendar import practice
from tracker.services.case import duty, ledger, numbering, payment, review, search_text, withdrawal
from tracker.services.contact import deadline
from tracker.services.job import timekeeping
from tracker.services.job.job import AlarmError
from tracker.services.letter import duty as letter_duty
from tracker.services.letter import number as letter_number
from tracker.services.letter import served
from tracker.services.office import journal, searched
from tracker.services.operations import acknowledgement, backup
from tracker.services.register import duty as register_duty
from tracker.services.register import publication
from tracker.services.report.edition import verify

NAMED = 5  # findings that the job names
UNREADABLE = (DomainError, LookupError, TypeError, ValueError)  # what a tampered entry can raise
COMPARED = ("unit_id", *ledger.RESTATED)
AS_KEPT = slice(-len(COMPARED), None)  # where they stand in a row
TIMED = ("next_action", "next_action_on")  # restated as of a day: a later day may differ


@dataclass(frozen=True, slots=True)
class InspectionFinding:
    """One finding: where, and what is wrong, in words.

    lasting: nothing mends it. known: it is lasting, and somebody has acknowledged it.
    """

    where: str
    message: str
    lasting: bool = False
    known: bool = False

    @property
    def said(self) -> str:
        """Where and what, as one message."""
        return placed(self.where, self.message)


def inspect(*, today: date) -> Iterator[InspectionFinding]:
    """Yield every finding about chains, restated columns and years. Lateness is none.

    All is read as it stood at one moment: what is written meanwhile is no finding.
    """
    with snapshot():
        yield from _findings(today)


def _findings(today: date) -> Iterator[InspectionFinding]:
    yield from _seals()
    if message := practice.misnamed():
        yield InspectionFinding(Phrase("设置"), message)
    for row_id, message in practice.damaged():
        yield InspectionFinding(Phrase("做法 第%(row_id)s行", row_id=row_id), message)
    for agency in db.session.scalars(select(Agency).order_by(Agency.id)).all():
        counts: Counter[tuple[int, str, str]] = Counter()
        yield from _cases(agency, counts, today)
        yield from _years(agency, counts, today)
        for where, message in verify(agency.id):
            yield InspectionFinding(Phrase("%(name)s %(where)s", name=agency.name, where=where), message)
    for where, message in timekeeping.ahead(today=today):
        yield InspectionFinding(where, message)
    yield from _beside(today)
    yield from _tallies()


def _seals() -> Iterator[InspectionFinding]:
    """Yield what does not hold of chains, sealed rows and copies, and triggers that are gone."""
    known = acknowledgement.known()
    for where, message in backup.lasting():
        yield InspectionFinding(
            where, message, lasting=True, known=acknowledgement.mark(where, message) in known
        )
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        verdict = str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
        if verdict != "ok":
            yield InspectionFinding(
                Phrase("数据库"), Phrase("文件已损坏：%(verdict)s。请从备份恢复。", verdict=verdict)
            )
    for message in backup.unreadable():
        yield InspectionFinding(Phrase("备份"), message)
    for noun, row_key, column in reads_misfit.found(connection):
        where = Phrase(
            "%(place)s（%(noun)s %(row_key)s）",
            place=journal.place(noun, row_key),
            noun=noun,
            row_key=row_key,
        )
        yield InspectionFinding(
            where, Phrase("%(column)s 的值不是这一栏应有的，或所指的记录不存在：数据损坏。", column=column)
        )
    if missing := append_only.missing(db.session.connection()):
        yield InspectionFinding(
            Phrase("台账"),
            Phrase("保护台账、保持统计数的触发器不在了：%(names)s。", names=joined(missing, "、")),
        )


def _tallies() -> Iterator[InspectionFinding]:
    """Yield each tally that is not what the cases or contacts that it counts give one by one."""
    for (_agency_id, figure, year, unit_id, *key), kept, counted in tally.differences():
        named = "、".join(str(part) for part in (figure, unit_id or "", *key) if part)
        message = Phrase(
            "记为%(kept)s，逐件数得%(counted)s；运行 tracker init 即予重做。", kept=kept, counted=counted
        )
        yield InspectionFinding(Phrase("%(year)s年统计数 %(named)s", year=year, named=named), message)


def _beside(today: date) -> Iterator[InspectionFinding]:
    """Yield what is restated beside the cases."""
    yield from _numbers()
    for subject in duty.astray():
        yield InspectionFinding(
            subject, Phrase("在办期限记在别的机关名下，或所属的案件、来件、信息已不存在。")
        )
    for noun, row_key in unreadable.rows(db.session.connection()):
        yield InspectionFinding(
            journal.row_name(noun, row_key), Phrase("有加密的内容不能解密：密钥不符或数据被改动。")
        )
    for number in deadline.misstated():
        yield InspectionFinding(number, Phrase("来件的下一期限与其登记内容不符。"))
    for number in review.misstated():
        yield InspectionFinding(number, Phrase("审批的内部期限与审批记录不符。"))
    for title in publication.misstated():
        yield InspectionFinding(
            Phrase("主动公开“%(title)s”", title=title), Phrase("公开期限与登记内容不符。")
        )
    for kind, row_id in register_duty.misstated(today):
        yield InspectionFinding(
            Phrase("登记簿 %(kind)s 第%(row_id)s行", kind=kind, row_id=row_id),
            Phrase("由其算出的期限与登记内容不符。"),
        )
    yield from _files()
    yield from _letters()
    yield from _searched()
    for place, row_id in crossing.crossed():
        yield InspectionFinding(
            Phrase("%(place)s 第%(row_id)s行", place=place, row_id=row_id),
            Phrase("指向其他机关的单位、案件或人员。"),
        )


def _files() -> Iterator[InspectionFinding]:
    """Yield the withdrawn files whose content is there again."""
    for row in withdrawal.left():
        yield InspectionFinding(
            Phrase("案件文件第%(id)s条", id=row.file_id),
            Phrase(
                "“%(name)s”已撤回，内容却又在了（恢复备份时带回）；运行 tracker jobs once sweep 即予销毁。",
                name=row.name,
            ),
        )


def _searched() -> Iterator[InspectionFinding]:
    """Yield what searches would miss: rows whose folded words are not theirs, pairs that an index lost."""
    for noun, row_id in searched.stale():
        yield InspectionFinding(
            Phrase("%(noun)s 第%(row_id)s行", noun=noun, row_id=row_id),
            Phrase("检索文字（folded）与其来源不符，检索会漏掉它；运行 tracker init 即予重做。"),
        )
    for (_agency, case_id), _right in search_text.stale():
        yield InspectionFinding(
            Phrase("案件 第%(case_id)s行", case_id=case_id),
            Phrase("检索文字（台账和备注）与其来源不符，检索会漏掉它；运行 tracker init 即予重做。"),
        )
    for table, pair in search.astray(db.session.connection()):
        yield InspectionFinding(
            Phrase("检索索引 %(table)s", table=table),
            Phrase(
                "“%(pair)s”所在的行数与检索文字不符，检索会漏掉一些；运行 tracker init 即予重做。", pair=pair
            ),
        )


def _letters() -> Iterator[InspectionFinding]:
    """Yield what letters and their services say otherwise than their duties and the ledger."""
    for number in letter_duty.misstated():
        yield InspectionFinding(number, Phrase("送达的期限与文书、送达记录不符。"))
    for number, message in served.disagreeing():
        yield InspectionFinding(number, message)


def _numbers() -> Iterator[InspectionFinding]:
    """Yield the counters that would give a number again."""
    for register, last, number in numbering.behind():
        yield InspectionFinding(
            register,
            Phrase(
                "编号计数器为%(last)s，而已有编号%(number)s：会再次给出已用的编号。", last=last, number=number
            ),
        )
    for sequence, last, serial in letter_number.behind():
        yield InspectionFinding(
            sequence,
            Phrase(
                "文号计数器为%(last)s，而已有第%(serial)s号：会再次给出已用的文号。", last=last, serial=serial
            ),
        )


def run(*, on: date, now: datetime) -> str:
    """Inspect everything, as a job; raise AlarmError naming the first findings that nobody acknowledged."""
    del now
    new = (each for each in inspect(today=on) if not each.known)
    findings = list(islice(new, NAMED + 1))
    if findings:
        named = joined((each.said for each in findings[:NAMED]), "；")
        raise AlarmError(
            "发现问题，请运行 tracker check：%(named)s%(value)s",
            named=named,
            value="……" if len(findings) > NAMED else "",
        )
    return Phrase("没有发现问题")


# -- restated columns ---------------------------------------------------------------------------


def _cases(agency: Agency, counts: Counter[tuple[int, str, str]], today: date) -> Iterator[InspectionFinding]:
    units = dict(
        db.session.execute(select(Unit.name, Unit.id).where(Unit.agency_id == agency.id)).tuples().all()
    )
    for window in ledger.windows(Case.agency_id == agency.id):
        ids = [row.id for row, _ in window]
        kept, payments = duty.kept(CASE, ids), payment.kept(ids)
        for row, entries in window:
            read = _Read(row, entries, kept.get(row.id, {}), payments.get(row.id, []))
            yield from _case(read, units, counts, today)


@dataclass(frozen=True, slots=True)
class _Read:
    """A case as it is kept: its restated columns, its ledger, its open duties, its payments."""

    row: Any
    entries: list[Entry]
    duties: duty.Known
    payments: list[Paid]


def _case(
    read: _Read, units: dict[str, int], counts: Counter[tuple[int, str, str]], today: date
) -> Iterator[InspectionFinding]:
    row, entries = read.row, read.entries
    if not entries:
        yield InspectionFinding(row.number, Phrase("没有台账记录。"))
        return
    if [e.seq for e in entries] != list(range(1, len(entries) + 1)):
        yield InspectionFinding(row.number, Phrase("台账序号不连续：有记录不见了。"))
    try:
        standing = ledger.standing(entries)
        told = ledger.restated(standing, today)
        open_duties = duty.known(duties(standing, today))
    except UNREADABLE as error:
        yield InspectionFinding(row.number, Phrase("台账不能读取或不合法：%(error)s", error=repr(error)))
        return
    told["unit_id"] = units.get(standing.unit) if standing.unit else None
    yield from _columns(row, told)
    if duty.as_of(read.duties, today) != open_duties:
        yield InspectionFinding(
            row.number,
            Phrase(
                "在办期限为“%(kept)s”，依台账应为“%(told)s”。",
                kept=_days(read.duties),
                told=_days(open_duties),
            ),
        )
    if read.payments != payment.of_ledger(entries, standing.received_on):
        yield InspectionFinding(row.number, "缴费记录（信息处理费）与其台账不符。")
    if standing.state != VOID:
        _count(standing, entries, counts, today)


def _days(known: duty.Known) -> str:
    return joined(
        (
            Phrase("%(duty)s %(on)s", duty=misfit.label(DUTY_LABELS, name), on=on)
            for name, on in sorted(known, key=lambda key: str(key[1]))
        ),
        "、",
    )


def _columns(row: Any, told: dict[str, Any]) -> Iterator[InspectionFinding]:
    if row[AS_KEPT] == tuple(map(told.get, COMPARED)):
        return  # so are nearly all
    for column, value in told.items():
        kept = getattr(row, column)
        if kept != value and (column not in TIMED or not _is_whole(column, kept)):
            yield InspectionFinding(
                row.number,
                Phrase(
                    "%(column)s 为“%(kept)s”，依台账应为“%(value)s”。", column=column, kept=kept, value=value
                ),
            )
    for column in TIMED:
        kept = getattr(row, column)
        if (told[column] is None) != (kept is None):
            yield InspectionFinding(
                row.number,
                Phrase(
                    "%(column)s 为“%(kept)s”，依台账应为“%(value)s”。",
                    column=column,
                    kept=kept,
                    value=told[column],
                ),
            )


def _is_whole(column: str, kept: Any) -> bool:
    """Return whether a column that a later day may change holds a value of its kind at all."""
    known = column != "next_action" or kept is None or kept in DUTY_LABELS
    return known and not isinstance(kept, Misfit)


def _count(
    standing: Standing,
    entries: list[Entry],
    counts: Counter[tuple[int, str, str]],
    today: date,
) -> None:
    """Count the case by its final states: the second way, without the restated columns."""
    received_on = standing.received_on or today
    end = standing.closed_on.year if standing.closed_on else max(today.year, received_on.year)
    finals = []
    for year in range(received_on.year, end + 1):
        state = history.final_state(entries, year, standing.calendar, standing.rules_on, folded=standing)
        if state is not None:
            finals.append((year, state))
    kind = standing.receipt.details["applicant_kind"] if standing.receipt else ""
    for year, row in table3.row_of_years(received_on, finals):
        counts[year, row, kind] += 1


# -- years --------------------------------------------------------------------------------------


def _years(agency: Agency, counts: Counter[tuple[int, str, str]], today: date) -> Iterator[InspectionFinding]:
    if not counts:
        return
    first = min(year for year, _, _ in counts)
    before = None
    for year in range(first, max(today.year, *(year for year, _, _ in counts)) + 1):
        table = cells(table3_counts(agency.id, year))
        second = cells({(r, k): n for (y, r, k), n in counts.items() if y == year})
        where = Phrase("%(name)s %(year)s年", name=agency.name, year=year)
        for row, columns in table.items():
            for column, number in columns.items():
                if number != second[row][column]:
                    message = Phrase(
                        "%(row)s（%(column)s）：按列统计%(number)s，按台账统计%(second)s。",
                        row=ROW_LABELS[row],
                        column=column,
                        number=number,
                        second=second[row][column],
                    )
                    yield InspectionFinding(where, message)
        for finding in identities(table, before):
            yield InspectionFinding(
                Phrase("%(year)s %(where)s", year=where, where=finding.where), finding.message
            )
        before = table
