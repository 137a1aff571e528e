"""Where a case stands as its ledger is read, entry by entry: state, terms, pauses, what was late.

Law: 条例第30—35条 (what moves a term); what comes after its end moves nothing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tracker.domain.calendar.calendar import WorkCalendar
from tracker.domain.case import clock, consultation, event, workflow
from tracker.domain.case.answer_term import AnswerTerm, Delay, Extension
from tracker.domain.case.clock import Due, Pause
from tracker.domain.case.event import Entry
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.rules import DEFAULTS, Rules, RulesOn, defaults
from tracker.domain.case.state import PROCESSING, RECEIVED
from tracker.domain.errors import InvalidDetailError, StepNotAllowedError, UnlawfulDayError
from tracker.domain.law import law
from tracker.domain.law.law import Law

COUNTING = (RECEIVED, PROCESSING)
AUTOMATIC = ("carry_forward", "recompute")  # marks that the program writes
MARKS = ("correct", *AUTOMATIC)  # entries that move nothing themselves


@dataclass(slots=True)
class Standing:
    """Where a case stands after the entries folded so far.

    rules_on:   the office's practice by the day; ``rules`` are those of the day of receipt.
    law:        the law of the day of receipt; the newest until it is known.
    term:       what the answer's last day follows from; None before the receipt.
    waiting:    the same as the late steps would have it: until when a late request waits now.
    late_steps: what was done after the term had ended; none of it moves ``term`` (rulebook L1).
    """

    calendar: WorkCalendar
    rules_on: RulesOn = defaults
    rules: Rules = DEFAULTS
    law: Law = field(default_factory=law.newest)
    term: AnswerTerm | None = None
    waiting: AnswerTerm | None = None
    late_steps: list[Entry] = field(default_factory=list)
    state: str = ""
    received_on: date | None = None
    receipt: Entry | None = None
    last_change_on: date | None = None
    state_before_end: str = ""
    decided_on: date | None = None
    served_on: date | None = None
    unit: str | None = None
    handler: str | None = None
    consultations: list[consultation.Consultation] = field(default_factory=list)
    supplements: list[Entry] = field(default_factory=list)
    charges: list[Entry] = field(default_factory=list)
    replies: list[tuple[Entry, Entry]] = field(default_factory=list)  # asked of the applicant, come
    reasons_asked: Entry | None = None  # while no reasons have come (第35条)
    asked_for_reasons: bool = False
    reasons_given: bool = False
    delays: list[Delay] = field(default_factory=list)
    supplemented: bool = False
    answer: Entry | None = None  # the entry that ended the case
    _due: Due | Literal[False] | None = field(  # False: not counted since the last step
        default=False, init=False, repr=False, compare=False
    )

    @property
    def is_closed(self) -> bool:
        return self.state in BY_CODE

    @property
    def closed_on(self) -> date | None:
        """The day that gives the result its year (a setting; service by default).

        A decision dated before the receipt is a slip: no case ends before it came in.
        """
        if self.rules.year_of_result != "decided" or self.decided_on is None:
            return self.served_on
        return max(self.decided_on, self.received_on or self.decided_on)

    @property
    def days_taken(self) -> int | None:
        """The working days from receipt to service; None before, and where a year has no calendar."""
        if self.received_on is None or self.served_on is None:
            return None
        return clock.days_taken(self.received_on, self.served_on, self.calendar)

    @property
    def pauses(self) -> list[Pause]:
        return [*self._consulted, *(self.term.fee_pauses if self.term else [])]

    @property
    def _consulted(self) -> list[Pause]:
        return [c.span for c in self.consultations]

    @property
    def extensions(self) -> list[Extension]:
        return self.term.extensions if self.term else []

    @property
    def extension_days(self) -> int:
        return self.term.extension_days if self.term else 0

    @property
    def start_on(self) -> date | None:
        """The receipt, or the last supplement or payment: also one that moved nothing."""
        return running.start_on if (running := self.waiting or self.term) else None

    @property
    def delayed_until(self) -> date | None:
        return self.term.delayed_until if self.term else None

    def due(self) -> Due | None:
        """Return when the answer is due, or was; None while the applicant must act, unless it was missed."""
        if self._due is False:
            self._due = self._counted_due()
        return self._due

    def _counted_due(self) -> Due | None:
        counting = self.state_before_end if self.state in BY_CODE else self.state
        if self.term is None or (counting not in COUNTING and self.waiting is None):
            return None
        return self.term.due(self.calendar, self.rules, self._consulted)

    def due_if_extended(self, days: int) -> Due | None:
        """Return when the answer would be due if the term were lengthened by these days in all."""
        if self.term is None or self.due() is None:
            return None
        return self.term.due_with(days, self.calendar, self.rules, self._consulted)

    def waits_until(self) -> Due | None:
        """Return the day that the late steps would have made of it; None where there are none."""
        return self.waiting.due(self.calendar, self.rules, self._consulted) if self.waiting else None

    def is_overdue(self, on: date) -> bool:
        """Return whether the answer is late on the day, or was served late (235号)."""
        answer = self.due()
        if answer is None:
            return False
        return answer.on < (self.served_on or on)

    # -- one step ---------------------------------------------------------------------------

    def take(self, entry: Entry) -> list[Entry]:
        """Move by one entry; return the entries to write, an implied accept before its cause.

        Raises StepNotAllowedError, UnlawfulDayError, InvalidDetailError; then nothing moved.
        """
        event.check(entry)
        if entry.step in MARKS:
            raise StepNotAllowedError(
                "“%(step_label)s”不是案件的步骤。",
                step_label=workflow.step_label(entry.step),
            )
        self._check_day(entry)
        try:
            return self._taken(entry)
        finally:
            self._due = False

    def _taken(self, entry: Entry) -> list[Entry]:
        if entry.step == "receive":
            self._receive(entry)
            return [entry]
        if self.state == "":
            raise StepNotAllowedError("案件须从“收到申请”开始。")
        accepts, after = workflow.move(self.state, entry.step)
        if reader := _READERS.get(entry.step):
            reader(self, entry)
        if accepts:
            self.state, self.last_change_on = PROCESSING, entry.on
        self._move(after, entry)
        return [Entry("accept", entry.on, {"implied": True}), entry] if accepts else [entry]

    def _check_day(self, entry: Entry) -> None:
        if self.received_on and entry.on < self.received_on:
            raise UnlawfulDayError(
                "%(on)s早于收到申请之日（%(received_on)s）。",
                on=entry.on,
                received_on=self.received_on,
            )
        if self.last_change_on and entry.on < self.last_change_on:
            raise UnlawfulDayError(
                "%(on)s早于前一次状态变更之日（%(last_change_on)s）。",
                on=entry.on,
                last_change_on=self.last_change_on,
            )

    def _receive(self, entry: Entry) -> None:
        if self.state:
            raise StepNotAllowedError("“收到申请”只能是第一条记录。")
        self.law, self.rules = law.on(entry.on), self.rules_on(entry.on)
        self.term = AnswerTerm(self.law, entry.on)
        self.state = RECEIVED
        self.receipt = entry
        self.unit = entry.details.get("unit")
        self.received_on = self.last_change_on = entry.on

    def _move(self, after: str, entry: Entry) -> None:
        if after in BY_CODE:
            self.state_before_end = self.state
            self.served_on, self.answer = entry.on, entry
            self.decided_on = entry.day("decided_on") or entry.on
        if after != self.state:
            self.state, self.last_change_on = after, entry.on

    def _moved_by(self, entry: Entry) -> AnswerTerm:
        """Return the term that the step moves: never the answer's own once it has ended (rulebook L1)."""
        if self.term is None:
            raise StepNotAllowedError("案件须从“收到申请”开始。")
        if self.rules.late_steps_restart:
            return self.term
        if self.comes_too_late(entry.on):
            self.waiting = self.waiting or self.term.copy()
            self.late_steps.append(entry)
        return self.waiting or self.term

    def comes_too_late(self, on: date) -> bool:
        """Return whether the term had ended before the day; a consultation without a term holds it."""
        answer = self.due()
        if answer is None or on <= answer.on:
            return False
        return not any(c.holds(on) and c.sent_on <= answer.on for c in self.consultations)

    def _note_supplement(self, entry: Entry) -> None:
        self._moved_by(entry)
        self.supplements.append(entry)

    def _note_supplement_received(self, entry: Entry) -> None:
        self.supplemented = True
        self.replies.append((self.supplements[-1], entry))
        self._moved_by(entry).restart(entry, self.rules)

    def _note_payment(self, entry: Entry) -> None:
        term = self._moved_by(entry)
        self.replies.append((self.charges[-1], entry))
        if self.rules.payment_restarts:
            term.restart(entry, self.rules)
        else:
            term.fee_pauses.append(Pause(self.charges[-1].on, entry.on, "等待缴费"))

    def _note_extension(self, entry: Entry) -> None:
        days = int(entry.details["days"])
        running = self.waiting or self.term
        before = sum(e.days for e in running.extensions) if running else 0
        if before + days > (most := law.longest_extension()):
            raise InvalidDetailError(
                "延长合计不得超过%(most)s个工作日（%(law)s）：已延长%(before)s个，又延长%(days)s个。",
                most=most,
                law=self.law.extension.law,
                before=before,
                days=days,
            )
        late = self.comes_too_late(entry.on)
        term = self._moved_by(entry)
        if term is self.waiting:
            self.extensions.append(Extension(entry.seq, entry.on, days, in_time=False))
        term.extensions.append(Extension(entry.seq, entry.on, days, in_time=term is self.waiting or not late))

    def _note_consultation(self, entry: Entry) -> None:
        asked, answer = consultation.sent(entry, self.law, self.calendar), self.due()
        asked.on_last_day = answer is not None and answer.on == entry.on
        self._moved_by(entry)
        self.consultations.append(asked)

    def _note_consultation_end(self, entry: Entry) -> None:
        asked = consultation.answered_by(self.consultations, entry)
        if asked is None:
            name = entry.details["name"]
            raise StepNotAllowedError("没有正在进行的对“%(name)s”的征求意见。", name=name)
        asked.ended_on = entry.on
        asked.opinion = entry.details.get("opinion")

    def _note_charge(self, entry: Entry) -> None:
        self._moved_by(entry)
        self.charges.append(entry)

    def _note_reasons_asked(self, entry: Entry) -> None:
        self.reasons_asked, self.asked_for_reasons, self.reasons_given = entry, True, False

    def _note_reasons(self, entry: Entry) -> None:
        self.reasons_asked, self.reasons_given = None, True

    def as_delay(self, entry: Entry) -> Delay:
        """Return the delay that the entry notifies, with what it rests on (第35条)."""
        answer = self.due()
        return Delay(entry, answer.on if answer else None, self.asked_for_reasons, self.reasons_given)

    def _note_delay(self, entry: Entry) -> None:
        self.delays.append(self.as_delay(entry))
        term, self.reasons_asked = self._moved_by(entry), None
        if self.law.delay:
            term.delayed_until = entry.day("until_on")

    def _note_assignment(self, entry: Entry) -> None:
        self.unit = entry.details.get("unit") or self.unit
        self.handler = entry.details.get("handler")


# What keeps of a step what the clock reads later; the step is known to be allowed.
_READERS: dict[str, Any] = {
    "ask_supplement": Standing._note_supplement,
    "receive_supplement": Standing._note_supplement_received,
    "pay": Standing._note_payment,
    "extend": Standing._note_extension,
    "consult": Standing._note_consultation,
    "end_consultation": Standing._note_consultation_end,
    "charge": Standing._note_charge,
    "ask_reasons": Standing._note_reasons_asked,
    "give_reasons": Standing._note_reasons,
    "delay": Standing._note_delay,
    "assign": Standing._note_assignment,
}
