"""The first hour: where the administrator lands, what each step says, the sample by one click."""

import re

import pytest

from tests.conftest import PASSWORD
from tests.web.office.test_setting_pages import seen_on
from tests.web.page.test_pages import REQUEST
from tracker.config import UNNAMED
from tracker.domain.permission import Role
from tracker.services.operations import setup


def states(page: str) -> dict[str, str]:
    return dict(re.findall(r'class="card step step--(\w+)" id="(\w+)"', page)[::-1]) | {
        key: state for state, key in re.findall(r'class="card step step--(\w+)" id="(\w+)"', page)
    }


def test_the_administrator_lands_here_while_the_office_has_no_name(app, sign_in, clock):
    setup.initialise(UNNAMED, fallback=UNNAMED, now=clock())
    browser = sign_in(Role.ADMINISTRATOR)

    assert browser.get("/").location == "/start"
    mark = seen_on(browser, "/office")
    browser.post("/office", {"name": "测试县城管局", "agency_level": "department", "seen": mark})
    assert browser.get("/").location == "/users"


def test_what_is_done_is_counted_from_the_data_and_not_from_clicks(app, sign_in, planning):
    browser = sign_in(Role.ADMINISTRATOR)
    page = browser.get("/start").text
    assert states(page)["units"] == "done"
    assert states(page)["office"] == states(page)["people"] == "to_do"
    assert "还缺：代字、复议机关、法院、联系方式" in page

    mark = seen_on(browser, "/office")
    filled = {"document_code": "测", "upper_organ": "县政府", "court": "县法院", "letter_contact": "某路1号"}
    browser.post("/office", {"name": "测试局", "agency_level": "department", "seen": mark, **filled})
    sign_in(Role.REGISTRAR, Role.HEAD, Role.REVIEWER).get("/")

    assert states(browser.get("/start").text)["office"] == "done"
    assert states(browser.get("/start").text)["people"] == "done"


def test_a_step_is_left_for_later_and_taken_up_again(app, sign_in):
    browser = sign_in(Role.ADMINISTRATOR)
    browser.get("/start")
    assert browser.post("/start/mail/skip").status_code == 303
    assert states(browser.get("/start").text)["mail"] == "skipped"

    assert browser.post("/start/mail/take-up").status_code == 303

    assert states(browser.get("/start").text)["mail"] == "to_do"
    assert browser.post("/start/nothing/skip").status_code == 404


def test_who_may_not_take_a_step_sees_who_does(app, sign_in):
    sign_in(Role.REGISTRAR)
    administrator, head = sign_in(Role.ADMINISTRATOR), sign_in(Role.HEAD)

    assert "由他们办理：陈立、林静" in administrator.get("/start").text
    assert "由他们办理：系统管理员、管理员" in head.get("/start").text
    assert 'href="/users/paste"' not in head.get("/start").text


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.AUDITOR])
def test_others_have_no_such_page(on_sqlite, sign_in, role):
    browser = sign_in(role)

    assert browser.get("/start").status_code == 403
    assert 'href="/start"' not in browser.get("/").text


def test_the_sample_goes_in_is_marked_on_every_page_and_goes_out(app, sign_in):
    administrator, clerk = sign_in(Role.ADMINISTRATOR), sign_in(Role.REGISTRAR, Role.HEAD)
    administrator.get("/start")

    made = administrator.post("/start/sample").text

    login, password = re.search(r"<code>(shili-fuze)</code></td>\s*<td><code>(\S+?)</code>", made).groups()
    for browser, path in ((administrator, "/users"), (clerk, "/cases"), (clerk, "/"), (clerk, "/calendar")):
        assert "示例机关在用" in browser.get(path).text, path
    visitor = type(clerk)(clerk.app)
    visitor.get("/sign-in")
    visitor.post("/sign-in", {"login": login, "password": password})
    assert "这里是示例机关" in visitor.get("/account/password").text
    visitor.post("/account/password", {"old": password, "new": PASSWORD, "again": PASSWORD})
    assert "按导览看七页" in visitor.get("/").text
    assert "按导览看七页" not in visitor.get("/cases").text + clerk.get("/").text
    visitor.get("/handbook/tour")
    assert visitor.post("/handbook/tour").status_code == 303
    elsewhere = type(clerk)(clerk.app)
    elsewhere.get("/sign-in")
    elsewhere.post("/sign-in", {"login": login, "password": PASSWORD})
    assert not any("按导览看七页" in browser.get("/").text for browser in (visitor, elsewhere))
    assert administrator.post("/start/sample").status_code == 422
    assert "shili-fuze" not in administrator.get("/users").text

    assert administrator.post("/start/sample/remove").status_code == 303
    assert "示例机关在用" not in clerk.get("/cases").text
    assert visitor.get("/account/password").status_code == 302


def test_an_office_with_real_data_is_not_offered_the_sample(app, sign_in):
    administrator, clerk = sign_in(Role.ADMINISTRATOR), sign_in(Role.REGISTRAR, Role.HEAD)
    clerk.get("/register")
    clerk.post("/register", REQUEST)
    page = administrator.get("/start").text

    assert "不再放入示例" in page
    assert 'action="/start/sample"' not in page
    assert administrator.post("/start/sample").status_code == 422
