"""The evidence bundle of a reconsideration or suit: every paper that its request holds, listed and numbered.

It is made of the ledger, the letters as they were frozen and the evidence that was kept. It names the
applicant, so that making it is logged as a look at personal data is.
"""

import hashlib
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

from tracker.domain import misfit
from tracker.domain.case import evidence, explanation, workflow
from tracker.domain.case import file as case_file
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.law import party
from tracker.domain.permission import ACTION_LABELS, Action
from tracker.domain.register import exhibit
from tracker.domain.register.exhibit import Exhibit
from tracker.domain.register.remedy import KINDS
from tracker.models.base import ZONE, transaction
from tracker.models.case import Case
from tracker.models.reads.case_file import files_of
from tracker.models.reads.letter import letters_of
from tracker.models.remedy import RemedyCase
from tracker.reading import isolated
from tracker.reading.isolated import Limits
from tracker.rendering import pdf
from tracker.rendering.bundle import page, sheet
from tracker.rendering.bundle.sheet import Sheets
from tracker.rendering.letter import page as letter_page
from tracker.services.case import evidence as case_evidence
from tracker.services.case import step
from tracker.services.office import agency, audit, store
from tracker.services.office.actor import Actor

DETAILS = Callable[[dict[str, Any], str], list[tuple[str, str]]]  # an entry's details in words
LIMITS = Limits(memory=1024, seconds=180, size=200, answer=200)
TITLE = "证据目录"
WRITTEN = "html"  # the ending of what is written here


@dataclass(frozen=True, slots=True)
class Bundle:
    """The papers of a case with what was made of them: the list of evidence, and all papers as one PDF."""

    exhibits: list[Exhibit]
    catalogue: bytes
    sheets: Sheets

    @property
    def lost(self) -> list[str]:
        """The names of the papers whose file is gone or was changed."""
        return [one.name for one in self.exhibits if one.content is None]


def case_of(row: RemedyCase, actor: Actor) -> Case:
    """Return the request that a reconsideration or suit is about, where the actor may see it.

    Raises InvalidDetailError where none is named, NotFoundError, NotPermittedError.
    """
    if row.agency_id != actor.agency_id:
        raise NotFoundError("没有这条记录。")
    if row.case is None:
        raise InvalidDetailError("没有关联本机关的申请：请在这条记录中填写关联受理编号，才能汇集证据。")
    if not actor.reaches(row.agency_id, row.case.unit_id):
        raise NotPermittedError(ACTION_LABELS[Action.READ])
    return row.case


def exhibits(case: Case, details: DETAILS) -> list[Exhibit]:
    """Return every paper that the request holds, in the order of the list."""
    papers = [*_written(case, details), *_evidence(case), *_letters(case), *_files(case)]
    return [replace(one, key=f"{place}-{one.sha256[:12]}") for place, one in enumerate(papers, start=1)]


def make(
    row: RemedyCase,
    details: DETAILS,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    chosen: Collection[str] | None = None,
) -> Bundle:
    """Make the bundle; who made it, and of what, is logged.

    chosen: the keys of the papers that go in; None for those that go in unless somebody says otherwise.

    Raises InvalidDetailError, NotPermittedError, PdfNotInstalledError, UnreadableFileError.
    """
    case = case_of(row, actor)
    held = exhibits(case, details)
    papers = [one for one in held if (one.is_chosen if chosen is None else one.key in chosen)]
    if not papers:
        raise InvalidDetailError("请选择至少一件材料；材料有变动的，请重新打开这一页。")
    printed = [_printed(one) for one in papers]
    sheets, refused = isolated.read(sheet.together, printed, limits=LIMITS), []
    if sheets.refused:  # what cannot be taken has a page that says so
        refused = sheets.refused
        for place in refused:
            printed[place] = "pdf", pdf.printed(page.stand_in(papers[place]))
        sheets = isolated.read(sheet.together, printed, limits=LIMITS)
    heads = [
        f"{KINDS[row.kind]}：{row.number or '（案号未填）'}　{row.organ}",
        f"申请受理编号：{case.number}",
        f"提交人：{agency.name_of(case.agency_id)}　制作日期：{today}",
    ]
    listed = page.catalogue(TITLE, heads, papers, sheets.pages, refused)
    with transaction():
        what: dict[str, Any] = {"number": case.number, "rows": len(papers)}
        target = row.number or row.organ
        audit.note("bundle_made", actor=actor.name, now=now, target=target, agency_id=row.agency_id, **what)
    return Bundle(papers, pdf.printed(listed), sheets)


def whole(bundle: Bundle) -> bytes:
    """Return the list of evidence and all papers as one PDF: the papers' pages have their numbers."""
    return isolated.read(sheet.joined, bundle.catalogue, bundle.sheets.pdf, limits=LIMITS)


