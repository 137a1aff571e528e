"""The lists that leave the program: each cell under its header."""

from datetime import date

import pytest
from sqlalchemy import select

from tests import registering
from tests.jobs.test_jobs import load, received
from tests.services.office.test_tampering import write
from tracker.domain import misfit
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.case.wish import Wishes
from tracker.domain.errors import NotPermittedError
from tracker.domain.exchange.request_column import EXPORTED
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.services.register import listing
from tracker.services.register import register as registers

pytestmark = pytest.mark.both  # order and filters

HEADERS = tuple(column.label for column in EXPORTED)


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

    assert filled(HEADERS, row) == {
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
        "甄别结论": "政府信息公开申请，LXF-2026-0001",
    }


def test_who_acts_and_what_is_wanted_stand_in_the_list_documents_and_contacts_only_where_they_are_asked_for(
    on_sqlite, actor, clock
):
    person = {"kind": ApplicantKind.NATURAL_PERSON}
    agent = ApplicantData(name="王五", phone="13900001111", id_kind="passport", id_number="E1", **person)
    request = RequestData(
        subject="规划图",
        applicant=ApplicantData(name="张三", id_kind="resident_id", id_number="11010519491231002X", **person),
        further=(ApplicantData(name="李四", address="中山路1号", **person),),
        representatives=(RepresentativeData(role="agent", person=agent, place=2, scope="special"),),
        wishes=Wishes(form="paper", way="post", help="视力一级", purpose="写论文"),
        arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=date(2026, 3, 12)),
    )
    head = actor(Role.HEAD)
    registering.register(request, actor=head, today=clock.today, now=clock())

    (plain,) = listing.case_rows(select(Case), clock.today)
    columns = listing.case_columns(personal=True, actor=head)
    (whole,) = listing.case_rows(select(Case), clock.today, columns)

    named = {
        "共同申请人": "李四", "代理人、监护人": "王五（委托代理人，特别授权），代李四",
        "所需信息的形式": "纸质", "获取信息的方式": "邮寄",
    }  # fmt: skip
    personal = {
        "证件类型": "居民身份证", "证件号码": "11010519491231002X", "用途": "写论文", "需要的无障碍帮助": "视力一级",
        "共同申请人、代理人的证件和联系方式": "李四：中山路1号；王五：护照E1，13900001111",
    }  # fmt: skip
    assert named.items() <= filled(HEADERS, plain).items()
    assert not any(str(word) in str(plain) for word in ("11010519491231002X", "13900001111", "视力", "论文"))
    assert (named | personal).items() <= filled([column.label for column in columns], whole).items()
    with pytest.raises(NotPermittedError):
        listing.case_columns(personal=True, actor=actor(Role.AUDITOR))


def test_a_request_whose_ledger_cannot_be_read_says_so_in_every_cell_but_its_own_words(
    app, registered, clock
):
    number = registered().number
    db.session.remove()
    write("UPDATE case_events SET step = 'nothing'")

    (row,) = listing.case_rows(select(Case), clock.today)

    cells = dict(zip(HEADERS, row, strict=True))
    assert (cells.pop("受理编号"), cells.pop("申请内容")) == (number, "规划图")
    assert set(cells.values()) == {misfit.WORDS}


def test_a_letter_in_the_list(app, registered, clock):
    case = registered()

    (row,) = listing.contact_rows(select(Contact))

    found = filled([header for header, _cell in listing.CONTACT_COLUMNS], row)
    assert (found["来件形式"], found["日期"], found["关联受理编号"]) == (
        "来信",
        date(2026, 3, 12),
        case.number,
    )


def test_what_happened_on_the_way_and_afterwards_stands_in_the_list(app, actor, clock):
    consulted = {"step": "consult", "on": "2026-01-14", "party": "third_party", "name": "某公司"}
    objected = {"step": "end_consultation", "on": "2026-01-20", "party": "third_party", "name": "某公司"}
    extended = {"step": "extend", "on": "2026-02-02", "days": 10, "approved_by": "陈立"}
    charged = {"step": "charge", "on": "2026-02-03", "way": "by_piece", "count": 12, "amount": "120"}
    paid = {"step": "pay", "on": "2026-02-04"}
    answered = {
        "step": "answer",
        "on": "2026-02-05",
        "outcome": "refused_third_party_rights",
        "method": "post",
    }
    objected |= {"opinion": "objects"}
    load(received("2026-01-12", "A-1", consulted, objected, extended, charged, paid, answered))
    remedy = {"kind": "reconsideration", "number": "复议9号", "case_number": "A-1", "organ": "市政府"}
    by = registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock())
    registers.keep(BY_NAME["remedies"], {**remedy, "filed_on": "2026-03-02"}, by=by)

    (row,) = listing.case_rows(select(Case), clock.today)

    found = filled([column.label for column in EXPORTED], row)
    assert found["征求意见情况"] == "某公司（第三方（第32条）），2026-01-14发出，2026-01-20回复，不同意公开"
    assert found["延期情况"] == "2026-02-02告知，10个工作日，陈立批准"
    assert found["收费情况"] == "2026-02-03通知，按件计收，12件，120元；2026-02-04缴费"
    assert found["送达方式"] == "邮寄送达（邮政企业）"
    assert found["行政复议、行政诉讼情况"] == "行政复议，复议9号，市政府，2026-03-02受理"
    assert found["甄别结论"] == "政府信息公开申请"


def test_a_long_list_is_read_a_portion_at_a_time_and_none_is_left_out(app, clock, monkeypatch):
    monkeypatch.setattr(listing, "PORTION", 2)
    load(*(received("2026-03-02", f"A-{number}") for number in range(5)))

    rows = listing.case_rows(select(Case), clock.today, order=(Case.number.desc(),))

    assert [row[0] for row in rows] == ["A-4", "A-3", "A-2", "A-1", "A-0"]
