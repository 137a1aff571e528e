"""Every kind of letter and form, and which of them a case may be sent or given now."""

from collections.abc import Iterable

from tracker.domain.case.basis import end_of
from tracker.domain.case.check import offered as offered_steps
from tracker.domain.case.standing import Standing
from tracker.domain.case.state import PROCESSING, RECEIVED, VOID
from tracker.domain.case.workflow import BY_NAME
from tracker.domain.law import party
from tracker.domain.letter.form import FORM_KINDS
from tracker.domain.letter.kind import ANSWER_KINDS, LetterKind
from tracker.domain.letter.leaflet import LEAFLETS
from tracker.domain.letter.procedure import PROCEDURE_KINDS
from tracker.domain.permission import Action, Role, may

KINDS = (*PROCEDURE_KINDS, *ANSWER_KINDS, *FORM_KINDS)
BY_KEY = {kind.key: kind for kind in KINDS}
TEMPLATED = {**BY_KEY, **{kind.key: kind for kind in LEAFLETS}}
SERIES = tuple(dict.fromkeys(kind.series for kind in KINDS if kind.series))
RECEIPT, THIRD_PARTY_TOLD = "receipt", "third_party_told"


def action(kind: LetterKind) -> Action:
    """Return what making a letter of the kind asks leave for: what its step does."""
    if kind.is_form or kind.key == RECEIPT:
        return Action.REGISTER
    return BY_NAME[kind.step].action if kind.step in BY_NAME else Action.HANDLE


def offered(standing: Standing, taken: Iterable[str], roles: Iterable[Role]) -> list[LetterKind]:
    """Return the kinds that the case may be sent now: their step is open to it, or stands in its ledger.

    taken: the steps of its ledger that are in force.
    """
    if standing.state in ("", VOID):
        return []
    held = tuple(roles)
    steps = {*taken, *(step.name for step in offered_steps(standing, held))}
    return [kind for kind in KINDS if may(held, action(kind)) and _is_open(kind, standing, steps)]


def anew() -> list[LetterKind]:
    """Return the kinds that an answer ordered anew may be given: every answer, and who is asked before."""
    asked = (*PROCEDURE_KINDS, *FORM_KINDS)
    return [*ANSWER_KINDS, *(kind for kind in asked if kind.is_form or kind.step == "consult")]


def _is_open(kind: LetterKind, standing: Standing, steps: set[str]) -> bool:
    asked = {party.same(each.party) for each in standing.consultations}
    if kind.is_form or kind.key == RECEIPT:
        return True
    if kind.key == THIRD_PARTY_TOLD:
        return party.THIRD_PARTY in asked
    if kind.step == "consult" and standing.state not in (RECEIVED, PROCESSING):
        return bool(asked) and kind.party in ("", *asked)
    if kind.outcome and standing.answer is not None:
        answer = standing.answer
        return kind.outcome == answer.step and kind.end == end_of(answer.step, answer.details).key
    return kind.step in steps
