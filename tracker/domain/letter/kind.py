"""The kinds of letters and forms of a case: one table (rulebook 5 and 6.3).

An answer has a kind for each end of a request (``basis.ENDS``); the letters on the way and the forms of the
file stand in ``procedure.py`` and ``form.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from tracker.domain.case.basis import ENDS, OF_THE_FILE, Ask
from tracker.domain.case.outcome import BY_CODE, Family
from tracker.domain.law import party
from tracker.domain.letter.fact import NAMES
from tracker.domain.letter.wording import ANSWERS, Wording
from tracker.domain.message import Spoken


class Addressee(StrEnum):
    """Who gets it."""

    APPLICANT = "applicant"
    THIRD_PARTY = "third_party"  # never learns who applied (个人信息保护法第6条)
    ORGAN = "organ"
    FILE = "file"  # a form of the file, without a number of its own
    PUBLIC = "public"  # what the office hands out or puts up: of no case


class LineRole(StrEnum):
    """What a line of a letter is, and so how it looks."""

    ORGAN = "organ"
    TITLE = "title"
    NUMBER = "number"
    ADDRESSEE = "addressee"
    BODY = "body"
    SIGNED = "signed"
    SLIP = "slip"  # begins a page of its own
    ROW = "row"  # a row of a form: ``label`` and what stands beside it


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One paragraph of a letter, or one row of a form."""

    role: LineRole
    text: str
    label: str = ""


INTERNAL = {("closed_other", "ended"): "结案记录"}  # nobody is there who could be told
NO_SENTENCES = Wording((), "", "")


