"""The term of a request about one's own data: counted by the practice, kept among the open duties, over once answered."""

from datetime import date

import pytest

from tests.jobs.test_jobs import load, received
from tests.practice import set_practice
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.duty import OpenDuty
from tracker.services.register import duty
from tracker.services.register import register as registers

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
REQUESTS = BY_NAME["personal-requests"]
ROW = {"received_on": "2026-03-02", "kind": "deletion", "asked": "删除我的申请", "case_number": "A-1"}


@pytest.fixture
def by(app, actor, clock):
    load(received("2026-02-02", "A-1", {"step": "answer", "on": "2026-02-05", "outcome": "disclosed"}))
    return registers.By(actor=actor(Role.REGISTRAR), today=clock.today, now=clock())


def due() -> list[tuple[str, date]]:
    return [(row.kind, row.due_on) for row in db.session.query(OpenDuty) if row.kind == "personal"]


def test_it_is_due_after_the_days_of_the_practice_until_it_is_answered(by):
    row = registers.keep(REQUESTS, ROW, by=by)
    first = due()
    set_practice(personal_request_days=5)
    later = due()
    answered = {"answered_on": "2026-03-06", "result": "bound"}
    registers.keep(REQUESTS, answered, by=by, row_id=row.id, version=row.version)

    assert first == [("personal", date(2026, 3, 23))]
    assert later == [("personal", date(2026, 3, 9))]
    assert due() == []
    assert list(duty.misstated(by.today)) == []


def test_a_deletion_is_refused_while_the_file_is_kept_and_nothing_changes(by):
    row = registers.keep(REQUESTS, ROW, by=by)
    with pytest.raises(InvalidDetailError) as refused:
        registers.keep(
            REQUESTS,
            {"answered_on": "2026-03-06", "result": "granted"},
            by=by,
            row_id=row.id,
            version=row.version,
        )

    assert "档案法第13、14条" in refused.value.fields["result"]
    assert row.answered_on is None


def test_a_letter_that_is_not_registered_is_refused_at_its_field(by):
    with pytest.raises(InvalidDetailError) as refused:
        registers.keep(REQUESTS, {**ROW, "contact_number": "L-9"}, by=by)

    assert "没有登记编号L-9" in refused.value.fields["contact_number"]
