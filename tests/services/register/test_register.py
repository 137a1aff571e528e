"""The registers behind the report: rules, review before publication, history, withdrawal."""

import json
from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tests.practice import set_practice
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError, StepNotAllowedError
from tracker.domain.exchange.header import accepted
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME, REGISTERS
from tracker.models.agency import Agency
from tracker.models.base import ZONE, db, transaction
from tracker.models.duty import OpenDuty
from tracker.models.reads.base import count_rows
from tracker.models.reads.publication import to_publish
from tracker.models.reads.register import MODELS, acts_on, register_rows
from tracker.rendering import register as rendering_register
from tracker.services.calendar import calendar
from tracker.services.exchange import importing
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.register import publication, warning
from tracker.services.register import register as registers

NAMES = {Role.HEAD: "陈立", Role.REGISTRAR: "林静", Role.REVIEWER: "何法", Role.AUDITOR: "许审"}
PUBLICATIONS, MEDIA, DOCUMENTS = (BY_NAME[n] for n in ("publications", "media", "normative-documents"))
DECISIONS, REMEDIES = BY_NAME["decision-counts"], BY_NAME["remedies"]

REVIEWED = {
    "drafted_by": "林静",
    "reviewed_by": "何法",
    "reviewed_on": "2026-03-05",
    "conclusion": "可以公开",
    "basis": "不涉及国家秘密、商业秘密、个人隐私",
}
ITEM = {"title": "户外广告设置须知", "category": "guide", "created_on": "2026-03-02", "channels": "政府网站"}


@pytest.fixture
def by():
    """Say who does it, on the database that the test runs on: ``by(Role.REVIEWER)``; else the head."""

    def make(*roles: Role, on: str = "2026-03-16") -> registers.By:
        held, day = roles or (Role.HEAD,), date.fromisoformat(on)
        person = Actor(NAMES[held[0]], frozenset(held), default_agency().id)
        return registers.By(
            actor=person, today=day, now=datetime(day.year, day.month, day.day, 10, tzinfo=ZONE)
        )

    return make


@pytest.fixture
def media(by):
    for name in ("政府网站", "日报", "公众号"):
        registers.keep(MEDIA, {"name": name, "kind": "website" if name == "政府网站" else "other"}, by=by())


# -- the table of registers ---------------------------------------------------------------------------


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_no_header_of_a_spreadsheet_means_two_columns_of_a_register(register):
    seen: dict[str, str] = {}
    for one in register.fields:
        for words in accepted(one.label, one.headings):
            assert seen.setdefault(words, one.name) == one.name, (words, one.name, seen[words])


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)
def test_a_register_names_only_columns_that_it_has(register):
    columns = MODELS[register.name].__table__.columns.keys()
    names = {one.name for one in register.fields if one.kind != "media"}

    assert names <= set(columns)
    assert set(register.identity) | set(register.searched) | {register.called} <= names
    assert len(names) + sum(one.kind == "media" for one in register.fields) == len(register.fields)


# -- review before publication (第17条) -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (dict.fromkeys(REVIEWED, ""), "reviewed_by"),
        ({"reviewed_by": "林静"}, "reviewed_by"),  # the drafter
        ({"basis": ""}, "basis"),
        ({"conclusion": ""}, "conclusion"),
        ({"conclusion": "不予公开"}, "conclusion"),
        ({"reviewed_on": ""}, "reviewed_on"),
        ({"reviewed_on": "2026-03-11"}, "published_on"),  # after publication
        ({"drafted_by": ""}, "drafted_by"),
        ({"channels": ""}, "channels"),
        ({"published_on": "2026-03-17"}, "published_on"),  # ahead of today
        ({"title": "机密★1年 某报告"}, "title"),
        ({"channels": "没有登记的媒体"}, "channels"),
    ],
)
def test_nothing_is_marked_published_without_its_review(on_sqlite, by, media, change, field):
    raw = {**ITEM, **REVIEWED, "published_on": "2026-03-10", **change}

    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(PUBLICATIONS, raw, by=by())

    assert field in refused.value.fields
    assert rendering_register.facts(by().actor.agency_id, 2026).items == 0


