"""A list in pages: the page that the address asks for, and the last one where it asks for more."""

import re

import pytest

from tests import registering
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role


@pytest.fixture
def office(app, sign_in, actor, clock):
    """Five requests, two on a page."""
    app.config["PAGE_SIZE"] = 2
    for number in ("A-1", "A-2", "A-3", "A-4", "A-5"):
        request = RequestData(
            subject=f"规划图{number}",
            applicant=ApplicantData(name="张三", kind=ApplicantKind.NATURAL_PERSON),
            arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=clock.today),
        )
        registering.register(request, actor=actor(Role.HEAD), today=clock.today, now=clock())
    return sign_in(Role.HEAD)


@pytest.mark.parametrize(
    ("asked", "page", "numbers"),
    [
        ("", 1, ["A-1", "A-2"]),
        ("&page=1", 1, ["A-1", "A-2"]),
        ("&page=2", 2, ["A-3", "A-4"]),
        ("&page=3", 3, ["A-5"]),
        ("&page=4", 3, ["A-5"]),
        ("&page=999999999", 3, ["A-5"]),
        ("&page=0", 1, ["A-1", "A-2"]),
        ("&page=-1", 1, ["A-1", "A-2"]),
        ("&page=two", 1, ["A-1", "A-2"]),
        ("&per_page=5", 1, ["A-1", "A-2"]),
    ],
)
def test_the_page_that_the_address_asks_for(office, asked, page, numbers):
    text = office.get(f"/cases?order=number{asked}").text

    assert re.findall(r"规划图(A-\d)", text) == numbers
    assert f"共5条，第{page}／3页" in text
    assert ('rel="prev"' in text, 'rel="next"' in text) == (page > 1, page < 3)


def test_an_empty_list_says_so_on_any_page(office):
    assert "A-1" not in office.get("/cases?text=无此申请&page=7").text
