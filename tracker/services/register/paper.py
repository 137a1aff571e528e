"""What a case holds: every paper of a request, the one home of the evidence bundle and of the case file.

It is made of the ledger, the letters as they were frozen, their services with the proofs, the sign-offs and
the files that were kept. What is written here itself is the same, byte for byte, as often as it is written.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from tracker.domain import misfit
from tracker.domain.case import (
    channel,
    evidence,
    explanation,
    id_document,
    redaction,
    representative,
    wish,
    withdrawal,
    workflow,
)
from tracker.domain.case import file as case_file
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.law import party
from tracker.domain.letter import service
from tracker.domain.register import exhibit
from tracker.domain.register.exhibit import Exhibit, KeptContent
from tracker.models.applicant import Applicant
from tracker.models.base import ZONE
from tracker.models.case import Case
from tracker.models.evidence import Evidence
from tracker.models.reads.case_file import files_of, withdrawn_of
from tracker.models.reads.letter import letters_of
from tracker.models.reads.redaction import redactions_of
from tracker.models.reads.service import services_of
from tracker.models.service import LetterService, ServiceResult
from tracker.reading import isolated
from tracker.rendering import pdf
from tracker.rendering.bundle import page
from tracker.rendering.letter import page as letter_page
from tracker.services.case import applicant as applicants
from tracker.services.case import evidence as case_evidence
from tracker.services.case import step
from tracker.services.letter.sender import opinions_of
from tracker.services.office import store

Details = Callable[[dict[str, Any], str], list[tuple[str, str]]]  # an entry's details in words
WRITTEN = "html"  # the ending of what is written here
SERVED = (28, 18, 22, 22, 22, 36, 16)  # widths of columns, millimetres


def held(case: Case, details: Details, *, whole: bool = False) -> list[Exhibit]:
    """Return every paper that the request holds, in the order of the list.

    whole: for the office's own file: with what the applicant told of the own person, and with the letters
           that never left.
    """
    papers = [
        *_written(case, details, whole=whole), *_evidence(case), *_letters(case, whole=whole),
        *_services(case, whole=whole), *_sign_offs(case), *_redactions(case), *_files(case),
        *_withdrawn(case),
    ]  # fmt: skip
    return [
        replace(one, key=f"{place}-{one.sha256[:12]}")
        for place, one in enumerate(sealed(case, papers), start=1)
    ]


def sealed(case: Case, papers: Iterable[Exhibit]) -> list[Exhibit]:
    """Return papers with the word of each whether a redacted copy was made of the same bytes."""
    withheld = {made.source.sha256 for made in redactions_of(case)}
    return [replace(one, is_source=one.sha256 in withheld) for one in papers]


def file_name(name: str) -> str:
    """Return a name that every file system takes."""
    kept = "".join("_" if sign in '\\/:*?"<>|' or ord(sign) < ord(" ") else sign for sign in name)
    return kept[:60].strip(" .")


def printed(one: Exhibit) -> tuple[str, bytes]:
    """Return a paper as it goes into a PDF, with its ending; of one that is gone, the page that says so."""
    if (content := one.content) is None:
        return "pdf", pdf.printed(page.stand_in(one))
    if one.ending == WRITTEN:
        return "pdf", pdf.printed(content.decode())
    if one.ending == "docx":
        return "pdf", pdf.printed(isolated.read(letter_page.page, content, one.name))
    return one.ending, content


def kept(digest: str) -> KeptContent:
    """Return how a file of the store is read."""
    return KeptContent(partial(store.get, digest), partial(store.is_there, digest))


def own(kind: str, name: str, body: str) -> Exhibit:
    """Return a paper that is written here; ``body`` is HTML whose texts are escaped."""
    content = page.page(name, body).encode()
    return Exhibit(kind, name, WRITTEN, content, hashlib.sha256(content).hexdigest())


def _written(case: Case, details: Details, *, whole: bool) -> Iterator[Exhibit]:
    """Yield what is written from the ledger: application, course, terms, consultations, service."""
    standing = step.standing(case)
    people = "、".join(who.name or "" for who in case.applicant.people)
    asked = [
        ("受理编号", case.number), ("申请人", people),
        ("申请人类型", ApplicantKind(case.applicant_kind).label), ("申请内容", case.subject),
        ("申请方式", misfit.label(channel.LABELS, case.channel)),
        ("收到申请之日", str(case.received_on or "")),
    ]  # fmt: skip
    if whole:
        asked += _people(case)
    yield own(exhibit.APPLICATION, "政府信息公开申请登记", page.facts(asked))
    yield own(exhibit.COURSE, "办理经过（台账）", _course(case, details))
    sentences = explanation.lines(standing)
    if sentences:
        if (given := standing.answer) is not None:  # a paper that proves the term says whether it was kept
            kept_or_not = "超过期限" if standing.is_overdue(given.on) else "在期限内"
            sentences = [*sentences, f"答复于{given.on}送达，{kept_or_not}。"]
        yield own(exhibit.TERM, "答复期限计算说明", page.paragraphs(sentences))
    if standing.consultations:
        rows = [
            (
                party.LABELS[asked_of.party], asked_of.name, str(asked_of.sent_on),
                str(asked_of.received_on or ""), str(asked_of.ended_on or ""),
            )
            for asked_of in standing.consultations
        ]  # fmt: skip
        heads = ("对象类别", "对象", "发出", "对方收到", "收到意见或者结束")
        yield own(exhibit.CONSULTATIONS, "征求意见情况", page.table(heads, rows))
    if (answer := standing.answer) is not None:
        told = [("答复", workflow.step_label(answer.step)), ("送达日期", str(answer.on))]
        told += details(dict(answer.details), answer.step)
        yield own(exhibit.SERVICE, "答复送达情况", page.facts(told))


# What is encrypted of everybody who asks or acts for one who asks; of the one named first also WISHED.
PERSONAL = {
    "id_number": "证件号码", "id_kept": "证件号码校验不符仍保留的理由", "phone": "联系电话",
    "email": "电子邮箱", "address": "联系地址",
}  # fmt: skip
WISHED = ("purpose", "help")


def _people(case: Case) -> list[tuple[str, str]]:
    """Return what is kept of everybody who asks besides the names, who acts for them, and what they wish."""
    first = case.applicant
    who = {0: "全体申请人", **{place: one.name for place, one in enumerate(first.people, start=1)}}
    acting = [
        (misfit.label(representative.ROLES, each.role), f"{each.words}，代理{who.get(each.place, '')}")
        for each in applicants.named(first)
    ]
    known = [
        (f"{label}（{one.name}）", text)
        for one in (*first.people, *first.representatives)
        for label, text in _known(one)
    ]
    told = (
        ("所需形式", first.form_wanted and misfit.label(wish.FORMS, first.form_wanted)),
        ("获取方式", first.way_wanted and misfit.label(wish.WAYS, first.way_wanted)),
        ("用途", first.purpose),
        ("请求的帮助", first.help),
        ("代为填写", first.filled_by),
        ("读给申请人确认", first.read_back_on),
    )
    receives = [("文书的收件人", one.name) for one in first.people if one.gets_letters]
    return [*receives, *acting, *known, *((label, str(text)) for label, text in told if text)]


def _known(one: Applicant) -> Iterator[tuple[str, str]]:
    if one.id_kind:
        yield "证件种类", misfit.label(id_document.LABELS, one.id_kind)
    for key, label in PERSONAL.items():
        if getattr(one, key):
            yield label, str(getattr(one, key))


def _course(case: Case, details: Details) -> str:
    rows = [
        (
            str(event.seq), str(event.effective_on), workflow.step_label(event.step),
            "；".join(f"{label}：{value}" for label, value in details(event.details, event.step)),
            f"{event.actor} {event.recorded_at.astimezone(ZONE):%Y-%m-%d %H:%M}", event.hash[:16],
        )
        for event in case.events
    ]  # fmt: skip
    heads = ("序", "日期", "步骤", "内容", "经办、记录时间", "校验值（前16位）")
    return page.table(heads, rows, widths=(9, 22, 22, 63, 27, 21))


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
    yield own(exhibit.RECEIPT, "收件、联系记录", page.table(heads, rows))
    for one in kept:
        if one.sha256:
            yield _scan(exhibit.RECEIPT, one, one.on)


def _scan(kind: str, row: Evidence | LetterService | ServiceResult, on: date, about: str = "") -> Exhibit:
    """Return a photograph or scan as it was kept. about: of what it is the proof."""
    ending = str(row.file_type).rpartition("/")[2].lower()
    ending = {"jpeg": "jpg", "rfc822": "eml"}.get(ending, ending)
    name = str(row.file_name or "文件").rpartition(".")[0] or str(row.file_name)
    digest = str(row.sha256)
    return Exhibit(kind, about + name, ending, kept(digest), digest, str(on))


def _letters(case: Case, *, whole: bool) -> Iterator[Exhibit]:
    """Yield the letters as they were frozen, the oldest first; one that never left is no evidence."""
    for letter in reversed(letters_of(case)):
        if letter.voided is None or whole:
            name = f"{letter.title}（{letter.number}）" if letter.number else letter.title
            void = f"（作废：{letter.voided.reason}）" if letter.voided else ""
            yield Exhibit(
                exhibit.LETTER, name + void, "docx", kept(letter.sha256), letter.sha256, str(letter.dated_on)
            )


def _services(case: Case, *, whole: bool) -> Iterator[Exhibit]:
    """Yield how the letters were served, then the proof of each; acts recorded by mistake are no evidence."""
    acts = [row for each in services_of(case).values() for row in each if whole or not row.stands.is_void]
    if not acts:
        return
    heads = ("文书", "方式", "交付、交邮、发出", "送达日期", "对方收到", "邮件、送往、签收", "结果")
    yield own(
        exhibit.DELIVERY, "文书送达记录", page.table(heads, [_served(row) for row in acts], widths=SERVED)
    )
    for row in acts:
        about = f"{row.letter.title}送达凭证："
        if row.sha256:
            yield _scan(exhibit.DELIVERY, row, row.handed_on, about)
        for result in row.results:
            if result.sha256:
                yield _scan(exhibit.DELIVERY, result, result.on, about)


def _served(row: LetterService) -> tuple[str, ...]:
    stands, carrier = row.stands, service.label(service.CARRIERS, row.carrier) if row.carrier else ""
    upon = f"向{row.upon}送达" if row.upon else ""
    where = (upon, carrier, row.tracking, row.through, row.place, row.signer)
    came = (
        " ".join(filter(None, (str(one.on), service.label(service.RESULTS, one.kind), one.signer, one.note)))
        for one in row.results
    )
    return (
        f"{row.letter.title} {row.letter.number}", service.label(service.WAYS, row.way), str(row.handed_on),
        str(stands.counts_on or ""), str(stands.got_on or ""), " ".join(filter(None, where)), "；".join(came),
    )  # fmt: skip


def _sign_offs(case: Case) -> Iterator[Exhibit]:
    """Yield what was said in the sign-offs; it is the office's own, and goes in only where it is chosen."""
    opinions = [(name, line) for name, lines in opinions_of(case).items() for line in lines.splitlines()]
    if opinions:
        yield replace(own(exhibit.SIGN_OFF, "送审、签批情况", page.facts(opinions)), is_chosen=False)