def test_a_clerk_drafts_a_reviewer_reviews_and_the_clerk_publishes(app, by, media):
    row = registers.keep(PUBLICATIONS, {**ITEM, "drafted_by": "林静"}, by=by(Role.REGISTRAR))
    publish = {"published_on": "2026-03-10"}
    with pytest.raises(registers.RowInvalidError, match="标红"):
        registers.keep(PUBLICATIONS, publish, by=by(Role.REGISTRAR), row_id=row.id)
    review = {name: value for name, value in REVIEWED.items() if name != "drafted_by"}
    with pytest.raises(NotPermittedError):
        registers.keep(PUBLICATIONS, review, by=by(Role.REGISTRAR), row_id=row.id)
    with pytest.raises(NotPermittedError):
        registers.keep(PUBLICATIONS, {"title": "改题"}, by=by(Role.REVIEWER), row_id=row.id)

    registers.keep(PUBLICATIONS, review, by=by(Role.REVIEWER), row_id=row.id)
    registers.keep(PUBLICATIONS, publish, by=by(Role.REGISTRAR), row_id=row.id, reason="审核完成")

    acts = acts_on("publications", row.id)
    assert [act.act for act in acts] == ["added", "changed", "changed"]
    assert acts[1].changes["reviewed_by"] == ["", "何法"]
    assert acts[1].changes["conclusion"] == ["", "可以公开"]
    assert (acts[2].changes, acts[2].reason) == ({"published_on": ["", "2026-03-10"]}, "审核完成")


def test_three_reviews_may_be_asked_for(on_sqlite, by, media):
    set_practice(three_reviews=True)
    raw = {**ITEM, **REVIEWED, "published_on": "2026-03-10"}
    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(PUBLICATIONS, raw, by=by())
    assert set(refused.value.fields) == {"unit_reviewed_by", "unit_reviewed_on", "approved_by", "approved_on"}

    chain = {"unit_reviewed_by": "周明", "unit_reviewed_on": "2026-03-04"}
    chain |= {"approved_by": "陈立", "approved_on": "2026-03-06"}

    assert registers.keep(PUBLICATIONS, {**raw, **chain}, by=by()).published_on == date(2026, 3, 10)


def test_an_item_on_several_media_is_one_item_and_several_publications(app, by, media):
    raw = {**ITEM, **REVIEWED, "published_on": "2026-03-10"}
    registers.keep(PUBLICATIONS, {**raw, "channels": "政府网站、日报、公众号"}, by=by())
    registers.keep(
        PUBLICATIONS, {**raw, "title": "年度工作计划", "channels": "日报", "category": "document"}, by=by()
    )
    registers.keep(PUBLICATIONS, {**ITEM, "title": "未发布"}, by=by())

    facts = rendering_register.facts(by().actor.agency_id, 2026)

    assert (facts.items, facts.channel_items) == (2, 4)
    assert [(m.name, m.kind, m.items) for m in facts.media] == [
        ("政府网站", "website", 1),
        ("日报", "other", 2),
        ("公众号", "other", 1),
    ]
    assert facts.by_category == {"guide": 1, "document": 1}


def test_the_term_of_publication_is_20_working_days(on_sqlite, by, media):
    row = registers.keep(PUBLICATIONS, ITEM, by=by())

    assert warning.publication_due(row).on == date(2026, 3, 30)  # 第26条: from Monday 2 March 2026
    assert warning.of_row(row, date(2026, 3, 30)) == []
    assert "第26条" in warning.of_row(row, date(2026, 3, 31))[0]


# -- decisions and documents ---------------------------------------------------------------------------


def test_decisions_of_the_months_add_up_exactly_to_table_2(app, by):
    for month in range(1, 4):
        raw = {"year": "2025", "month": f"{month}月", "licences": "12", "penalties": 3, "fees": "0.1"}
        registers.keep(DECISIONS, raw, by=by())
    registers.keep(
        DECISIONS,
        {"year": 2025, "month": "全年", "unit": "执法队", "coercion": "1", "fees": "1,234.567801"},
        by=by(),
    )

    table = rendering_register.table2(by().actor.agency_id, 2025)

    assert (table["licences"], table["penalties"], table["coercion"]) == (36, 9, 1)
    assert table["fees_wan_yuan"] == "1234.867801"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"year": "2025", "month": "1"}, "year"),  # there already
        ({"year": "2025", "month": "全年"}, "month"),  # beside a month: counted twice
        ({"year": "2026", "month": "4"}, "year"),  # ahead
        ({"year": "2027"}, "year"),
        ({"year": "2025", "month": "13"}, "month"),
        ({"year": "2025", "month": "2", "fees": "0.1234567"}, "fees"),  # less than a fen
        ({"year": "2025", "month": "2", "fees": "-1"}, "fees"),
        ({"year": "2025", "month": "2", "licences": "1.5"}, "licences"),
        ({"year": "25"}, "year"),
        ({}, "year"),
    ],
)
def test_what_would_be_counted_twice_or_cannot_be_is_refused(on_sqlite, by, raw, field):
    registers.keep(DECISIONS, {"year": "2025", "month": "1", "licences": "5"}, by=by())

    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(DECISIONS, raw, by=by())

    assert field in refused.value.fields


