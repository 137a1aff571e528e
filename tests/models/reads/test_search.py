"""Whatever is searched, the index finds what reading every row finds."""

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import select, text

from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads import search
from tracker.models.reads.base import page_of_rows
from tracker.models.reads.case import ORDERS, CaseFilter, case_parts, cases_matching
from tracker.models.reads.contact import contacts_matching
from tracker.models.reads.search import SearchLimits, parts_with
from tracker.services.office import searched
from tracker.services.office.agency import default_agency
from tracker.services.operations import inspection

FIRST = date(2026, 1, 5)
LETTERS = "规划图城东村a1-2%_\"'*（\U00020bb7"
NAMES = ("张三", "李四", "张伟", "A1公司")
TYPED = (
    "规划", "规", "划图", "规划图", "a1", "1-2", "-", "%", "_", '"', "'", "*", "城东村规划", "A1", "规 图", "ysq-2026",
    "YSQ－2026－00007", "张", "张三", "李四 规", "（", "\U00020bb7", "\U00020bb7规", "没有", "0", "00", "AND", "NEAR(规",
)  # fmt: skip
NEWEST = (Contact.arrived_on.desc(), Contact.id.desc())


@pytest.fixture
def filled(app, agency_id, clock):
    """Seventy cases and letters whose words are drawn from few letters; some cases are asked by two people."""
    chance = Random(711)
    for number in range(70):
        subject = "".join(chance.choices(LETTERS, k=chance.randrange(1, 9)))
        name, day = chance.choice(NAMES), FIRST + timedelta(days=chance.randrange(60))
        with transaction() as session:
            who = Applicant(agency_id=agency_id, kind="natural_person", name=name)
            session.add(who)
            session.flush()
            if number % 7 == 0:
                session.add(Applicant(agency_id=agency_id, kind=who.kind, name="李四", first_id=who.id))
            session.add(Case(
                agency_id=agency_id, number=f"YSQ-2026-{number:05}", applicant_id=who.id, subject=subject,
                registered_at=clock(), state="received", channel="online", applicant_kind=who.kind, received_on=day,
            ))  # fmt: skip
            session.add(Contact(
                agency_id=agency_id, number=f"LX-2026-{number:05}", form="letter", arrived_on=day, person=name,
                summary=subject, received_by="李一", recorded_at=clock(),
            ))  # fmt: skip
    return agency_id


def listed(parts, order) -> list[str]:
    """Return the numbers that stand on the pages of a list."""
    return [row.number for row in page_of_rows(parts, order, 1, 100)]


@pytest.mark.parametrize("order", list(ORDERS))
def test_the_cases_of_a_word_are_those_that_hold_it(filled, order):
    for typed in TYPED:
        parts, more = parts_with(typed, case_parts(filled, CaseFilter(), order), ORDERS[order], 100)
        every = cases_matching(filled, CaseFilter(text=typed)).order_by(*ORDERS[order])

        assert listed(parts, ORDERS[order]) == [case.number for case in db.session.scalars(every).unique()], (
            typed
        )
        assert not more


def test_the_letters_of_a_word_are_those_that_hold_it(filled):
    for typed in TYPED:
        parts, more = parts_with(typed, [contacts_matching(filled)], NEWEST, 100)
        every = contacts_matching(filled, text=typed).order_by(*NEWEST)

        assert listed(parts, NEWEST) == [row.number for row in db.session.scalars(every).unique()], typed
        assert not more


@pytest.mark.parametrize("window", [1, 5, 40, 100])
def test_a_frequent_word_is_found_in_the_order_of_the_list_however_much_of_it_is_read(filled, window):
    for typed in TYPED:
        limits = SearchLimits(most=3, window=window)
        parts, more = parts_with(typed, case_parts(filled, CaseFilter()), ORDERS["received"], 10, limits)
        every = cases_matching(filled, CaseFilter(text=typed)).order_by(*ORDERS["received"])
        numbers = [case.number for case in db.session.scalars(every).unique()]

        assert listed(parts, ORDERS["received"])[:10] == numbers[:10], typed
        assert more or len(listed(parts, ORDERS["received"])) == len(numbers), typed


def test_a_word_that_was_changed_is_found_and_the_word_of_before_is_not(filled):
    with transaction() as session:
        case = session.scalar(select(Case).where(Case.number == "YSQ-2026-00003"))
        case.subject, case.folded = "水源地名录", "ysq-2026-00003\n水源地名录"

    now, _ = parts_with("水源", case_parts(filled, CaseFilter()), ORDERS["received"], 10)

    assert listed(now, ORDERS["received"]) == ["YSQ-2026-00003"]
    with transaction() as session:
        case = session.scalar(select(Case).where(Case.number == "YSQ-2026-00003"))
        case.subject, case.folded = "名录", "ysq-2026-00003\n名录"
    then, _ = parts_with("水源", case_parts(filled, CaseFilter()), ORDERS["received"], 10)
    assert listed(then, ORDERS["received"]) == []


@pytest.mark.parametrize("change", ["lost", "wrong"])
def test_a_pair_that_the_index_lost_or_made_up_is_named_and_made_anew(on_sqlite, clock, change):
    """The triggers that keep the index on SQLite are not the only ones who can write it."""
    agency_id = default_agency().id
    with transaction() as session:
        who = Applicant(agency_id=agency_id, kind="natural_person", name="张三")
        session.add(who)
        session.flush()
        session.add(Case(
            agency_id=agency_id, number="A-1", applicant_id=who.id, subject="规划图", registered_at=clock(),
            state="received", channel="online", applicant_kind=who.kind, received_on=FIRST,
        ))  # fmt: skip
    change_index, pair = {"lost": ("'delete', 1, '规划'", "规划"), "wrong": ("NULL, 1, '文件'", "文件")}[
        change
    ]
    with transaction() as session:
        session.execute(text(f"INSERT INTO case_pairs(case_pairs, rowid, pairs) VALUES ({change_index})"))
    findings = [one for one in inspection.inspect(today=clock.today) if "检索索引" in one.where]

    assert [(one.where, f"“{pair}”" in one.message) for one in findings] == [("检索索引 cases", True)]
    assert searched.mend(now=clock()) == 1
    assert list(search.astray(db.session.connection())) == []
