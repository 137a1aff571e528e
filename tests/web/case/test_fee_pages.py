"""The fee calculator: by itself, and for the charge of a case (109号)."""

import pytest

from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.case import fee
from tracker.services.exchange import exporting, importing


@pytest.fixture
def twelfth(app, clock):
    """The twelfth request of one person in May."""
    clock.set("2026-06-01")
    who = {"kind": "natural_person", "name": "王一"}
    received = ([{"step": "receive", "on": f"2026-05-{n + 6:02d}"}] for n in range(1, 13))
    lines = [
        {**line("natural_person", f"F-{n}", events), "applicant": who}
        for n, events in enumerate(received, start=1)
    ]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    return db.session.query(Case).filter_by(number="F-12").one().id


@pytest.mark.parametrize(
    ("asked", "yuan"),
    [
        ("way=by_piece&units=11", "100元"),
        ("way=by_piece&units=1&before=30", "200元"),
        ("way=by_page&units=201", "2740元"),
        ("way=by_page&units=30", "0元"),
    ],
)
def test_anybody_who_is_signed_in_can_calculate_without_a_case(app, sign_in, asked, yuan):
    assert f">{yuan}<" in sign_in(Role.REGISTRAR).get(f"/fees?{asked}").text


@pytest.mark.parametrize(
    "asked", ["way=by_piece", "way=both&units=1", "way=by_page&units=-1", "way=by_page&units=9999999"]
)
def test_what_cannot_be_calculated_is_said_beside_its_field(app, sign_in, asked):
    answer = sign_in(Role.HEAD).get(f"/fees?{asked}")

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_a_case_counts_the_same_persons_pieces_of_its_month(twelfth, sign_in):
    page = sign_in(Role.HEAD).get(f"/fees/cases/{twelfth}").text

    assert "本月在本件之前的申请计11件" in page
    assert ">100元<" in page


def test_the_calculation_is_carried_into_the_charge(twelfth, sign_in):
    browser = sign_in(Role.HEAD)
    calculated = browser.get(f"/fees/cases/{twelfth}?way=by_piece&units=2&before=11").text
    address = calculated.split("/steps/charge?")[1].split('"')[0].replace("&amp;", "&")

    form = browser.get(f"/cases/{twelfth}/steps/charge?{address}").text

    assert 'value="200"' in form
    assert "第11至30件每件100元：2件，200元。" in form


def test_the_handbook_shows_the_tariff(app, sign_in):
    page = sign_in(Role.REGISTRAR).get("/handbook/fees").text

    assert "信息处理费" in page
    assert "按件第31件以上的分档" in page


def test_the_form_of_a_charge_proposes_the_fee_and_shows_its_calculation(twelfth, sign_in):
    browser = sign_in(Role.HEAD)
    address = f"/cases/{twelfth}/steps/charge"
    form = browser.get(address).text
    by_page = {"on": "2026-06-01", "way": "by_page", "count": "40", "amount": "100", "act": "preview"}

    assert 'name="amount" type="text" value="100"' in form
    assert "第11至30件每件100元：1件，100元。" in form
    assert "第31至100页每页10元：10页，100元。" in browser.post(address, by_page).text


@pytest.mark.parametrize(
    ("charged", "says"),
    [
        ({"way": "by_piece", "count": "1", "amount": "300"}, "按收费标准至多100元，不能收取300元"),
        ({"way": "by_page", "count": "30", "amount": "10"}, "按收费标准至多0元"),
        ({"amount": "一百"}, "金额应为大于0"),
        ({"amount": "0"}, "金额应为大于0"),
        ({"way": "by_piece", "count": "0", "amount": "5"}, "应大于0"),
    ],
)
def test_a_charge_that_the_tariff_does_not_bear_is_refused(twelfth, sign_in, charged, says):
    answer = sign_in(Role.HEAD).step(twelfth, "charge", "2026-06-01", **charged)

    assert answer.status_code == 422
    assert says in answer.text


def test_a_charge_keeps_its_way_and_goes_out_and_in_again(twelfth, sign_in, clock):
    words = {"way": "by_piece", "count": "3", "amount": "300", "received_on": "2026-06-01"}
    assert sign_in(Role.HEAD).step(twelfth, "charge", "2026-06-01", **words).status_code == 303

    header, *values = exporting.histories(now=clock())
    kept = values[-1]["events"][-1]
    again = text([header, *values]).splitlines()[1:]

    assert header == {"format": "tracker-history/1.1"}
    assert (kept["way"], kept["count"], kept["amount"]) == ("by_piece", 3, "300")
    assert importing.import_histories(again, today=clock.today, now=clock()).unchanged == 12


def test_never_both_and_only_the_whole_is_payment(twelfth, sign_in):
    browser = sign_in(Role.HEAD)
    browser.step(twelfth, "charge", "2026-06-01", way="by_piece", count="1", amount="100")

    assert "足额缴纳" in browser.step(twelfth, "pay", "2026-06-01", amount="60").text
    assert browser.step(twelfth, "pay", "2026-06-01", amount="100").status_code == 303
    both = browser.step(twelfth, "charge", "2026-06-01", way="by_page", count="40", amount="100")
    assert "不能同时按件、按量计收" in both.text


def test_the_pieces_of_a_month_are_those_of_the_same_person_and_as_they_were_split(app, clock):
    """109号第4条: same ID number; a split request counts its pieces; the next month begins anew."""
    clock.set("2026-06-30")
    one = {"kind": "natural_person", "name": "王一", "id_number": "110101199001010015"}
    other = {**one, "id_number": "110101199001010023"}

    def request(number, who, on, *events):
        rows = [{"step": "receive", "on": on}, *events]
        return {**line("natural_person", number, rows), "applicant": who}

    split = {"step": "charge", "on": "2026-05-08", "way": "by_piece", "count": 4, "amount": "0"}
    lines = [
        request("P-1", one, "2026-05-06", split),
        request("P-2", other, "2026-05-06"),
        request("P-3", one, "2026-05-07"),
        request("P-4", one, "2026-05-07"),
        request("P-5", one, "2026-06-01"),
    ]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    cases = {case.number: case for case in db.session.query(Case)}

    before = {number: fee.pieces_before(case) for number, case in cases.items()}

    assert before == {"P-1": 0, "P-2": 0, "P-3": 4, "P-4": 5, "P-5": 0}