def _redactions(case: Case) -> Iterator[Exhibit]:
    """Yield what was withheld in each redacted copy, and on which ground."""
    names = {gone.file_id: gone.name for gone in withdrawn_of(case, step.contacts_of(case))}
    rows = [
        (
            names.get(made.output_id, made.output.name),
            *line.split("：", 1),
            f"{made.made_by} {made.made_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        )
        for made in reversed(redactions_of(case))
        for line in redaction.withheld(
            names.get(made.source_id, made.source.name), redaction.read(made.boxes)
        ).splitlines()
    ]
    if rows:
        heads = ("副本", "原件和位置", "理由和依据", "制作")
        yield own(exhibit.REDACTION, "区分处理清单", page.table(heads, rows, widths=(44, 38, 56, 26)))


def _files(case: Case) -> Iterator[Exhibit]:
    """Yield the files of the request, the oldest first; what is held back goes in only where it is chosen."""
    for row in reversed(files_of(case, step.contacts_of(case))):
        name, _dot, ending = row.name.rpartition(".")
        named = f"{case_file.LABELS.get(row.purpose, '材料')}：{name}"
        on, may_go = str(row.kept_at.astimezone(ZONE).date()), row.purpose not in exhibit.HELD_BACK
        yield Exhibit(
            exhibit.FILE, named, ending.lower(), kept(row.sha256), row.sha256, on, is_chosen=may_go,
        )  # fmt: skip


def _withdrawn(case: Case) -> Iterator[Exhibit]:
    """Yield which files were withdrawn and why: their content is destroyed."""
    rows = [
        (
            gone.name, misfit.label(withdrawal.REASONS, gone.why), gone.reason, gone.file.sha256,
            f"{gone.withdrawn_by} {gone.withdrawn_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        )
        for gone in reversed(withdrawn_of(case, step.contacts_of(case)))
    ]  # fmt: skip
    if rows:
        heads = ("文件", "缘由", "理由", "SHA-256", "撤回")
        yield replace(own(exhibit.FILE, "已撤回的文件", page.table(heads, rows)), is_chosen=False)