def test_a_correction_of_a_figure_keeps_the_old_one_in_the_history(app, by):
    row = registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())

    registers.keep(DECISIONS, {"licences": "95"}, by=by(), row_id=row.id, reason="漏计变更决定")

    assert rendering_register.table2(row.agency_id, 2025)["licences"] == 95
    last = acts_on("decision-counts", row.id)[-1]
    assert (last.changes, last.reason, last.actor) == ({"licences": ["17", "95"]}, "漏计变更决定", "陈立")


@pytest.mark.parametrize("statement", ["UPDATE book_acts SET actor = 'x'", "DELETE FROM book_acts"])
def test_the_history_cannot_be_changed_with_a_database_browser(app, by, statement):
    registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())

    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(statement))


def test_documents_made_repealed_and_in_force(app, by):
    made = {"title": "户外广告管理办法", "number": "开管〔2025〕1号", "made_on": "2025-03-01"}
    registers.keep(DOCUMENTS, made, by=by())
    registers.keep(
        DOCUMENTS,
        {
            "title": "旧办法", "number": "开管〔2019〕3号", "made_on": "2019年5月1日",
            "status": "废止", "ended_on": "2025.3.1", "successor": "开管〔2025〕1号",
        },
        by=by(),
    )  # fmt: skip

    tables = {
        y: rendering_register.table2(by().actor.agency_id, y)["normative_documents"] for y in (2024, 2025)
    }

    assert tables[2024] == {"made": 0, "repealed": 0, "in_force": 1}
    assert tables[2025] == {"made": 1, "repealed": 1, "in_force": 1}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"status": "废止"}, "ended_on"),
        ({"ended_on": "2025-04-01"}, "status"),
        ({"status": "废止", "ended_on": "2024-04-01"}, "ended_on"),
        ({"valid_until": "2024-04-01"}, "valid_until"),
        ({"made_on": "2026-03-17"}, "made_on"),
        ({"made_on": ""}, "made_on"),
    ],
)
def test_a_document_that_cannot_be_is_refused(on_sqlite, by, raw, field):
    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(DOCUMENTS, {"title": "办法", "made_on": "2025-03-01", **raw}, by=by())

    assert field in refused.value.fields


# -- reconsiderations and suits --------------------------------------------------------------------------

REFUSAL = {
    "number": "2025-0001",
    "applicant": {"kind": "natural_person", "name": "甲"},
    "channel": "in_person",
    "subject": "会议纪要",
    "events": [
        {"step": "receive", "on": "2025-09-22"},
        {"step": "answer", "on": "2025-10-20", "outcome": "refused_process_information", "method": "post"},
    ],
}


@pytest.fixture
def refusal(clock):
    importing.import_histories([json.dumps(REFUSAL)], today=clock.today, now=clock())


def test_a_reconsideration_pending_at_the_years_end_counts_again_with_its_result(app, by, refusal):
    raw = {"kind": "行政复议", "organ": "开发区管委会", "case_number": "2025-0001", "filed_on": "2025-12-01"}
    row = registers.keep(REMEDIES, raw, by=by())
    agency_id = row.agency_id
    pending = rendering_register.table4(agency_id, 2025)["reconsideration"]

    registers.keep(REMEDIES, {"result": "撤销", "closed_on": "2026-01-20"}, by=by(), row_id=row.id)

    assert (pending["pending"], pending["total"]) == (1, 1)
    assert rendering_register.table4(agency_id, 2025)["reconsideration"] == pending
    assert rendering_register.table4(agency_id, 2026)["reconsideration"]["corrected"] == 1
    assert row.case.number == "2025-0001"


