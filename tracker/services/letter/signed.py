"""What was signed is what leaves: the text of a draft is frozen, and no letter with another is made."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.case import basis
from tracker.domain.case.basis import Ask
from tracker.domain.case.finding import Objection
from tracker.domain.case.sign_off import Stand, Station, Verdict, is_reviewed
from tracker.domain.errors import InvalidDetailError
from tracker.domain.folding import fold
from tracker.domain.letter import content
from tracker.domain.letter.content import Draft
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.kind import LetterKind, names_of
from tracker.domain.message import Phrase
from tracker.models.case import Case
from tracker.models.letter import Letter
from tracker.models.reads.sign_off import newest_round
from tracker.models.sign_off import SignOff
from tracker.services.case import review
from tracker.services.letter import template
from tracker.services.letter.sender import facts_of, sender
from tracker.services.office import office
from tracker.services.office.actor import Actor

LONGEST = 60  # characters of a matter
UNSIGNED = frozenset({"文号", "落款日期"})  # given as the letter is made


def matter_of(kind: LetterKind, reanswer: int | None = None) -> str:
    """Return what a draft of the kind decides: every answer of a case is one matter.

    reanswer: of an answer ordered anew, which is a matter of its own.
    """
    matter = review.ANSWER if kind.outcome else kind.key
    return f"{matter}-{reanswer}"[-LONGEST:] if reanswer else matter


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a letter says, by the names of its template, and the template that it says it by."""

    text: dict[str, str]
    template_version: int
    sha256: str


def frozen(case: Case, draft: Draft, *, today: date) -> Frozen:
    """Return what the draft says, without the number and the day that it gets as it is made."""
    facts = content.values(draft, facts_of(case), sender(case.agency_id, draft.on, today=today))
    text = {name: facts.get(name, "") for name in sorted(names_of(draft.kind) - UNSIGNED)}
    chosen = template.current(case.agency_id, draft.kind)
    own = hashlib.sha256(chosen.content).hexdigest() if chosen.version else ""
    items = [[dict(each) for each in draft.parts]] if draft.parts else []
    whole = json.dumps([draft.kind.key, own, text, *items], ensure_ascii=False, sort_keys=True)
    return Frozen(text, chosen.version, hashlib.sha256(whole.encode()).hexdigest())


def check(case: Case, draft: Draft, *, today: date) -> None:
    """Raise InvalidDetailError where the letter may not be made: it was not signed, or not in this text."""
    kind = draft.kind
    if kind.is_form:
        return
    row = review.in_force(case.id, matter_of(kind, draft.reanswer))
    if row is None:
        if kind.outcome and office.rules(today).sign_off == "required":
            raise InvalidDetailError("本机关的答复须先在系统中审批签发：请先送审。")
        return
    if why := review.why_unsigned(row):
        raise InvalidDetailError(why)
    if draft.on < review.signed_on(row):
        raise InvalidDetailError(
            "落款日期不能早于签发之日（%(signed_on)s）。",
            signed_on=review.signed_on(row),
        )
    if row.kind != kind.key or row.sha256 != frozen(case, draft, today=today).sha256:
        raise InvalidDetailError("与签批的内容不同：变更须重新送审，或者撤回原来的审批。")


def against_leaving(letter: Letter) -> Iterator[Objection]:
    """Yield what forbids that a letter leaves: a round that came after it, or one that was taken back.

    ``check`` held the letter against what was signed as it was made; nothing that was signed since is in it.
    """
    row = newest_round(letter.case_id, matter_of(BY_KEY[letter.kind], letter.reanswer_id))
    if row is None:
        return
    stand, _ = review.stand_of(row)
    ended_at = max((each.recorded_at for each in row.opinions), default=row.drafted_at)
    if stand is Stand.WITHDRAWN:
        if row.drafted_at <= letter.made_at < ended_at:
            yield Objection(Phrase("这份文书所依据的审批已撤回：请作废这份文书。"), review.LAW, final=True)
    elif why := review.why_unsigned(row):
        yield Objection(why, review.LAW, final=True)
    elif letter.made_at < ended_at:
        yield Objection(
            Phrase("这份文书制作在签批以前，不是签批的内容：请作废它，按签批的内容制作。"),
            review.LAW,
            final=True,
        )


def against_review(
    letter: Letter, asked: Sequence[Ask], reviewed: Mapping[str, str], actor: Actor
) -> Iterator[Objection]:
    """Yield what the review that is asked of a letter lacks (第17条)."""
    needed = [ask for ask in asked if ask in basis.REVIEWED]
    for ask in needed:
        if not reviewed.get(ask.key):
            yield Objection(Phrase("缺少“%(label)s”。", label=ask.label), ask.law, final=True)
    if needed and fold(reviewed.get("reviewer", "")) in {fold(actor.name), fold(letter.made_by)}:
        yield Objection(Phrase("审查人不能是拟稿人自己。"), basis.REVIEW_LAW, final=True)
    if needed and basis.is_against_giving(reviewed.get("review", "")):
        yield Objection(basis.AGAINST, basis.REVIEW_LAW, final=True)


def said_of_review(asked: Sequence[Ask], reviewed: Mapping[str, str]) -> list[str]:
    """Return the review in words: 审查人：何法."""
    stated = [(ask.label.partition("（")[0], reviewed.get(ask.key)) for ask in asked]
    return [f"{label}：{fact}" for label, fact in stated if fact]


def check_remark(row: SignOff, station: Station, verdict: str, remark: str) -> None:
    """Raise InvalidDetailError where the review agrees to giving in words that speak against it (第17条)."""
    kind = BY_KEY[row.kind]
    gives = station is Station.SECRECY and is_reviewed(kind.outcome, kind.end)
    if gives and verdict == Verdict.AGREED and basis.is_against_giving(remark):
        raise InvalidDetailError("意见写的是不同意公开，选的是同意：不同意的请选退回，同意的请改写意见。")
