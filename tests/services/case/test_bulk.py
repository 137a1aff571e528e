"""Work on many cases by one act: each case by its own rules, one transaction, and a second click does nothing."""

import threading

import pytest
from sqlalchemy import func, select

from tests.jobs.test_jobs import load, received
from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case, CaseEvent
from tracker.models.case_note import InternalNote
from tracker.models.outbox import Message
from tracker.models.user import AuditEntry
from tracker.services.case import bulk
from tracker.services.case.bulk import Assignment, Ticked
from tracker.services.mail import mailbox
from tracker.services.office import unit, user
from tracker.services.office.actor import Actor, system
from tracker.services.operations import inspection

ANSWERED = {"step": "answer", "outcome": "disclosed", "on": "2026-03-05"}


@pytest.fixture
def moment(clock):
    return {"today": clock.today, "now": clock()}


@pytest.fixture
def head(app, agency_id, planning, clock):
    """The head of an office with three open requests and one that is answered."""
    words = {
        "login": "zhou",
        "name": "周明",
        "roles": [Role.HANDLER],
        "email": "z@example.org",
        "now": clock(),
    }
    user.create_by_command(agency_id=agency_id, unit_id=planning.id, **words)
    load(*(received("2026-03-02", f"A-{n}") for n in range(3)), received("2026-03-02", "A-9", ANSWERED))
    return Actor("陈立", frozenset({Role.HEAD}), agency_id)


def ticked() -> list[Ticked]:
    return [Ticked(row.id, row.version) for row in db.session.scalars(select(Case).order_by(Case.number))]


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(CaseEvent)) or 0


def test_the_rows_that_may_be_are_assigned_and_each_other_says_why_not(head, planning, moment):
    chosen = ticked()
    with transaction():
        row = db.session.get_one(Case, chosen[1].case_id)
        row.version += 1

    results = bulk.assign(chosen, Assignment(planning.name, "周明"), actor=head, **moment)

    assert [bool(one.why) for one in results] == [False, True, False, True]
    assert "刚刚被他人办理过" in results[1].why
    assert "转办" in results[3].why
    assigned = db.session.scalars(
        select(Case.number).where(Case.handler == "周明").order_by(Case.number)
    ).all()
    assert assigned == ["A-0", "A-2"]


def test_a_second_click_writes_nothing(head, planning, moment):
    bulk.assign(ticked(), Assignment(planning.name, "周明"), actor=head, **moment)
    before = entries()

    again = bulk.assign(ticked(), Assignment(planning.name, "周明"), actor=head, **moment)

    assert entries() == before
    assert all(one.why for one in again)
    assert "没有变化" in again[0].why


def test_a_handler_is_refused_the_rows_of_another_unit_and_keeps_the_others(
    head, planning, agency_id, moment
):
    other = unit.create(
        name="法规股",
        kind="股室",
        liaison_name="",
        liaison_email="",
        actor=system(agency_id),
        now=moment["now"],
    )
    first, second, *_more = ticked()
    bulk.assign([first], Assignment("法规股"), actor=head, **moment)
    bulk.assign([second], Assignment(planning.name), actor=head, **moment)
    handler = Actor("周明", frozenset({Role.HANDLER}), agency_id, unit_id=planning.id)

    results = bulk.assign(ticked()[:2], Assignment(handler="周明"), actor=handler, **moment)

    assert other.name == "法规股"
    assert ["其他单位" in one.why for one in results] == [True, False]


def test_one_note_is_written_on_each_once_and_stands_in_no_ledger(head, moment):
    before = entries()
    for _click in range(2):
        results = bulk.write_note(ticked(), "等市局的统一口径", actor=head, now=moment["now"])

    assert [one.why for one in results] == ["今天已经写过同样的备注。"] * 4
    assert db.session.scalars(select(InternalNote.body)).all() == ["等市局的统一口径"] * 4
    assert entries() == before
    noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "noted")
    assert db.session.scalar(noted) == 4


def test_handlers_are_reminded_once_a_day_and_a_closed_case_of_nobody(head, planning, moment):
    bulk.assign(ticked(), Assignment(planning.name, "周明"), actor=head, **moment)

    first = bulk.urge(ticked(), actor=head, **moment)
    second = bulk.urge(ticked(), actor=head, **moment)

    assert [one.why for one in first] == ["", "", "", "没有待办的期限，不用催办"]
    assert [one.why for one in second][:3] == ["今天已经催办过"] * 3
    mails = db.session.scalars(select(Message).where(Message.key.startswith("urged|"))).all()
    assert [(mail.name, mail.number) for mail in mails] == [("周明", f"A-{n}") for n in range(3)]
    assert "陈立催办" in mails[0].title
    assert [row.title for row, _digest in mailbox.of_case(mails[0].subject_id)] == [mails[0].title]