def test_a_direct_suit_about_a_refusal_warns_of_reconsideration_first(on_sqlite, refusal, by):
    raw = {"kind": "直接起诉", "organ": "区法院", "case_number": "2025-0001", "filed_on": "2025-12-01"}

    row = registers.keep(REMEDIES, raw, by=by())

    assert "复议法第23条" in warning.of_row(row, by().today)[0]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"kind": "直接起诉", "result": "维持", "closed_on": "2026-02-01"}, "result"),  # no judgment
        ({"result": "维持"}, "closed_on"),
        ({"closed_on": "2026-02-01"}, "result"),
        ({"result": "维持", "closed_on": "2025-11-01"}, "closed_on"),
        ({"case_number": "2025-9999"}, "case_number"),
        ({"result": "维持", "closed_on": "2026-01-01", "second_filed_on": "2026-02-01"}, "second_filed_on"),
        ({"kind": "直接起诉", "second_filed_on": "2026-02-01"}, "second_filed_on"),  # the first is open
        (
            {"kind": "直接起诉", "second_result": "维持原判", "second_closed_on": "2026-02-01"},
            "second_filed_on",
        ),
        ({"organ": ""}, "organ"),
        ({"kind": "仲裁"}, "kind"),
    ],
)
def test_a_remedy_that_cannot_be_is_refused(on_sqlite, by, raw, field):
    base = {"kind": "行政复议", "organ": "区政府", "filed_on": "2025-12-01"}

    with pytest.raises(registers.RowInvalidError) as refused:
        registers.keep(REMEDIES, {**base, **raw}, by=by())

    assert field in refused.value.fields


# -- supervision, fees -----------------------------------------------------------------------------------


def test_training_assessment_and_accountability_are_counted_for_section_one(app, by):
    for month in ("04", "05"):
        raw = {"held_on": f"2025-{month}-10", "topic": "信息公开业务", "form": "线上", "people": "23人"}
        registers.keep(BY_NAME["trainings"], raw, by=by())
    raw = {"held_on": "2025-11-10", "kind": "考核", "subject": "五个方面考核", "result": "良好"}
    registers.keep(BY_NAME["assessments"], raw, by=by())
    raw = {"held_on": "2025-12-10", "matter": "逾期答复", "measure": "通报", "people": "1"}
    registers.keep(BY_NAME["accountabilities"], raw, by=by())

    facts = rendering_register.facts(by().actor.agency_id, 2025)

    assert (facts.trainings, facts.trained_people, facts.assessments) == (2, 46, 1)
    assert (facts.accountabilities, facts.accountable_people) == (1, 1)
    assert rendering_register.facts(by().actor.agency_id, 2024).trainings == 0


def test_fees_of_requests_come_from_the_payments_of_the_ledgers(app, clock, agency_id):
    paid = {
        **REFUSAL,
        "number": "2026-0001",
        "events": [
            {"step": "receive", "on": "2026-01-05"},
            {"step": "charge", "on": "2026-01-12", "amount": "120.50"},
            {"step": "pay", "on": "2026-01-15"},
        ],
    }
    other = {**paid, "number": "2026-0002"}
    other["events"] = [*paid["events"][:2], {"step": "pay", "on": "2026-01-16", "amount": "80元"}]
    importing.import_histories([json.dumps(paid), json.dumps(other)], today=clock.today, now=clock())

    facts = rendering_register.facts(agency_id, 2026)

    assert (facts.request_fees_paid, facts.request_fees_yuan) == (2, "200.5")
    assert rendering_register.facts(agency_id, 2025).request_fees_yuan == "0"


# -- history, races, agencies ---------------------------------------------------------------------------------


def test_a_withdrawn_row_is_kept_counted_nowhere_and_may_come_back(app, by):
    row = registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())
    with pytest.raises(InvalidDetailError):
        registers.withdraw(DECISIONS, row.id, " ", by=by())

    registers.withdraw(DECISIONS, row.id, "重复登记", by=by())

    assert rendering_register.table2(row.agency_id, 2025)["licences"] == 0
    with pytest.raises(StepNotAllowedError):
        registers.withdraw(DECISIONS, row.id, "又一次", by=by())
    with pytest.raises(StepNotAllowedError):
        registers.keep(DECISIONS, {"licences": "1"}, by=by(), row_id=row.id)
    registers.restore(DECISIONS, row.id, "核实无误", by=by())
    assert rendering_register.table2(row.agency_id, 2025)["licences"] == 17
    acts = acts_on("decision-counts", row.id)
    assert [(act.act, act.reason) for act in acts[1:]] == [
        ("withdrawn", "重复登记"),
        ("restored", "核实无误"),
    ]


def test_a_withdrawn_row_does_not_come_back_beside_its_successor(on_sqlite, by):
    row = registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())
    registers.withdraw(DECISIONS, row.id, "录错", by=by())
    registers.keep(DECISIONS, {"year": "2025", "licences": "18"}, by=by())

    with pytest.raises(InvalidDetailError, match="相同"):
        registers.restore(DECISIONS, row.id, "恢复", by=by())


def test_the_same_page_sent_twice_keeps_one_row(app, by):
    raw = {"held_on": "2025-04-10", "topic": "业务"}

    first = registers.keep(BY_NAME["trainings"], raw, by=by(), token="of-this-page").id
    second = registers.keep(BY_NAME["trainings"], raw, by=by(), token="of-this-page").id

    assert first == second


