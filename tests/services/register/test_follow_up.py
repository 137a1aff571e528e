"""Days from the registers that the law knows: kept as duties, told, ended, and found where they are not right."""

import pytest

from tests.independent_clock import nth_worked
from tests.jobs.test_jobs import load, received
from tests.statements import listened
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.duty import OpenDuty
from tracker.models.follow_up import Complaint
from tracker.models.outbox import Message
from tracker.services.job import reminder
from tracker.services.office import user
from tracker.services.operations import inspection
from tracker.services.register import register as registers


@pytest.fixture
def keep(app, actor, clock):
    def run(register, row=None, **raw):
        by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
        known = {"row_id": row.id, "version": row.version} if row else {}
        return registers.keep(BY_NAME[register], raw, by=by, **known)

    return run


def duties(kind):
    query = db.session.query(OpenDuty).filter(OpenDuty.kind == kind).order_by(OpenDuty.due_on)
    return [(duty.name, duty.due_on.isoformat()) for duty in query]


def findings(clock):
    return [found.message for found in inspection.inspect(today=clock.today) if "期限" in found.message]


def test_a_guide_is_brought_up_to_date_within_twenty_working_days_of_the_change(keep, clock):
    """条例第12、26条."""
    row = keep("guides", changed_on="2026-03-02", change="办公地址")
    waiting = duties("guide")
    keep("guides", row, updated_on="2026-03-10")

    assert waiting == [("guide_update", nth_worked(row.changed_on, 20).isoformat())]
    assert (duties("guide"), findings(clock)) == ([], [])


def test_what_is_still_refused_is_reviewed_again_on_its_day_and_the_next_review_ends_that(keep, clock):
    """条例第18条."""
    first = keep("refusal-reviews", reviewed_on="2026-02-02", information="会议纪要", next_on="2026-03-10")
    waiting = duties("review")
    second = keep("refusal-reviews", reviewed_on="2026-03-09", information="会议纪要", next_on="2027-03-09")
    then = duties("review")
    keep("refusal-reviews", second, information="另一份纪要")
    both = duties("review")
    keep("refusal-reviews", first, conclusion="publish")

    assert waiting == [("refusal_review", "2026-03-10")]
    assert then == [("refusal_review", "2027-03-09")]
    assert both == [("refusal_review", "2026-03-10"), ("refusal_review", "2027-03-09")]
    assert (duties("review"), findings(clock)) == ([("refusal_review", "2027-03-09")], [])


def test_an_order_of_the_authority_waits_until_the_day_that_it_sets(keep, clock):
    """条例第47条."""
    row = keep(
        "complaints", received_on="2026-03-02", matter="逾期答复", source="authority", until_on="2026-03-20"
    )
    waiting = duties("complaint")
    keep("complaints", row, answered_on="2026-03-12", result="founded")

    assert (waiting, duties("complaint"), findings(clock)) == ([("complaint", "2026-03-20")], [], [])


def test_a_correction_that_was_asked_for_has_no_day_in_the_law_and_sets_none(keep):
    keep("corrections", received_on="2026-03-02", record="本人登记信息")

    assert db.session.query(OpenDuty).all() == []


def test_a_row_about_a_request_is_linked_to_it(keep):
    load(received("2026-02-03", "A-1"))
    row = keep("complaints", received_on="2026-03-02", matter="逾期答复", case_number="A-1")

    assert (db.session.get(Complaint, row.id).case_id, row.case_number) == (1, "A-1")
    with pytest.raises(registers.RowInvalidError, match="1处"):
        keep("complaints", received_on="2026-03-03", matter="逾期答复", case_number="A-9")


def test_the_head_is_reminded_of_a_register_s_day(keep, agency_id, clock):
    user.create_by_command(
        agency_id=agency_id, login="head", name="陈立", roles=[Role.HEAD], now=clock(), email="h@example.org"
    )
    keep("complaints", received_on="2026-03-02", matter="逾期答复", until_on="2026-03-19")
    reminder.remind(on=clock.today, now=clock())

    assert [(m.number, m.duty) for m in db.session.query(Message)] == [("投诉-1", "complaint")]


def test_a_review_is_kept_by_as_many_statements_however_many_reviews_are_open(keep):
    """条例第18条."""
    asked = []
    for place in range(4):
        db.session.expire_all()
        with listened(db.engine) as statements:
            keep(
                "refusal-reviews", reviewed_on="2026-02-02", information=f"纪要{place}", next_on="2026-03-10"
            )
        asked.append(len(statements.asked))

    assert asked[1] == asked[-1]  # the first reads the calendar and the practice
