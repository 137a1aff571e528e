"""The lists that leave the program: each cell under its header."""

from datetime import date

import pytest
from sqlalchemy import select

from tests import registering
from tests.services.office.test_tampering import write
from tracker.domain import misfit
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.services.register import listing


@pytest.fixture
def registered(actor, clock):
    def register() -> Case:
        request = RequestData(
            subject="规划图",
            applicant=ApplicantData(name="张三", kind=ApplicantKind.NATURAL_PERSON),
            arrival=Arrival(
                channel=Channel.REGISTERED_MAIL,
                arrived_on=date(2026, 3, 12),
                signed_on=date(2026, 3, 13),
                tracking_number="EMS-1",
            ),
        )
        return registering.register(request, actor=actor(Role.HEAD), today=clock.today, now=clock())

    return register


def filled(headers, row) -> dict:
    return {header: cell for header, cell in zip(headers, row, strict=True) if cell not in (None, "")}


def test_a_request_in_the_list(app, registered, clock):
    case = registered()

    (row,) = listing.case_rows(select(Case), clock.today)

    assert filled(listing.CASE_HEADERS, row) == {
        "受理编号": case.number,
        "申请人类型": "自然人",
        "申请人": "张三",
        "申请方式": "邮寄（挂号信、EMS，需签收）",
        "收到日期": date(2026, 3, 13),
        "申请内容": "规划图",
        "状态": "已收到",
        "答复期限": date(2026, 4, 13),
        "来件日期": date(2026, 3, 12),
        "签收日期": date(2026, 3, 13),
        "邮件号": "EMS-1",
        "登记时间": "2026-03-16 10:00",
        "登记人": "陈立",
        "收到至登记（工作日）": 1,
    }


def test_a_request_whose_ledger_cannot_be_read_says_so_in_every_cell_but_its_own_words(
    app, registered, clock
):
    number = registered().number
    db.session.remove()
    write("UPDATE case_events SET step = 'nothing'")

    (row,) = listing.case_rows(select(Case), clock.today)

    cells = dict(zip(listing.CASE_HEADERS, row, strict=True))
    assert (cells.pop("受理编号"), cells.pop("申请内容")) == (number, "规划图")
    assert set(cells.values()) == {misfit.WORDS}


def test_a_letter_in_the_list(app, registered, clock):
    case = registered()

    (row,) = listing.contact_rows(select(Contact))

    found = filled(listing.CONTACT_HEADERS, row)
    assert (found["来件形式"], found["日期"], found["关联受理编号"]) == (
        "来信",
        date(2026, 3, 12),
        case.number,
    )