# The steps on the way to the answer that the service of a letter takes.
ON_THE_WAY = frozenset({"ask_supplement", "consult", "extend", "charge", "ask_reasons", "delay"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterKind(Spoken):
    """One kind of letter.

    law:      its article, as the handbook shows it.
    series:   the word of its document numbers; every kind of one word shares a sequence. Empty: no number.
    step:     the step of the ledger that it tells of; empty where none does. party: of a consultation.
    outcome, end: what it answers.
    remedies: P reconsideration first, G either way, N none; of an answer those of its outcome.
    asks:     the facts that it states beside those that the case has.
    says:     what the program says by itself, by its name in templates.
    slip:     the rows of the slip by which the addressee replies.
    rows:     the rows of a form, which has no sentences.
    """

    STATUTORY: ClassVar[tuple[str, ...]] = ("label",)
    SILENT: ClassVar[tuple[str, ...]] = ("says", "slip", "rows")

    key: str
    label: str
    law: str
    wording: Wording = NO_SENTENCES
    to: Addressee = Addressee.APPLICANT
    series: str = ""
    step: str = ""
    party: str = ""
    outcome: str = ""
    end: str = ""
    remedies: str = "N"
    asks: tuple[Ask, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)
    slip: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def is_form(self) -> bool:
        return self.to is Addressee.FILE

    @property
    def tells_of_step(self) -> bool:
        """Whether serving it takes a step on the way to the answer."""
        return self.step in ON_THE_WAY and (self.step != "consult" or bool(self.party))

    @property
    def is_record(self) -> bool:
        """Whether it is a record of the file: nobody is there who could be told."""
        return (self.outcome, self.end) in INTERNAL

    @property
    def case_label(self) -> str:
        """Which case of several that share the label it is for; empty where it has the label alone."""
        ends = [end.label for end in ENDS.get(self.outcome, ()) if end.key == self.end]
        return ends[0] if ends else party.SHORT.get(self.party, "")

    @property
    def names_remedies(self) -> bool:
        return self.remedies != "N"


ATTACHED = Ask("attachments", "附件名称、份数和页数", "条例第36条第（二）项", long=True)
MAY_ATTACH = Ask("attachments", "附件名称、份数和页数（没有的不填）", "条例第36条", needed=False)
GIVEN = Ask("given", "公开的政府信息（名称、文号）", "条例第36条第（二）项", long=True)
OBJECTION = Ask("objection", "第三方的意见（不同意公开及其理由）", "条例第32条", long=True)
REASON = Ask("reason", "理由", "条例第36条", long=True)
_OWN: dict[tuple[str, str], tuple[Ask, ...]] = {
    ("disclosed", "given"): (GIVEN,),
    ("disclosed", "told"): (GIVEN,),
    ("refused_third_party_rights", "third_party"): (OBJECTION,),
    ("closed_supplement_lapsed", "lapsed"): (
        Ask("told_on", "申请人收到补正告知书的日期", "条例第30条"),
        Ask("deadline_on", "补正期限届满的日期", "条例第30条"),
    ),
    ("closed_fee_lapsed", "lapsed"): (
        Ask("told_on", "申请人收到收费通知的日期", "国办函〔2020〕109号"),
        Ask("deadline_on", "缴费期限届满的日期", "国办函〔2020〕109号"),
    ),
    ("closed_other", "correction"): (
        Ask("corrected", "更正的情况：已更正、已转送或者可以向谁提出", "条例第41条", long=True),
    ),
}
TERMINATED = "终止办理告知书"
STATES_REASON = "{{理由}}"


def _answer(outcome: str, end_key: str) -> LetterKind:
    row, end = BY_CODE[outcome], next(end for end in ENDS[outcome] if end.key == end_key)
    wording, place = ANSWERS[outcome, end_key], (outcome, end_key)
    asks = [*_OWN.get(place, ()), *(ask for ask in end.asks if ask not in OF_THE_FILE)]
    if any(STATES_REASON in line for line in wording.findings):
        asks.append(REASON)
    label = INTERNAL.get(place) or (end.letter or row.letter)
    if row.family is Family.OTHERWISE_CLOSED and not end.letter and place not in INTERNAL:
        label = TERMINATED
    return LetterKind(
        key=f"{outcome}.{end_key}",
        label=label.split("（")[0] if label.startswith("告知书（") else label,
        law=end.law,
        wording=wording,
        series="终" if label in (TERMINATED, *INTERNAL.values()) else "公开告",
        step=outcome,
        outcome=outcome,
        end=end_key,
        remedies=end.remedy or row.remedy,
        asks=(*asks, ATTACHED if place == ("disclosed", "given") else MAY_ATTACH),
    )


ANSWER_KINDS = tuple(_answer(outcome, end) for outcome, end in ANSWERS)
RECEIVED = (
    "本机关于{{收到日期}}收到{{称呼}}以{{申请渠道}}方式提出的政府信息公开申请（受理编号：{{受理编号}}），"
    "申请内容为：“{{申请内容}}”。"
)
OPTIONAL = frozenset({"附件", "合并答复", "更正说明", "代理人", "证件种类", "代为填写", "申请网址", "二维码"})
REMEDIES = LetterLine(LineRole.BODY, "{{救济途径}}")
# The last words, the list of what goes with it below them, the signature (GB/T 9704): on one page.
CLOSED = (
    LetterLine(LineRole.BODY, "联系方式：{{联系方式}}"),
    LetterLine(LineRole.BODY, "附件：{{附件}}"),
    LetterLine(LineRole.SIGNED, "{{机关名称}}（印章）"),
    LetterLine(LineRole.SIGNED, "{{落款日期}}"),
)


def lines(kind: LetterKind) -> tuple[LetterLine, ...]:
    """Return the letter of the kind as our own template has it, with the names of its facts."""
    head = (LetterLine(LineRole.ORGAN, "{{机关名称}}"), LetterLine(LineRole.TITLE, "{{文书名称}}"))
    if kind.to is Addressee.PUBLIC:
        return (*head, *(LetterLine(LineRole.BODY, text) for text in kind.wording.findings))
    rows = tuple(LetterLine(LineRole.ROW, text, label) for label, text in kind.rows)
    if kind.is_form:
        return (*head, *rows)
    told = (RECEIVED, "{{合并答复}}") if kind.to is Addressee.APPLICANT else ()
    wording = kind.wording
    body = ("{{更正说明}}", *told, *wording.findings, "根据{{依据}}，本机关{{决定}}。", *wording.after)
    slip = (LetterLine(LineRole.SLIP, f"{kind.label}回执"),) if kind.slip else ()
    to = () if kind.is_record else (LetterLine(LineRole.ADDRESSEE, "{{收件人}}："),)
    return (
        *head,
        LetterLine(LineRole.NUMBER, "{{文号}}"),
        *to,
        *(LetterLine(LineRole.BODY, text) for text in body),
        *((REMEDIES,) if kind.names_remedies else ()),
        *CLOSED,
        *slip,
        *(LetterLine(LineRole.ROW, text, label) for label, text in kind.slip),
    )


def names_of(kind: LetterKind) -> frozenset[str]:
    """Return the names of every fact that a template of the kind may state."""
    return frozenset(name for line in lines(kind) for name in names_in(line.text)) | frozenset(
        NAMES[ask.key] for ask in kind.asks if ask.key in NAMES
    )


def needed(kind: LetterKind) -> frozenset[str]:
    """Return the names of the facts that no letter of the kind may be without (rulebook 6.2, 6.3)."""
    may_lack = {NAMES.get(ask.key, "附件") for ask in kind.asks if not ask.needed}
    must = {"附件"} if ATTACHED in kind.asks else set()
    return (names_of(kind) - OPTIONAL - may_lack) | must


def placed(kind: LetterKind) -> frozenset[str]:
    """Return the needed facts that a template has a place for; the others stand inside the decision."""
    return needed(kind) & {name for line in lines(kind) for name in names_in(line.text)}


def names_in(text: str) -> list[str]:
    """Return the names between the marks ``{{`` and ``}}`` of a text, in their order."""
    return [part.partition("}}")[0].strip() for part in text.split("{{")[1:] if "}}" in part]
