"""Letters at the pages: what one lacks with a link, the preview, the making, the step that follows, the register."""

import io
import re

import pytest

from tests.letters import PRACTICE, set_up, stated, text_of, worked
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.rendering.letter.template import shipped

ANSWER = index.BY_KEY["refused_internal_affairs.internal"]
SUPPLEMENT = index.BY_KEY["supplement"]


@pytest.fixture
def app(on_sqlite):
    """What differs between the databases is tested below the pages."""
    return on_sqlite


@pytest.fixture
def case(app, actor, clock) -> int:
    return worked(ANSWER, by=actor(Role.HEAD, Role.REGISTRAR), today=clock.today, now=clock()).id


@pytest.fixture
def head(case, sign_in):
    return sign_in(Role.HEAD)


def write(browser, case, kind, **more):
    """Open the form of a letter and send it as a browser does."""
    address = f"/cases/{case}/letters/new/{kind.key}"
    page = browser.get(address).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    return browser.post(
        address, {"version": version, "act": "make", "on": "2026-03-16", **stated(kind), **more}
    )


def test_the_case_page_leads_to_its_letters_and_they_to_each_kind_that_may_be_sent(head, case):
    assert f"/cases/{case}/letters" in head.get(f"/cases/{case}").text
    page = head.get(f"/cases/{case}/letters").text

    assert all(
        label in page
        for label in ("补正告知书", "不予公开告知书", "内部事务信息", "送达回证", "条例第16条第1款")
    )
    assert "closed_fee_lapsed" not in page


def test_what_is_lacking_is_shown_before_it_is_made_with_the_place_where_it_is_typed(head, case):
    page = head.get(f"/cases/{case}/letters/new/{ANSWER.key}").text

    assert '<a href="#reason">理由</a>' in page
    assert page.count('<a href="/office">') >= 2  # what the number begins with, and the organ of remedies
    answer = write(head, case, ANSWER)
    assert answer.status_code == 422
    assert "写明category" in answer.text


def test_a_preview_shows_the_letter_without_a_number_and_keeps_nothing(head, case):
    set_up()
    page = write(head, case, ANSWER, act="preview", category="<b>人事</b>").text

    assert "必备的内容齐全" in page
    assert "（制作时编号）" in page
    assert "&lt;b&gt;人事&lt;/b&gt;" in page
    assert "还没有制作文书" in head.get(f"/cases/{case}/letters").text


def test_a_letter_is_made_read_printed_and_led_to_its_service(head, case):
    set_up()
    assert write(head, case, ANSWER, method="post").status_code == 303
    listed = head.get(f"/cases/{case}/letters").text
    (letter_id,) = re.findall(rf"/cases/{case}/letters/(\d+)/letter.docx", listed)

    assert "测城管公开告〔2026〕第1号" in listed
    file = head.get(f"/cases/{case}/letters/{letter_id}/letter.docx")
    assert "应当先申请行政复议" in text_of(file.data)
    assert head.get(f"/cases/{case}/letters/{letter_id}/letter.pdf").data.startswith(b"%PDF-")
    shown = head.get(f"/cases/{case}/letters/{letter_id}").text
    assert PRACTICE["letter_contact"] in shown
    led = head.get(f"/cases/{case}/steps/{ANSWER.outcome}?letter={letter_id}").location
    assert led == f"/cases/{case}/letters/{letter_id}/services"


def test_a_letter_written_beside_another_persons_step_is_told_so(head, case):
    set_up()
    page = head.get(f"/cases/{case}/letters/new/{SUPPLEMENT.key}").text
    seen = re.search(r'name="version" value="(\d+)"', page)[1]
    head.step(case, "accept", "2026-03-16")

    answer = head.post(f"/cases/{case}/letters/new/{SUPPLEMENT.key}",
                       {"version": seen, "act": "make", "on": "2026-03-16", **stated(SUPPLEMENT)})  # fmt: skip
    assert answer.status_code == 409
    assert "写明items" in answer.text


def test_the_register_shows_every_number_void_ones_and_gaps_with_their_reasons(head, case):
    set_up()
    head.get("/letter-numbers?series=公开告")
    head.post("/letter-numbers", {"series": "公开告", "year": "2026", "count": "12", "reason": "纸质文号"})
    write(head, case, ANSWER)
    page = head.get(f"/cases/{case}/letters").text
    void = re.search(rf"/cases/{case}/letters/\d+/void", page)[0]
    head.post(void, {"reason": "没有发出"})

    register = head.get("/letter-numbers?series=公开告").text
    assert "第13号" in register
    assert "作废：没有发出" in register
    assert "第1—12号" in register
    assert "纸质文号" in register


def test_an_offices_own_template_is_checked_used_and_given_up(head, case):
    set_up()
    own = shipped(ANSWER.key)
    address = f"/letter-templates/{ANSWER.key}"
    head.get(address)

    refused = head.post(address, {"file": (io.BytesIO(shipped("supplement")), "a.docx")})
    assert refused.status_code == 422
    assert "没有“补正内容”这个字段" in refused.text
    assert "缺少必备要素“救济途径”" in refused.text
    assert head.post(address, {"file": (io.BytesIO(b"%PDF-1.7"), "a.docx")}).status_code == 422
    assert head.post(address, {"file": (io.BytesIO(own), "本局.docx")}).status_code == 303
    write(head, case, ANSWER)
    assert "本机关的第1版" in head.get(address).text
    assert head.get(f"{address}/1.docx").data == own
    assert head.get(f"{address}/shipped.docx").data == own
    head.get(address)
    assert head.post(f"{address}/shipped").status_code == 303
    assert "程序的模板。" in head.get(address).text


def test_templates_are_the_heads_and_a_void_letter_too(case, sign_in):
    set_up()
    handler = sign_in(Role.HANDLER)
    write(handler, case, ANSWER)
    void = f"/cases/{case}/letters/1/void"

    assert handler.post(void, {"reason": "没有发出"}).status_code == 403
    assert handler.post(f"/letter-templates/{ANSWER.key}/shipped").status_code == 403
    assert "检查并启用" not in handler.get(f"/letter-templates/{ANSWER.key}").text
