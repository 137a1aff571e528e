"""The fee calculator: by itself, and for the charge of a case (109号)."""

import pytest

from tests.histories import line, text
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services import importing


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

    assert "本月在本件之前登记的申请有11件" in page
    assert ">100元<" in page


def test_the_calculation_is_carried_into_the_charge(twelfth, sign_in):
    browser = sign_in(Role.HEAD)
    calculated = browser.get(f"/fees/cases/{twelfth}?way=by_piece&units=2&before=11").text
    address = calculated.split("/steps/charge?")[1].split('"')[0].replace("&amp;", "&")

    form = browser.get(f"/cases/{twelfth}/steps/charge?{address}").text

    assert 'value="200"' in form
    assert "第11至30件每件100元：2件，200元。" in form


def test_the_handbook_shows_the_tariff(app, sign_in):
    page = sign_in(Role.REGISTRAR).get("/handbook").text

    assert "信息处理费" in page
    assert "按件第31件以上的分档" in page