def archive(bundle: Bundle) -> bytes:
    """Return the list, the papers as one PDF, each paper's original, and their hashes, as a ZIP."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        files = {f"{TITLE}.pdf": bundle.catalogue, "证据.pdf": bundle.sheets.pdf, **dict(_originals(bundle))}
        hashes = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
        for name, content in files.items():
            packed.writestr(name, content)
        packed.writestr("SHA256SUMS.txt", "".join(hashes))
    return out.getvalue()


def _originals(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    for place, one in enumerate(bundle.exhibits, start=1):
        if one.content is not None:
            yield f"原件/{place:02} {_safe(one.name)}.{one.ending}", one.content


def _safe(name: str) -> str:
    kept = "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < ord(" ") else sign for sign in name)
    return kept[:60].strip(" .")


def _printed(one: Exhibit) -> tuple[str, bytes]:
    """Return a paper as it goes into the PDF; of one that is gone, the page that says so."""
    if one.content is None:
        return "pdf", pdf.printed(page.stand_in(one))
    if one.ending == WRITTEN:
        return "pdf", pdf.printed(one.content.decode())
    if one.ending == "docx":
        return "pdf", pdf.printed(isolated.read(letter_page.page, one.content, one.name))
    return one.ending, one.content


# -- the papers ---------------------------------------------------------------------------------------


def _own(kind: str, name: str, body: str) -> Exhibit:
    content = page.page(name, body).encode()
    return Exhibit(kind, name, WRITTEN, content, hashlib.sha256(content).hexdigest())


def _written(case: Case, details: DETAILS) -> Iterator[Exhibit]:
    """Yield what is written from the ledger: application, course, terms, consultations, service."""
    standing = step.standing(case)
    people = "、".join(who.name or "" for who in case.applicant.people)
    asked = [
        ("受理编号", case.number), ("申请人", people),
        ("申请人类型", ApplicantKind(case.applicant_kind).label), ("申请内容", case.subject),
        ("收到申请之日", str(case.received_on or "")),
    ]  # fmt: skip
    yield _own(exhibit.APPLICATION, "政府信息公开申请登记", page.facts(asked))
    yield _own(exhibit.COURSE, "办理经过（台账）", _course(case, details))
    sentences = explanation.lines(standing)
    if sentences:
        yield _own(exhibit.TERM, "答复期限计算说明", page.paragraphs(sentences))
    if standing.consultations:
        rows = [
            (
                party.LABELS[asked_of.party], asked_of.name, str(asked_of.sent_on),
                str(asked_of.received_on or ""), str(asked_of.ended_on or ""),
            )
            for asked_of in standing.consultations
        ]  # fmt: skip
        heads = ("对象类别", "对象", "发出", "对方收到", "收到意见或者结束")
        yield _own(exhibit.CONSULTATIONS, "征求意见情况", page.table(heads, rows))
    if (answer := standing.answer) is not None:
        told = [("答复", workflow.step_label(answer.step)), ("送达日期", str(answer.on))]
        told += details(dict(answer.details), answer.step)
        yield _own(exhibit.SERVICE, "答复送达情况", page.facts(told))


def _course(case: Case, details: DETAILS) -> str:
    rows = [
        (
            str(event.seq), str(event.effective_on), workflow.step_label(event.step),
            "；".join(f"{label}：{value}" for label, value in details(event.details, event.step)),
            f"{event.actor} {event.recorded_at.astimezone(ZONE):%Y-%m-%d %H:%M}", event.hash[:16],
        )
        for event in case.events
    ]  # fmt: skip
    heads = ("序", "日期", "步骤", "内容", "经办、记录时间", "校验值（前16位）")
    return page.table(heads, rows)


def _evidence(case: Case) -> Iterator[Exhibit]:
    """Yield how the request came in: the facts on one page, each photograph and scan as it was kept."""
    kept = case_evidence.of_case(case, step.contacts_of(case))
    if not kept:
        return
    rows = [
        (
            f"{one.on} {one.time}".strip(), misfit.label(evidence.KINDS, one.kind),
            evidence.WAYS.get(one.way, ""), evidence.RESULTS.get(one.result, ""), one.person, one.note,
            one.file_name or "",
        )
        for one in kept
    ]  # fmt: skip
    heads = ("日期", "种类", "方式", "结果", "经办人", "说明", "文件")
    yield _own(exhibit.RECEIPT, "收件、联系记录", page.table(heads, rows))
    for one in kept:
        if one.sha256:
            ending = str(one.file_type).rpartition("/")[2].lower().replace("jpeg", "jpg")
            name = str(one.file_name or "文件").rpartition(".")[0] or str(one.file_name)
            content = store.get(one.sha256)
            yield Exhibit(exhibit.RECEIPT, name, ending, content, one.sha256, str(one.on))


def _letters(case: Case) -> Iterator[Exhibit]:
    """Yield the letters as they were frozen, the oldest first; one that never left is no evidence."""
    for letter in reversed(letters_of(case)):
        if letter.voided is None:
            name = f"{letter.title}（{letter.number}）" if letter.number else letter.title
            content = store.get(letter.sha256)
            yield Exhibit(exhibit.LETTER, name, "docx", content, letter.sha256, str(letter.dated_on))


def _files(case: Case) -> Iterator[Exhibit]:
    """Yield the files of the request, the oldest first; what is held back goes in only where it is chosen."""
    for row in reversed(files_of(case, step.contacts_of(case))):
        name, _dot, ending = row.name.rpartition(".")
        named = f"{case_file.LABELS.get(row.purpose, '材料')}：{name}"
        on, may_go = str(row.kept_at.astimezone(ZONE).date()), row.purpose not in exhibit.HELD_BACK
        content = store.get(row.sha256)
        yield Exhibit(exhibit.FILE, named, ending.lower(), content, row.sha256, on, is_chosen=may_go)
