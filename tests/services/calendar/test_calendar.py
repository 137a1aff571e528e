"""The calendar that the office keeps: what it moves is on each case's ledger, in one transaction."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests import registering
from tests.histories import stated
from tests.practice import set_practice
from tracker.domain.calendar import notice as notices
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import InvalidDetailError, NotPermittedError, UnreadableNoticeError
from tracker.domain.law import law
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.calendar import CalendarNotice
from tracker.models.case import Case
from tracker.services.calendar import calendar
from tracker.services.case import step
from tracker.services.office import office
from tracker.services.office.actor import system
from tracker.services.operations import inspection, setup

OF_2027 = """关于2027年放假的说明，转自门户网站
国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
各省、自治区、直辖市：2027年放假如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五，除夕）至11日（周四）放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假，不调休。
六、中秋节：9月15日（周三）放假，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月20日
"""
LONGER = """国务院办公厅关于延长2027年春节假期的通知
国办发明电〔2027〕1号
一、延长2027年春节假期至2月14日（周日），2月15日（周一）起正常上班。
国务院办公厅 2027年2月4日
"""


@pytest.fixture
def head(actor):
    return actor(Role.HEAD)


@pytest.fixture
def received(actor, clock):
    """Register a request handed in on a day of December 2026."""
    clock.set("2026-12-20")

    def make(on: str, way: Channel = Channel.IN_PERSON, **days: date) -> Case:
        arrival = Arrival(channel=way, arrived_on=date.fromisoformat(on), **days)
        who = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name="王一")
        request = RequestData(applicant=who, arrival=arrival, subject=f"{on}的事")
        return registering.register(request, actor=actor(Role.REGISTRAR), today=clock.today, now=clock())

    return make


@pytest.fixture
def keep(head, clock):
    def act(text: str = OF_2027, by=None):
        return calendar.keep(text, actor=by or head, today=clock.today, now=clock())[1]

    return act


def findings(clock):
    return [f"{found.where} {found.message}" for found in inspection.inspect(today=clock.today)]


def test_a_notice_kept_makes_its_year_published_for_everything_that_counts(app, keep):
    assert office.calendar().status(2027) == "provisional"

    keep()

    assert office.calendar().status(2027) == "published"
    assert office.calendar().is_working_day(date(2027, 1, 31))
    assert not office.calendar().is_working_day(date(2027, 2, 11))


def test_a_kept_notice_moves_the_due_day_and_says_so_on_the_timeline(app, received, keep, clock):
    case = received("2026-12-15")
    assert (case.due_on, case.due_is_provisional) == (date(2027, 1, 13), True)
    late = received("2026-12-16")
    step.take(
        late.id, Entry("extend", clock.today, {"days": 20, "reason": "多", "approved_by": "陈立"}),
        actor=system(late.agency_id), today=clock.today, now=clock(), override="负责人在纸上同意",
    )  # fmt: skip
    before = db.session.get(Case, late.id).due_on

    keep()

    case, late = db.session.get(Case, case.id), db.session.get(Case, late.id)
    assert (case.due_on, case.due_is_provisional) == (date(2027, 1, 13), False)
    assert (late.due_on, late.due_is_provisional) == (date(2027, 2, 16), False)
    entry = late.events[-1]
    assert (entry.step, entry.from_state, entry.to_state) == ("recompute", "processing", "processing")
    assert entry.details == {
        "duty": "reply",
        "due_from": before.isoformat(),
        "due_to": "2027-02-16",
        "reason": "国务院办公厅关于2027年部分节假日安排的通知",
    }
    assert findings(clock) == []


def test_what_would_move_is_shown_before_it_is_kept_and_nothing_is_kept_by_looking(
    app, received, keep, clock
):
    case = received("2026-12-15")

    shown = calendar.effect(notices.read(OF_2027).notice, today=clock.today)

    assert [(m.number, m.dates) for m in shown.moves] == [
        (case.number, (("reply", date(2027, 1, 13), date(2027, 1, 13)),))
    ]
    assert db.session.scalars(select(CalendarNotice)).all() == []
    assert keep().moves == shown.moves


def test_a_case_whose_dates_lie_before_the_change_is_left_alone(app, received, keep):
    case = received("2026-12-01")
    version = case.version

    keep()

    case = db.session.get(Case, case.id)
    assert (case.version, [e.step for e in case.events]) == (version, ["receive"])


def test_the_day_by_which_a_third_party_must_answer_moves_too(app, received, keep, clock):
    clock.set("2026-12-28")
    case = received("2026-12-28")
    clock.set("2027-01-25")
    who = {"party": "third_party", "name": "甲公司", "received_on": "2027-01-22"}
    sent = Entry("consult", date(2027, 1, 22), who)
    step.take(case.id, sent, actor=system(case.agency_id), today=clock.today, now=clock())
    assert step.standing(db.session.get(Case, case.id)).consultations[0].limit_on == date(2027, 2, 16)

    keep()

    case = db.session.get(Case, case.id)
    assert step.standing(case).consultations[0].limit_on == date(2027, 2, 17)
    assert findings(clock) == []


def test_a_later_notice_that_lengthens_a_holiday_wins(app, keep, clock):
    keep()
    clock.set("2027-02-05")

    done = keep(LONGER)

    assert not done.says_nothing_new
    assert not office.calendar().is_working_day(date(2027, 2, 12))
    assert not office.calendar().is_working_day(date(2027, 2, 13))
    assert office.calendar().is_working_day(date(2027, 2, 15))


def test_a_notice_kept_twice_says_nothing_new(app, keep):
    assert not keep().says_nothing_new
    assert keep().says_nothing_new
    assert len(db.session.scalars(select(CalendarNotice)).all()) == 1


def test_a_text_that_cannot_be_read_keeps_nothing(app, keep):
    with pytest.raises(UnreadableNoticeError):
        keep("一、元旦：放假。2027年")
    assert db.session.scalars(select(CalendarNotice)).all() == []


def test_a_registrar_may_not_keep_a_notice(app, keep, actor):
    with pytest.raises(NotPermittedError):
        keep(by=actor(Role.REGISTRAR))


def test_a_notice_withdrawn_gives_every_date_back(app, received, keep, head, clock):
    case = received("2026-12-15")
    keep()
    row = db.session.scalar(select(CalendarNotice))

    calendar.withdraw(row.id, "贴错了", actor=head, today=clock.today, now=clock())

    case = db.session.get(Case, case.id)
    assert office.calendar().status(2027) == "provisional"
    assert (case.due_on, case.due_is_provisional) == (date(2027, 1, 13), True)
    assert [e.step for e in case.events] == ["receive", "recompute", "recompute"]
    assert findings(clock) == []


def test_a_local_holiday_needs_its_reason(app, clock):
    with pytest.raises(InvalidDetailError, match="理由"):
        calendar.local_day([date(2027, 3, 3)], "三月三", " ", works=False, today=clock.today)


def test_a_local_holiday_moves_the_cases_of_this_office(app, received, head, clock):
    clock.set("2026-11-26")
    case = received("2026-11-25")
    assert case.due_on == date(2026, 12, 23)
    found = calendar.local_day([date(2026, 12, 2)], "开斋节", "自治区政府令", works=False, today=clock.today)

    calendar.keep_local(found, "自治区政府令第1号", actor=head, today=clock.today, now=clock())

    assert db.session.get(Case, case.id).due_on == date(2026, 12, 24)
    assert findings(clock) == []


def test_a_local_make_up_day_takes_a_day_off_the_term(app, received, head, clock):
    case = received("2026-11-25")
    found = calendar.local_day([date(2026, 12, 5)], "补班", "自治区政府令", works=True, today=clock.today)

    calendar.keep_local(found, "自治区政府令第1号", actor=head, today=clock.today, now=clock())

    assert db.session.get(Case, case.id).due_on == date(2026, 12, 22)


def test_a_practice_that_touches_cases_is_counted_through_at_once(app, received, clock):
    case = received("2026-11-25")
    words = {"decided_on": "2026-12-10", "method": "post", "basis": stated("disclosed")}
    clock.set("2027-01-05")
    step.take(
        case.id, Entry("disclosed", date(2027, 1, 4), words),
        actor=system(case.agency_id), today=clock.today, now=clock(),
    )  # fmt: skip
    assert db.session.get(Case, case.id).closed_on == date(2027, 1, 4)

    set_practice(year_of_result="decided")

    assert db.session.get(Case, case.id).closed_on == date(2026, 12, 10)
    assert findings(clock) == []
    assert setup.recount(now=clock()) == 0


def test_a_new_row_of_the_law_counts_the_requests_received_under_it_anew(app, received, clock, monkeypatch):
    new, old = received("2026-12-15"), received("2026-12-14")
    setup.recount(now=clock())
    shorter = replace(law.newest(), since=date(2026, 12, 15), reply=replace(law.newest().reply, days=10))
    monkeypatch.setattr(law, "DECREES", (*law.DECREES, shorter))

    setup.recount(now=clock())

    assert [str(db.session.get(Case, case.id).due_on) for case in (new, old)] == ["2026-12-29", "2027-01-12"]
    assert db.session.get(Case, new.id).events[-1].step == "recompute"
    assert findings(clock) == []


def test_a_request_registered_while_a_notice_is_kept_waits_for_it(app, received):
    done, started = [], threading.Event()

    def register():
        with app.app_context():
            started.wait(60)
            done.append(received("2026-12-15").due_on)

    thread = threading.Thread(target=register)
    thread.start()
    with transaction(alone=True):
        started.set()
        thread.join(0.5)
        assert (thread.is_alive(), done) == (True, [])
    thread.join(60)
    assert done == [date(2027, 1, 13)]
