"""An answer ordered anew: its own term, letters and service; table 3 and its identities stay as they were."""

import pytest

from tests import letters as made_up
from tests.jobs.test_jobs import load, received
from tracker.domain.errors import GuardError, InvalidDetailError, NotFoundError
from tracker.domain.letter.index import BY_KEY
from tracker.domain.letter.service import Attempt, LaterResult
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.remedy import CORRECTED, RECONSIDERATION, table4
from tracker.domain.report.table3 import cells, identities
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.duty import OpenDuty
from tracker.models.reads.remedy import remedies, remedies_named
from tracker.models.reads.table3 import table3_of_years
from tracker.services.case import reanswer
from tracker.services.letter import letter as letters
from tracker.services.letter import service, service_result
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office import office as offices
from tracker.services.operations import inspection
from tracker.services.register import register as registers

REMEDIES, REANSWERS = BY_NAME["remedies"], BY_NAME["reanswers"]
REVIEWED = {"reviewer": "何法", "reviewed_on": "2026-03-16", "review": "可以公开"}
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
    served |= REVIEWED
    registers.keep(REANSWERS, served, by=by(), row_id=row.id, version=row.version)

    assert (by_practice, by_decision, due()) == (
        [("reanswer", "2026-04-14")], [("reanswer", "2026-03-31")], [],
    )  # fmt: skip
    assert findings(clock) == []


def test_nothing_is_answered_anew_that_no_recorded_decision_orders(annulled, by):
    with pytest.raises(registers.RowInvalidError) as early:
        anew(by, received_on="2026-03-12")
    decided = remedies_named(NUMBER, by().actor.agency_id)[0]
    pending = {"result": "", "closed_on": ""}
    registers.keep(REMEDIES, pending, by=by(), row_id=decided.id, version=decided.version)
    with pytest.raises(registers.RowInvalidError) as pending_still:
        anew(by)
    decided = remedies_named(NUMBER, by().actor.agency_id)[0]
    there = {"result": "ordered", "closed_on": "2026-03-13"}
    registers.keep(REMEDIES, there, by=by(), row_id=decided.id, version=decided.version)
    anew(by)
    decided = remedies_named(NUMBER, by().actor.agency_id)[0]
    with pytest.raises(registers.RowInvalidError) as taken_away:
        registers.keep(REMEDIES, pending, by=by(), row_id=decided.id, version=decided.version)

    assert "早于决定、裁判的日期（2026-03-13）" in early.value.fields["received_on"]
    assert "还没有登记责令重新答复的结果" in pending_still.value.fields["remedy_number"]
    assert "请先撤销它的登记" in taken_away.value.fields["result"]


def test_a_review_that_speaks_against_giving_lets_nothing_be_given(annulled, by):
    served = {"outcome": "disclosed", "decided_on": "2026-03-16", "served_on": "2026-03-16", "method": "post"}
    with pytest.raises(registers.RowInvalidError) as refused:
        anew(by, **served, **{**REVIEWED, "review": "不同意公开"})

    assert list(refused.value.fields) == ["review"]


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
        **REVIEWED,
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


def test_what_was_given_anew_on_paper_names_its_review_too(annulled, by):
    """条例第17条."""
    row = anew(by)
    given = {"outcome": "disclosed", "decided_on": "2026-03-16", "served_on": "2026-03-16", "method": "post"}

    def wrong(**more):
        with pytest.raises(registers.RowInvalidError) as refused:
            registers.keep(REANSWERS, {**given, **more}, by=by(), row_id=row.id, version=row.version)
        return set(refused.value.fields)

    assert wrong() == {"reviewer", "reviewed_on", "review"}
    assert wrong(**{**REVIEWED, "reviewer": by().actor.name}) == {"reviewer"}
    refusal = {**given, "outcome": "refused_third_party_rights"}
    row = registers.keep(REANSWERS, refusal, by=by(), row_id=row.id, version=row.version)
    row = registers.keep(REANSWERS, {**given, **REVIEWED}, by=by(), row_id=row.id, version=row.version)
    assert (row.reviewer, due()) == ("何法", [])


def test_serving_its_letter_ends_its_duty_and_the_register_types_no_day_of_its_own(
    annulled, by, actor, clock
):
    row, head, moment = anew(by), actor(Role.HEAD), {"today": clock.today, "now": clock()}
    letter = letters.make(
        annulled, made_up.typed(BY_KEY["disclosed.given"], reanswer=row.id), actor=head, **moment
    )
    assert due() == [("reanswer", "2026-04-14")]
    posted = Attempt(way="post", handed_on=clock.today, carrier="ems", tracking="1012345678901")
    serving = Serving(actor=head, **moment)
    given = ServiceExtras(reviewed=REVIEWED)
    served = service.record(letter.id, posted, given, case_id=annulled, by=serving)
    db.session.expire_all()

    assert (reanswer.served_on(row), row.served_on, due()) == (clock.today, None, [])
    assert findings(clock) == []
    typed = {"outcome": "disclosed", "decided_on": "2026-03-16", "served_on": "2026-03-16", "method": "post"}
    clock.set("2026-03-18")
    other = {**typed, "served_on": "2026-03-17"}
    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(REANSWERS, other, by=by(), row_id=row.id, version=row.version)
    assert list(refused.value.fields) == ["served_on"]
    registers.keep(REANSWERS, typed, by=by(), row_id=row.id, version=row.version)

    blank = dict.fromkeys(typed, "")
    db.session.expire_all()
    registers.keep(REANSWERS, blank, by=by(), row_id=row.id, version=row.version)
    serving = Serving(actor=head, today=clock.today, now=clock())
    void = LaterResult("void", clock.today)
    service_result.add(served.id, void, note="误录", letter_id=letter.id, case_id=annulled, by=serving)
    assert (reanswer.served_on(row), due()) == (None, [("reanswer", "2026-04-14")])