def test_a_stale_save_is_refused(app, by):
    row = registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())
    seen = row.version
    registers.keep(DECISIONS, {"licences": "18"}, by=by(), row_id=row.id, version=seen)

    with pytest.raises(StaleDataError):
        registers.keep(DECISIONS, {"licences": "19"}, by=by(), row_id=row.id, version=seen)


def test_another_agency_has_registers_of_its_own(app, by):
    row = registers.keep(DECISIONS, {"year": "2025", "licences": "17"}, by=by())
    row_id = row.id
    with transaction() as session:
        other = Agency(code="other", name="另一局")
        session.add(other)
        session.flush()
        other_id = other.id
    stranger = registers.By(
        actor=Actor("外人", frozenset({Role.HEAD}), other_id), today=by().today, now=by().now
    )

    with pytest.raises(NotFoundError):
        registers.find(DECISIONS, row_id, stranger.actor)
    with pytest.raises(NotFoundError):
        registers.keep(DECISIONS, {"licences": "0"}, by=stranger, row_id=row_id)
    assert registers.keep(DECISIONS, {"year": "2025", "licences": "1"}, by=stranger).id != row_id
    assert rendering_register.table2(other_id, 2025)["licences"] == 1
    assert rendering_register.table2(by().actor.agency_id, 2025)["licences"] == 17
    assert db.session.query(MODELS["decision-counts"]).count() == 2


def test_an_auditor_reads_and_writes_nothing(on_sqlite, by):
    with pytest.raises(NotPermittedError):
        registers.keep(DECISIONS, {"year": "2025"}, by=by(Role.AUDITOR))


# -- the term of publication among the office's duties ------------------------------------------------------


def kept_duties():
    return [(row.kind, row.name, row.due_on) for row in db.session.query(OpenDuty).order_by(OpenDuty.due_on)]


def test_an_item_is_a_duty_of_the_office_until_it_is_published(app, by, media):
    row = registers.keep(PUBLICATIONS, {**ITEM, **REVIEWED}, by=by())
    other = registers.keep(PUBLICATIONS, {**ITEM, "title": "另一条", "created_on": "2026-03-03"}, by=by())
    assert kept_duties() == [
        ("publication", "publication", date(2026, 3, 30)),
        ("publication", "publication", date(2026, 3, 31)),
    ]
    assert count_rows(to_publish(row.agency_id, date(2026, 3, 30))) == 1

    registers.keep(PUBLICATIONS, {"published_on": "2026-03-10"}, by=by(), row_id=row.id)
    registers.withdraw(PUBLICATIONS, other.id, "重复", by=by())
    assert kept_duties() == []
    registers.restore(PUBLICATIONS, other.id, "误撤", by=by())
    assert len(kept_duties()) == 1
    assert list(publication.misstated()) == []


def test_a_local_holiday_moves_the_term_and_a_wrong_term_is_found(app, by, media):
    registers.keep(PUBLICATIONS, ITEM, by=by())
    now, today = by().now, by().today

    holiday = calendar.local_day([date(2026, 3, 27)], "三月三", "自治区政府令", works=False, today=today)
    calendar.keep_local(holiday, "自治区政府令第1号", actor=by().actor, today=today, now=now)

    assert [on for _kind, _name, on in kept_duties()] == [date(2026, 3, 31)]
    with transaction() as session:
        session.execute(text("UPDATE duties SET due_on = '2026-03-30' WHERE kind = 'publication'"))
    assert list(publication.misstated()) == [ITEM["title"]]


def test_a_register_is_searched_however_its_words_are_typed_and_after_a_change(app, by):
    made = {"title": "户外广告ＡＢＣ 管理办法", "number": "开管〔2025〕1号", "made_on": "2025-03-01"}
    row = registers.keep(DOCUMENTS, made, by=by())
    agency_id = by().actor.agency_id

    def found(words: str) -> int:
        rows = register_rows(DOCUMENTS, agency_id, text=words)
        return len(db.session.scalars(rows).all())

    typed = ("abc管理", "广告　办法", "开管[2025]1号", "开管【2025】1号", "旧办法")
    assert [found(words) for words in typed] == [1, 1, 1, 1, 0]
    again = {**made, "title": "旧办法"}
    registers.keep(DOCUMENTS, again, by=by(), row_id=row.id, version=row.version, reason="笔误")
    assert [found(words) for words in ("abc管理", "旧办法")] == [0, 1]
