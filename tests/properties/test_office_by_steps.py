"""Any steps, lawful or not, in any order, through the services on a real file: what gets in agrees with itself.

What is lawful is said here a second time, in a table of its own, and asked of every step that is tried.
"""

import os
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from tests import registering
from tests.conftest import make_office, settings_of
from tests.histories import stated
from tracker.app import create_app
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.basis import ENDS
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import DomainError
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case, CaseEvent
from tracker.services.case import step
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import inspection

EXAMPLES = os.environ.get("PROOF_EXAMPLES")
TODAY = date(2027, 1, 20)
NOW = datetime(2027, 1, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
OPEN = ("received", "processing", "supplement", "awaiting_payment")
ANY_END = ("disclosed", "partially_disclosed", "refused_internal_affairs", "unable_not_held")
# step: the states it may be taken from (an implied acceptance included), the state it leads to
LAWFUL = {
    "accept": (("received",), "processing"),
    "ask_supplement": (("received", "processing"), "supplement"),
    "receive_supplement": (("supplement",), "processing"),
    "consult": (("received", "processing"), "processing"),
    "end_consultation": (OPEN, None),
    "extend": (("received", "processing"), "processing"),
    "charge": (("received", "processing"), "awaiting_payment"),
    "pay": (("awaiting_payment",), "processing"),
    "ask_reasons": (("received", "processing"), "processing"),
    "delay": (("received", "processing"), "processing"),
    "assign": (OPEN, None),
    "withdraw": (OPEN, "closed_other"),
    "closed_supplement_lapsed": (("supplement",), "closed_supplement_lapsed"),
    "closed_fee_lapsed": (("awaiting_payment",), "closed_fee_lapsed"),
    "carry_forward": ((), None),
    **{code: (("received", "processing"), code) for code in ANY_END},
}


class Office(RuleBasedStateMachine):
    """One office for all runs: the cases of earlier runs stay, as in a real one."""

    app = None

    @classmethod
    def open(cls):
        if cls.app is None:
            folder = Path(tempfile.mkdtemp(prefix="tracker-steps-"))
            make_office(settings_of(folder))
            cls.app = create_app(settings_of(folder), now=lambda: NOW)
        return cls.app

    @initialize(on=st.dates(date(2025, 11, 1), date(2026, 12, 20)), kind=st.sampled_from(ApplicantKind))
    def register(self, on, kind):
        self.context = self.open().app_context()
        self.context.push()
        agency = default_agency().id
        self.head = Actor("陈立", frozenset({Role.HEAD, Role.REVIEWER}), agency)
        request = RequestData(
            applicant=ApplicantData(kind=kind, name="某人"),
            arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=on),
            subject="某项批复",
            unit=None,
        )
        self.case_id = registering.register(request, actor=self.head, today=TODAY, now=NOW).id
        self.where, self.received, self.changed = "received", on, on
        self.lengthened = 0

    def words(self, name, on, draw):
        later = (on + timedelta(days=draw(st.integers(1, 40)))).isoformat()
        party = {
            "party": draw(st.sampled_from(("third_party", "agency", "co_maker", "other_agency"))),
            "name": draw(st.sampled_from("甲乙")),
        }
        details = {
            "ask_supplement": {"deadline_on": later, "items": "明确文件名称"},
            "consult": party,
            "end_consultation": party,
            "extend": {"days": draw(st.integers(1, 21)), "reason": "内容较多"},
            "delay": {"until_on": later},
            "assign": {"handler": "周明"},
            "withdraw": {"reason": "申请人书面撤回"},
        }.get(name, {})
        more = {"basis": stated(name), "reason": "写明理由", "method": "post"} if name in ENDS else {}
        return {**details, **more}

    @precondition(lambda self: hasattr(self, "where"))
    @rule(data=st.data(), name=st.sampled_from(list(LAWFUL)), days=st.integers(-9, 30))
    def try_a_step(self, data, name, days):
        on = self.changed + timedelta(days=days)
        entry = Entry(name, on, self.words(name, on, data.draw))
        before = self.entries()
        lawful = self.is_lawful(entry)
        try:
            step.take(self.case_id, entry, actor=self.head, today=TODAY, now=NOW, override="确有必要")
        except DomainError:
            db.session.rollback()
            assert self.entries() == before, "a refused step left a trace"
            return
        assert lawful, f"an unlawful step got in: {entry} while {self.where}"
        assert self.entries() > before
        self.note(entry)

    @precondition(lambda self: hasattr(self, "where") and self.where in OPEN)
    @rule(data=st.data(), days=st.integers(0, 12))
    def take_a_lawful_step(self, data, days):
        on = self.changed + timedelta(days=days)
        names = [name for name, (sources, _to) in LAWFUL.items() if self.where in sources]
        name = data.draw(st.sampled_from(names))
        self.try_one(Entry(name, on, self.words(name, on, data.draw)))

    def try_one(self, entry):
        try:
            step.take(self.case_id, entry, actor=self.head, today=TODAY, now=NOW, override="确有必要")
        except DomainError:  # what the facts forbid for good: a late payment, an end of no consultation
            db.session.rollback()
            return
        assert self.is_lawful(entry)
        self.note(entry)

    def is_lawful(self, entry):
        sources, _to = LAWFUL[entry.step]
        fits = entry.step != "extend" or self.lengthened + entry.details["days"] <= 20
        return self.where in sources and self.changed <= entry.on <= TODAY and fits

    def note(self, entry):
        _sources, to = LAWFUL[entry.step]
        if entry.step == "extend":
            self.lengthened += entry.details["days"]
        if entry.step in ("receive_supplement", "pay"):
            self.lengthened = 0
        if to and to != self.where:
            self.where, self.changed = to, entry.on

    def entries(self):
        return db.session.scalar(
            select(func.count()).select_from(CaseEvent).where(CaseEvent.case_id == self.case_id)
        )

    @precondition(lambda self: hasattr(self, "where"))
    @invariant()
    def the_restated_state_is_the_one_that_the_steps_led_to(self):
        db.session.expire_all()
        assert db.session.get(Case, self.case_id).state == self.where

    def teardown(self):
        if not hasattr(self, "where"):
            return
        # The chain, every restated column, and table 3 of each year by query and by reading ledgers.
        found = [f"{found.where} {found.message}" for found in inspection.inspect(today=TODAY)]
        db.session.remove()
        self.context.pop()
        assert found == []


TestOfficeBySteps = Office.TestCase
TestOfficeBySteps.settings = settings(
    deadline=None,
    derandomize=not EXAMPLES,
    max_examples=int(EXAMPLES or 300) // 12,
    stateful_step_count=12,
    phases=(
        Phase.explicit,
        Phase.generate,
    ),  # a failing run is told as it is: making it shorter takes minutes
)
