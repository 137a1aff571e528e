"""A list in pages: the page that the address asks for, and the last one where it asks for more."""

import re

import pytest

from tests import registering
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role

pytestmark = pytest.mark.both  # order and limits


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


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("place", ["/cases", "/contacts", "/books/media", "/archive"])
def test_a_question_that_bears_a_name_of_the_maker_of_addresses_breaks_no_list(sign_in, place):
    browser = sign_in(Role.HEAD)
    page = browser.get(f"{place}?endpoint=x&_method=y&values=z&year=2026&to=w&register_name=v")

    assert page.status_code == 200
    if place == "/cases":
        (plain,) = re.findall(r'href="(/cases/export\.xlsx[^"]*)"', page.text)
        assert {"endpoint=x", "year=2026"} <= set(plain.partition("?")[2].split("&amp;"))
        assert browser.get(plain.replace("&amp;", "&")).status_code == 200


LISTS = {
    Role.HEAD: (
        "/", "/cases", "/contacts", "/mails", "/archive", "/letter-numbers", "/books/publications", "/books/remedies",
    ),
    Role.ADMINISTRATOR: ("/audit", "/outbox"),
}  # fmt: skip
# What a list may be asked for in vain; the others of its questions it does not know and passes by.
IN_VAIN = {
    "/": ("year=abc", "state=nonsense", "only=nothing", "unit=x"),
    "/cases": ("page=abc", "page=-1", "page=0", "year=0", "year=20260", "state=nonsense", "kind=x", "order=unknown"),
    "/contacts": ("page=-1", "year=abc", "form=x", "triage=x", "state=x", "order=unknown"),
    "/mails": ("page=abc", "kind=x", "only=x"),
    "/archive": ("page=abc", "part=x"),
    "/letter-numbers": ("year=abc", "series=x"),
    "/books/publications": ("page=abc", "year=2026-02-30", "order=unknown", "only=x", "medium=x"),
    "/books/remedies": ("year=abc", "kind=x", "order=unknown"),
    "/audit": ("page=abc", "act=x"),
    "/outbox": ("page=abc", "status=x"),
}  # fmt: skip


def test_what_an_address_asks_a_list_for_in_vain_is_said(on_sqlite, sign_in):
    silent = []
    for role, paths in LISTS.items():
        browser = sign_in(role)
        for path in paths:
            assert "网址中" not in browser.get(path).text
            for asked in IN_VAIN[path]:
                answer = browser.get(f"{path}?{asked}")
                if answer.status_code != 200 or "网址中" not in answer.text:
                    silent.append((path, asked, answer.status_code))

    assert silent == []


def test_a_list_beyond_its_last_page_shows_the_last_and_a_choice_that_is_none_of_its_own_is_shown(
    office,
):
    beyond, elsewhere = office.get("/cases?page=500"), office.get("/cases?unit=999999")

    assert "网址中没有第“500”页" in beyond.text
    assert '<option value="999999" selected>999999</option>' in elsewhere.text
