"""What the file of a closed case (案卷) holds: the papers of the case, the office's own, and what followed.

The letter, visit or call that became it, corrections of who asks, what was agreed of service, what a mail
carried, reconsiderations and suits, answers ordered anew, and what the registers say of the case.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from tracker.domain import misfit
from tracker.domain.case import agreement
from tracker.domain.contact import contact
from tracker.domain.register import exhibit
from tracker.domain.register.exhibit import Exhibit
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.reanswer import REANSWERS
from tracker.domain.register.register import Register, shown
from tracker.domain.register.remedy import KINDS, REMEDIES
from tracker.domain.register.respondent import RESPONSES
from tracker.models.base import ZONE
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.follow_up import OfRequest
from tracker.models.reads.agreement import agreements_of
from tracker.models.reads.follow_up import follow_ups_of
from tracker.models.reads.remedy import reanswers_of, remedies_of, steps_of
from tracker.models.reads.service import services_of
from tracker.rendering.bundle import page
from tracker.services.case import applicant, step
from tracker.services.register import paper

COURT = (22, 30, 32, 32, 26, 22)  # widths of columns, millimetres


def archived(case: Case, details: paper.Details) -> list[Exhibit]:
    """Return every paper of the file of a closed case, with what followed it."""
    papers = [
        *paper.held(case, details, whole=True), *_contacts(case), *_corrections(case), *_agreements(case),
    ]  # fmt: skip
    papers += _mailed(case, {one.sha256 for one in papers})
    papers += [*_remedies(case), *_reanswers(case), *_follow_ups(case)]
    return [replace(one, key=str(place)) for place, one in enumerate(paper.sealed(case, papers), start=1)]


def _contacts(case: Case) -> Iterator[Exhibit]:
    """Yield the rows of the letters, visits and calls that became the case, with what was done with each."""
    for row in step.contacts_of(case):
        acts = [
            (
                misfit.label(contact.ACTS, act.act),
                f"{act.on} {act.note}（{act.actor} {_moment(act.at)}）",
            )
            for act in row.acts
        ]
        name = f"来信、来访、来电登记（{row.number}）"
        yield paper.own(exhibit.RECEIPT, name, page.facts([*_told(row), *acts]))


def _told(row: Contact) -> list[tuple[str, str]]:
    told = (
        ("编号", row.number),
        ("方式", misfit.label(contact.FORMS, row.form)),
        ("收到", f"{row.arrived_on} {row.arrived_time}".strip()),
        ("来信来访人", row.person),
        ("联系电话", row.phone),
        ("联系地址", row.address),
        ("内容", row.summary),
        ("接收人", row.received_by),
        ("甄别", row.triage and misfit.label(contact.TRIAGE, row.triage)),
        ("告知", row.told),
        ("结果", row.result),
    )
    return [(label, str(text)) for label, text in told if text]


def _corrections(case: Case) -> Iterator[Exhibit]:
    rows = [
        (_moment(row.at), row.actor, str(row.details.get("reason", "")))
        for row in applicant.corrections(case)
    ]
    if rows:
        heads = ("时间", "更正人", "理由")
        yield paper.own(exhibit.APPLICATION, "申请人、代理人信息更正记录", page.table(heads, rows))


def _agreements(case: Case) -> Iterator[Exhibit]:
    rows = [
        (
            _moment(row.recorded_at),
            "同意" if row.electronic else "不同意",
            row.told_by and misfit.label(agreement.TOLD_BY, row.told_by),
            row.known_from,
            row.recorded_by,
        )
        for row in reversed(agreements_of(case))
    ]
    if rows:
        heads = ("记录时间", "电子送达", "告知方式", "依据", "记录人")
        yield paper.own(exhibit.DELIVERY, "送达约定", page.table(heads, rows))


def _mailed(case: Case, there: set[str]) -> Iterator[Exhibit]:
    """Yield what the mails carried that is not among the papers: the letter as PDF."""
    for rows in services_of(case).values():
        for row in rows:
            for each in row.sent:
                name, digest = str(each["name"]), str(each["sha256"])
                if digest not in there:
                    there.add(digest)
                    stem, _dot, ending = name.rpartition(".")
                    called = f"随邮件发出：{stem or name}"
                    kept, on = paper.kept(digest), str(row.handed_on)
                    yield Exhibit(exhibit.DELIVERY, called, ending.lower(), kept, digest, on)


def _follow_ups(case: Case) -> Iterator[Exhibit]:
    """Yield what the registers say of the case: corrections, conversions, reviews, complaints."""
    for name, rows in follow_ups_of(case).items():
        if told := [pair for row in rows for pair in _row(BY_NAME[name], row)]:
            yield paper.own(exhibit.FOLLOW_UP, BY_NAME[name].title, page.facts(told))


def _row(register: Register, row: OfRequest) -> Iterator[tuple[str, str]]:
    for one in register.fields:
        if text := shown(one, getattr(row, one.name)):
            yield one.label, text
    yield "登记", f"{row.recorded_by} {_moment(row.recorded_at)}"
    if row.withdrawn_at:
        yield "撤回", _moment(row.withdrawn_at)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _remedies(case: Case) -> Iterator[Exhibit]:
    rows = []
    for row in remedies_of(case):
        told = (KINDS.get(row.kind, row.kind), "、".join(row.numbers), row.organ)
        result = shown(REMEDIES.field("result"), row.result)
        rows.append((str(row.filed_on), *told, result, str(row.closed_on or "尚未审结")))
        for each in steps_of(row):
            what = shown(RESPONSES.field("step"), each.step)
            rows.append((str(each.happened_on), what, each.remedy_number, "", each.note, ""))
    if rows:
        heads = ("日期", "种类、事项", "案号", "机关、法院", "结果、说明", "审结日期")
        yield paper.own(exhibit.REMEDY, "行政复议、行政诉讼情况", page.table(heads, rows, widths=COURT))


def _reanswers(case: Case) -> Iterator[Exhibit]:
    rows = [
        (
            each.remedy_number, str(each.received_on), shown(REANSWERS.field("outcome"), each.outcome),
            each.document_number, str(each.decided_on or ""), str(each.served_on or "尚未送达"),
        )
        for row in remedies_of(case)
        for each in reanswers_of(row)
    ]  # fmt: skip
    if rows:
        heads = ("案号", "收到决定", "结果", "文号", "落款", "送达")
        yield paper.own(exhibit.REANSWER, "重新答复情况", page.table(heads, rows))