def test_nothing_is_done_for_nobody_and_for_too_many(head, planning, moment):
    for chosen in ([], [Ticked(n) for n in range(bulk.MOST + 1)]):
        with pytest.raises(InvalidDetailError, match="请选择1至500件"):
            bulk.assign(chosen, Assignment(planning.name), actor=head, **moment)
    with pytest.raises(InvalidDetailError, match="承办单位或者承办人"):
        bulk.assign(ticked(), Assignment(), actor=head, **moment)


def test_a_persons_cases_go_to_another_with_the_reason_and_one_mail(head, planning, moment, agency_id):
    bulk.assign(ticked(), Assignment(planning.name, "周明"), actor=head, **moment)
    words = {
        "login": "wu",
        "name": "吴新",
        "roles": [Role.HANDLER],
        "email": "w@example.org",
        "now": moment["now"],
    }
    taker, _once = user.create_by_command(agency_id=agency_id, unit_id=planning.id, **words)

    results = bulk.hand_over(ticked()[:2], "周明", taker, "休产假", actor=head, **moment)

    assert [one.why for one in results] == ["", ""]
    rows = db.session.scalars(select(Case).order_by(Case.number)).unique().all()
    assert [row.handler for row in rows] == ["吴新", "吴新", "周明", None]
    assert rows[0].events[-1].details["reason"] == "交接（周明）：休产假"
    (mail,) = db.session.scalars(select(Message).where(Message.key.startswith("handed|"))).all()
    assert (mail.name, "2件" in mail.title, "A-0、A-1" in mail.text) == ("吴新", True, True)
    for reason, person in (("", taker), ("调岗", user.by_login("zhou"))):
        with pytest.raises(InvalidDetailError):
            bulk.hand_over(ticked(), "周明", person, reason, actor=head, **moment)


def test_an_act_on_many_is_undone_within_the_minute_and_stays_in_each_ledger(head, planning, clock, moment):
    done = [
        (one.case_id, one.seq)
        for one in bulk.assign(ticked(), Assignment(planning.name, "周明"), actor=head, **moment)
        if one.seq
    ]

    results = bulk.take_back(done, actor=head, **moment)
    again = bulk.take_back(done, actor=head, **moment)

    assert [one.why for one in results] == ["", "", ""]
    assert all("不能撤销" in one.why for one in again)
    row = db.session.scalars(select(Case).order_by(Case.number)).unique().first()
    assert (row.handler, [event.step for event in row.events]) == (None, ["receive", "assign", "correct"])


@pytest.mark.both
def test_an_undo_and_another_s_act_on_many_at_one_moment_leave_ledgers_that_agree(
    app, head, planning, moment
):
    """Each case was undone and then assigned, or assigned so that nothing could be undone any more."""
    other = Actor("李副", frozenset({Role.HEAD}), head.agency_id)
    for to in ("周明", "吴新"):
        seqs = [
            (one.case_id, one.seq)
            for one in bulk.assign(
                [Ticked(one.case_id) for one in ticked()],
                Assignment(planning.name, to),
                actor=head,
                **moment,
            )
            if one.seq
        ]
        chosen = [one for one in ticked() if one.case_id in dict(seqs)]
        came: dict[str, list[bool]] = {}
        start = threading.Barrier(2)

        def at_once(name, act, came=came, start=start):
            with app.app_context():
                start.wait()
                came[name] = [not one.why for one in act()]
                db.session.remove()

        db.session.rollback()
        acts = {
            "undo": lambda seqs=seqs: bulk.take_back(seqs, actor=head, **moment),
            "assign": lambda chosen=chosen: bulk.assign(
                chosen, Assignment(handler="郑新"), actor=other, **moment
            ),
        }
        threads = [threading.Thread(target=at_once, args=pair) for pair in acts.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(came) == ["assign", "undo"]
        assert [one != two for one, two in zip(came["undo"], came["assign"], strict=True)] == [True] * 3
        db.session.rollback()
        assert list(inspection.inspect(today=moment["today"])) == []
