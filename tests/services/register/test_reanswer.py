"""An answer ordered anew: its own term, letters and service; table 3 and its identities stay as they were."""

import pytest

from tests import letters as made_up
from tests.jobs.test_jobs import load, received
from tracker.domain.errors import GuardError, InvalidDetailError, NotFoundError
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import Attempt
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.remedy import CORRECTED, RECONSIDERATION, table4
from tracker.domain.report.table3 import cells, identities
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.duty import OpenDuty
from tracker.models.reads.remedy import remedies
from tracker.models.reads.table3 import table3_of_years
from tracker.services.letter import letter as letters
from tracker.services.letter import service
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office import office as offices
from tracker.services.operations import inspection
from tracker.services.register import register as registers

REMEDIES, REANSWERS = BY_NAME["remedies"], BY_NAME["reanswers"]
NUMBER = "测政复〔2026〕7号"
KIND = BY_KEY["refused_process_information.process"]


@pytest.fixture
def by(app, actor, clock):
    return lambda: registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())


@pytest.fixture
def annulled(by):
    """A refusal that was annulled: received on 2 March, answered on the 9th, annulled and received on the 16th."""
    made_up.set_up()
    who = {"kind": "natural_person", "name": "王一", "phone": "13800000000"}
    refused = {
        "step": "answer",
        "on": "2026-03-09",
        "outcome": "refused_process_information",
        "reason": "属于讨论记录",
    }
    load({**received("2026-03-02", "A-1", {"step": "accept", "on": "2026-03-03"}, refused), "applicant": who})
    raw = {
        "kind": "reconsideration", "number": NUMBER, "organ": "某区人民政府", "filed_on": "2026-03-10",
        "case_number": "A-1", "result": "annulled", "closed_on": "2026-03-13",
    }  # fmt: skip
    return registers.keep(REMEDIES, raw, by=by()).case_id


def anew(by, **more):
    raw = {"remedy_number": NUMBER, "received_on": "2026-03-16", **more}
    return registers.keep(REANSWERS, raw, by=by())


def due():
    query = db.session.query(OpenDuty).filter(OpenDuty.kind == "reanswer")
    return [(duty.name, duty.due_on.isoformat()) for duty in query]


def findings(clock):
    return [found.message for found in inspection.inspect(today=clock.today) if "期限" in found.message]


def test_it_waits_twenty_working_days_or_until_the_day_of_the_decision_and_ends_with_its_service(
    annulled, by, clock
):
    row = anew(by)
    by_practice = due()
    change = {"until_on": "2026-03-31"}
    row = registers.keep(REANSWERS, change, by=by(), row_id=row.id, version=row.version)
    by_decision = due()
    clock.set("2026-03-27")
    served = {"outcome": "disclosed", "decided_on": "2026-03-26", "served_on": "2026-03-27", "method": "post"}
    registers.keep(REANSWERS, served, by=by(), row_id=row.id, version=row.version)

    assert (by_practice, by_decision, due()) == (
        [("reanswer", "2026-04-14")], [("reanswer", "2026-03-31")], [],
    )  # fmt: skip
    assert findings(clock) == []


def test_table_3_and_the_request_stay_as_they_were_and_table_4_has_it_as_corrected(
    annulled, by, agency_id, clock
):
    before = table3_of_years(agency_id, 2026, 2026), db.session.get_one(Case, annulled).state
    row = anew(by)
    served = {
        "outcome": "disclosed",
        "decided_on": "2026-03-16",
        "served_on": "2026-03-16",
        "method": "in_person",
    }
    registers.keep(REANSWERS, served, by=by(), row_id=row.id, version=row.version)
    db.session.expire_all()

    assert (table3_of_years(agency_id, 2026, 2026), db.session.get_one(Case, annulled).state) == before
    counted = table4(remedies(agency_id, 2026), 2026, offices.counting(2026))
    assert counted[RECONSIDERATION] == {"upheld": 0, CORRECTED: 1, "other": 0, "pending": 0, "total": 1}
    assert identities(cells(table3_of_years(agency_id, 2026, 2026)[2026])) == []


def test_the_result_that_was_annulled_is_objected_to_in_the_register_and_in_the_letter(
    annulled, by, actor, clock
):
    row = anew(by)
    again = {"outcome": "refused_process_information"}
    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(REANSWERS, again, by=by(), row_id=row.id, version=row.version)
    typed = made_up.typed(KIND, reanswer=row.id)
    with pytest.raises(InvalidDetailError, match="同一的事实和理由"):
        letters.make(annulled, typed, actor=actor(Role.HEAD), today=clock.today, now=clock())

    assert list(refused.value.fields) == ["why_same"]


def test_its_letters_hang_on_the_request_and_name_it_and_no_other_s(annulled, by, actor, clock):
    row = anew(by)
    given = BY_KEY["disclosed.given"]
    moment = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
    letter = letters.make(annulled, made_up.typed(given, reanswer=row.id), **moment)
    with pytest.raises(InvalidDetailError, match="现在不能制作"):
        letters.make(annulled, made_up.typed(given), **moment)
    registers.withdraw(REANSWERS, row.id, "登记有误", by=by())
    with pytest.raises(NotFoundError):
        letters.make(annulled, made_up.typed(given, reanswer=row.id), **moment)

    assert (letter.case_id, letter.reanswer_id) == (annulled, row.id)
    assert (letter.told_step, service.takes(letter)) == ("", False)  # served, it is no step of the request
    assert (due(), findings(clock)) == ([], [])


def test_an_answer_ordered_anew_gives_nothing_without_its_review_which_is_kept(annulled, by, actor, clock):
    """条例第17条."""
    head, moment = actor(Role.HEAD), {"today": clock.today, "now": clock()}
    typed = made_up.typed(BY_KEY["disclosed.given"], reanswer=anew(by).id)
    letter = letters.make(annulled, typed, actor=head, **moment)

    def serve(**reviewed):
        posted = Attempt(way="post", handed_on=clock.today, carrier="ems", tracking="1012345678901")
        given = ServiceExtras(override="已核对", reviewed=reviewed)
        return service.record(letter.id, posted, given, case_id=annulled, by=Serving(actor=head, **moment))

    review = {"reviewed_on": "2026-03-16", "review": "可以公开"}
    with pytest.raises(GuardError, match="审查人"):
        serve()
    with pytest.raises(GuardError, match="不能是拟稿人"):
        serve(reviewer=head.name, **review)
    assert "审查人：何法；审查日期：2026-03-16；审查结论：可以公开" in serve(reviewer="何法", **review).reason
    assert service.asks_review(letter) == []


def test_a_decision_that_is_withdrawn_orders_nothing(annulled, by, clock):
    row = anew(by)
    registers.withdraw(REMEDIES, row.remedy_id, "重复登记", by=by())

    assert (due(), findings(clock)) == ([], [])
