"""Single pages: what a clerk meets besides the straight way."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.job import overdue

REQUEST = {
    "form": "letter",
    "arrived_on": "2026-03-10",
    "person": "欧阳一一",
    "phone": "13912345678",
    "triage": "request",
    "kind": "natural_person",
    "channel": "registered_mail",
    "signed_on": "2026-03-11",
    "id_number": "11010519491231002X",
    "subject": "河道整治工程招标文件",
}


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def case_id(office) -> int:
    answer = office.post("/register", REQUEST)
    return int(answer.location.rsplit("/", 1)[1])


# -- register -----------------------------------------------------------------------------------------


# -- a case ---------------------------------------------------------------------------------------------


def test_personal_data_is_hidden_until_asked_for(office, case_id):
    shown = office.get(f"/cases/{case_id}").text
    asked = office.post(f"/cases/{case_id}/reveal").text

    assert not any(secret in shown for secret in ("欧阳一一", "13912345678", "11010519491231002X"))
    assert all(secret in asked for secret in ("欧阳一一", "13912345678", "11010519491231002X"))


def test_a_page_shows_the_lawful_steps_and_nothing_else(office, case_id):
    page = office.get(f"/cases/{case_id}").text

    offered = set(re.findall(rf"/cases/{case_id}/steps/(\w+)", page))
    assert {"accept", "ask_supplement", "extend", "disclosed", "withdraw"} <= offered
    assert not {"pay", "receive_supplement", "closed_fee_lapsed", "unable_still_unclear"} & offered


def test_a_stale_form_shows_the_newer_entry_and_keeps_what_was_typed(office, case_id):
    form = office.get(f"/cases/{case_id}/steps/ask_supplement").text
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    office.step(case_id, "accept", "2026-03-12")
    words = {"on": "2026-03-13", "items": "请写明文件名称", "deadline_on": "2026-04-03", "act": "take"}

    answer = office.post(f"/cases/{case_id}/steps/ask_supplement", {**words, "version": version})

    assert answer.status_code == 409
    assert "请写明文件名称" in answer.text
    assert "受理" in answer.text
    assert db.session.get(Case, case_id).state == "processing"


def test_every_step_that_a_case_offers_can_be_looked_at_before_it_is_taken(office, case_id):
    offered = set(re.findall(r"/steps/(\w+)\"", office.get(f"/cases/{case_id}").text))
    address = f"/cases/{case_id}/steps"

    seen = {
        name: office.post(f"{address}/{name}", {"on": "2026-03-13", "act": "preview"}) for name in offered
    }

    assert {"accept", "withdraw", "disclosed"} <= offered
    assert {name: page.status_code for name, page in seen.items() if page.status_code != 200} == {}
    assert "申请人撤回" in seen["withdraw"].text


def test_a_preview_says_what_a_step_would_do_and_keeps_nothing(office, case_id):
    words = {"act": "preview", "on": "2026-03-12", "days": "20", "reason": "x", "approved_by": "陈立"}

    answer = office.post(f"/cases/{case_id}/steps/extend", words, headers={"X-Partial": "1"})

    assert "2026年5月11日（周一）" in answer.text  # 劳动节 off, Saturday 9 May made up
    assert "<html" not in answer.text
    assert db.session.get(Case, case_id).state == "received"


def test_a_step_refused_by_the_facts_is_taken_with_a_reason(office, case_id):
    short = {"items": "x", "deadline_on": "2026-03-13", "override": "申请人当面约定次日补正"}
    office.step(case_id, "ask_supplement", "2026-03-12", **short)

    refused = office.step(case_id, "receive_supplement", "2026-03-16")
    taken = office.step(case_id, "receive_supplement", "2026-03-16", override="邮路中断")

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert 'name="override"' in refused.text


def test_the_head_corrects_an_entry_and_voids_a_case(office, case_id):
    version = db.session.get(Case, case_id).version
    words = {"on": "2026-03-12", "channel": "registered_mail", "applicant_kind": "business"}
    words |= {"signed_on": "2026-03-12", "why": "签收日期看错", "act": "replace", "version": str(version)}

    corrected = office.post(f"/cases/{case_id}/corrections/1", words)
    case = db.session.get(Case, case_id)
    assert (corrected.status_code, case.applicant_kind, case.received_on.isoformat()) == (
        303,
        "business",
        "2026-03-12",
    )

    words = {"why": "重复登记", "act": "void", "version": str(case.version)}
    voided = office.post(f"/cases/{case_id}/corrections/1", words)
    assert voided.status_code == 303
    assert "已作废" in office.get(f"/cases/{case_id}").text
    assert "YSQ-2026-0001" not in office.get("/").text


def test_a_correction_without_a_reason_is_refused(office, case_id):
    answer = office.post(f"/cases/{case_id}/corrections/1", {"act": "void", "why": " "})

    assert answer.status_code == 422
    assert db.session.get(Case, case_id).state == "received"


def test_the_address_of_the_slip_leads_to_the_receipt_which_names_the_days_and_is_logged(
    office, sign_in, case_id
):
    slip = office.get(f"/cases/{case_id}/slip")
    assert slip.headers["Location"] == f"/cases/{case_id}/letters/new/receipt"

    receipt = office.get(slip.headers["Location"]).text
    assert "欧阳一一" in receipt
    assert "2026年4月9日" in receipt
    assert "查看、打印接收回执" in sign_in(Role.AUDITOR).get("/audit").text


def test_who_may_make_no_letter_is_led_to_those_that_were_made(sign_in, office, case_id):
    slip = sign_in(Role.AUDITOR).get(f"/cases/{case_id}/slip")

    assert slip.headers["Location"] == f"/cases/{case_id}/letters"


def test_a_case_that_is_not_there_is_404(office):
    assert office.get("/cases/777").status_code == 404
    assert office.get("/contacts/777").status_code == 404


def test_words_that_look_like_markup_are_shown_as_words(office):
    office.post("/register", {**REQUEST, "subject": "<script>alert(1)</script>"})

    page = office.get("/cases/1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


# -- lists ------------------------------------------------------------------------------------------------


def test_the_register_is_narrowed_sorted_and_paged(office, case_id):
    other = {**REQUEST, "subject": "停车收费批复", "kind": "business", "person": "某公司"}
    office.post("/register", other)
    office.step(case_id, "disclosed", "2026-03-13")

    def found(address: str) -> list[str]:
        return re.findall(r'<a href="/cases/\d+">(YSQ-\d+-\d+)</a>', office.get(address).text)

    assert found("/cases?order=number") == ["YSQ-2026-0001", "YSQ-2026-0002"]
    assert found("/cases?text=停车") == ["YSQ-2026-0002"]
    assert found("/cases?text=欧阳") == ["YSQ-2026-0001"]
    assert found("/cases?state=open") == ["YSQ-2026-0002"]
    assert found("/cases?state=disclosed&year=2026") == ["YSQ-2026-0001"]
    assert found("/cases?kind=business") == ["YSQ-2026-0002"]
    assert found("/cases?year=2025") == []
    assert found("/cases?page=999&order=number") == ["YSQ-2026-0001", "YSQ-2026-0002"]
    assert found("/cases?state=carried_forward&year=2026") == ["YSQ-2026-0002"]
    assert found("/cases?text=%25") == []


@pytest.mark.parametrize("asked", ["year=abc", "page=-1", "page=0", "unit=x", "year=99999999999", "order=no"])
def test_a_crooked_address_is_no_error(office, case_id, asked):
    assert office.get(f"/cases?{asked}").status_code == 200


def test_the_register_leaves_as_a_workbook_that_opens_and_is_logged(office, sign_in, case_id):
    office.post("/register", {**REQUEST, "subject": "=1+1"})

    answer = office.get("/cases/export.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("受理编号", "申请人类型", "申请人")
    assert rows[0][3] == "共同申请人"
    assert [row[6] for row in rows[1:]] == ["河道整治工程招标文件", "=1+1"]
    assert sheet["G3"].data_type == "s"
    assert rows[1][5].date().isoformat() == "2026-03-11"
    assert "导出" in sign_in(Role.AUDITOR).get("/audit").text


def test_documents_and_ways_of_contact_leave_for_a_reason_alone_that_the_audit_log_keeps(
    office, sign_in, case_id
):
    reader = sign_in(Role.AUDITOR)
    assert "13912345678" not in words_of(office.get("/cases/export.xlsx"))
    assert office.post("/cases/export.xlsx", {"why": " "}).status_code == 422
    assert reader.post("/cases/export.xlsx", {"why": "核对"}).status_code == 403

    requests = office.post("/cases/export.xlsx", {"why": "邮寄告知书"})
    letters = office.post("/contacts/export.xlsx?order=due", {"why": "回访"})

    assert {"13912345678", "11010519491231002X"} <= words_of(requests)
    assert "13912345678" in words_of(letters)
    told = sign_in(Role.AUDITOR).get("/audit").text
    assert "邮寄告知书" in told
    assert "回访" in told


def words_of(answer) -> set[object]:
    """Return the cells of a workbook."""
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    return {cell for row in sheet.iter_rows(values_only=True) for cell in row}


def test_a_list_leaves_in_the_order_in_which_it_is_shown(office, case_id):
    office.post(
        "/register", {**REQUEST, "arrived_on": "2026-03-12", "signed_on": "2026-03-13", "subject": "后来的"}
    )

    received = openpyxl.load_workbook(BytesIO(office.get("/cases/export.xlsx?order=received").data)).active
    due = openpyxl.load_workbook(BytesIO(office.get("/cases/export.xlsx?order=due").data)).active

    assert next(row[6] for row in received.iter_rows(min_row=2, values_only=True)) == "后来的"
    assert [row[6] for row in due.iter_rows(min_row=2, values_only=True)][-1] == "后来的"


def test_table_3_leaves_as_a_workbook_in_the_national_layout(office, case_id):
    answer = office.get("/reports/2026/report.xlsx")

    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[4][0] == "一、本年新收政府信息公开申请数量"
    assert rows[4][3:] == (1, 0, 0, 0, 0, 0, 1)
    assert rows[28][0] == "四、结转下年度继续办理"
    assert len(rows) == 4 + 25


def test_the_worklist_counts_and_names_what_is_next(sign_in, case_id, clock):
    clock.set("2026-04-10")
    office = sign_in(Role.HEAD)

    page = office.get("/").text

    assert "已超期1个工作日" in page
    assert "答复期限" in page
    assert "YSQ-2026-0001" in office.get("/?only=overdue").text
    assert "YSQ-2026-0001" not in office.get("/?only=waiting").text


def test_a_passed_notice_term_gives_way_to_the_reply_without_touching_the_case(sign_in, case_id, clock):
    before = db.session.get(Case, case_id)
    assert before.next_action == "supplement_notice"
    version = before.version
    clock.set("2026-03-23")

    sign_in(Role.HEAD).get("/")

    after = db.session.get(Case, case_id)
    assert (after.next_action, after.next_action_on.isoformat(), after.version) == (
        "reply",
        "2026-04-09",
        version,
    )


@pytest.mark.parametrize(
    "address", ["/", "/cases", "/contacts", "/contacts/counts", "/reports", "/reports/2026"]
)
def test_an_empty_office_shows_every_page(office, address):
    assert office.get(address).status_code == 200


def test_a_handler_sees_the_own_unit_s_cases_alone(sign_in, office, planning, case_id):
    office.step(case_id, "assign", "2026-03-12", unit="规划股")
    outsider = sign_in(Role.HANDLER)
    insider = sign_in(Role.HANDLER, unit=planning)

    assert outsider.get(f"/cases/{case_id}").status_code == 403
    assert "YSQ-2026-0001" not in outsider.get("/cases").text + outsider.get("/").text
    assert "YSQ-2026-0001" not in outsider.get("/reports/2026/cells/1/total").text
    assert insider.get(f"/cases/{case_id}").status_code == 200
    assert "YSQ-2026-0001" in insider.get("/cases").text


def test_the_calendar_shows_what_is_published_and_what_is_provisional(office):
    assert "国务院办公厅关于2026年部分节假日安排的通知" in office.get("/calendar?year=2026").text
    assert "暂定" in office.get("/calendar?year=2027").text
    assert office.get("/calendar?year=1990").status_code == 404


CHAPTERS = {  # the names are addresses that people kept, each with something that its chapter alone shows
    "workflow": "下一步由谁",
    "steps": "对期限的影响",
    "outcomes": "第36条第（七）项",
    "letters": "征求意见书",
    "terms": "工作日",
    "decrees": "最多延长",
    "channels": "第31条",
    "kinds": "没有查到官方定义",
    "fees": "每单位（元）",
    "roles": "承办人只能查阅、办理本单位的案件",
    "practice": "什么文本可以定论",
}


def test_the_handbook_lists_its_chapters_under_the_names_that_they_had_on_one_page(office):
    page = office.get("/handbook").text

    assert re.findall(r'<li id="(\w+)"><a href="/handbook/(\w+)">', page) == [
        (name, name) for name in CHAPTERS
    ]


@pytest.mark.parametrize(("name", "shown"), CHAPTERS.items())
def test_a_chapter_of_the_handbook_leads_to_the_one_before_and_the_one_after(office, name, shown):
    page = office.get(f"/handbook/{name}").text
    names = list(CHAPTERS)
    place = names.index(name)

    assert shown in page
    assert re.findall(r'rel="prev" href="/handbook/(\w+)"', page) == names[max(place - 1, 0) : place]
    assert re.findall(r'rel="next" href="/handbook/(\w+)"', page) == names[place + 1 : place + 2]
    assert re.findall(r'href="/handbook/(\w+)" aria-current="page"', page) == [name]


def test_the_handbook_draws_the_workflow_and_has_no_other_chapter(office):
    assert office.get("/handbook/workflow").text.count("<polyline") == 10
    assert office.get("/handbook/nothing").status_code == 404


def test_the_handbook_marks_what_is_practice_and_not_law(office):
    assert "以下是实务（practice），不是法律" in office.get("/handbook/practice").text


# -- people -----------------------------------------------------------------------------------------------


def test_an_administrator_makes_people_and_sees_no_case(sign_in, app):
    admin = sign_in(Role.ADMINISTRATOR)

    made = admin.post("/users/new", {"login": "zhou", "name": "周明", "roles": ["handler", "registrar"]})

    assert made.status_code == 200
    assert re.search(r"<code>(\w{4}-){3}\w{4}</code>", made.text)
    assert admin.get("/").location.endswith("/users")
    assert admin.get("/cases").status_code == 403


def test_the_last_administrator_cannot_be_put_away(sign_in, app):
    admin = sign_in(Role.ADMINISTRATOR)
    rows = re.findall(r"/users/(\d+)", admin.get("/users").text)

    for user_id in rows[:-1]:
        admin.post(f"/users/{user_id}", {"name": "x", "roles": ["head"], "active": "1"})
    last = admin.post(f"/users/{rows[-1]}", {"name": "x", "roles": ["head"], "active": "1"})

    assert last.status_code == 422
    assert "至少要保留一名" in last.text


def test_a_unit_has_a_liaison_with_an_address(sign_in, app):
    admin = sign_in(Role.ADMINISTRATOR)
    words = {"name": "执法一队", "kind": "队", "liaison_name": "李四", "liaison_email": "l@example.org"}

    assert admin.post("/units/new", words).status_code == 303
    assert admin.post("/units/new", words).status_code == 422
    assert "l@example.org" in admin.get("/units").text


def test_the_page_of_a_case_keeps_the_day_on_which_it_was_flagged_as_overdue(office, case_id, clock, sign_in):
    """第33条第2款: 20 working days from 2026-03-11, over the rest days of Qingming."""
    assert "超期标记" not in office.get(f"/cases/{case_id}").text
    clock.set("2026-04-10")
    office = sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)

    overdue.run(on=date(2026, 4, 10), now=clock())

    assert "2026-04-09届满而未答复，2026-04-10标记" in office.get(f"/cases/{case_id}").text


@pytest.mark.parametrize("year", ["0", "10000", "99999", "999999999"])
@pytest.mark.parametrize(
    "path", ["/", "/cases", "/contacts", "/statistics", "/books/publications", "/calendar"]
)
def test_a_year_that_no_calendar_has_is_no_fault_of_the_server(sign_in, path, year):
    assert sign_in(Role.HEAD).get(f"{path}?year={year}").status_code in (200, 404)


def test_the_worklist_counts_no_further_than_ten_thousand(app):
    shown = app.jinja_env.from_string("{{ 0|capped }} {{ 10000|capped }} {{ 10001|capped }}")
    with app.test_request_context("/"):
        assert shown.render() == "0 10000 10000+"


def lead_of(page: str) -> str:
    """Return the step whose button leads on the page of a case."""
    head = page[page.index('id="next"') :]
    return re.search(r'class="button button--main"[^>]*>\s*([^<]+)<|href="[^"]+/steps/(\w+)"', head)[1]


def test_the_step_that_the_law_expects_leads_and_who_may_take_another_s_is_named(office, sign_in, case_id):
    assert lead_of(office.get(f"/cases/{case_id}").text) == "受理"
    office.step(case_id, "accept", "2026-03-12")
    assert lead_of(office.get(f"/cases/{case_id}").text) == "答复、结案"
    office.step(case_id, "consult", "2026-03-13", party="third_party", name="某公司")
    assert lead_of(office.get(f"/cases/{case_id}").text) == "征求意见结束"
    reviewer = sign_in(Role.REVIEWER).get(f"/cases/{case_id}").text

    theirs = reviewer[reviewer.index('id="others"') :]

    assert theirs.index("征求意见结束") < theirs.index("征求意见<")
    assert "承办人、公开机构负责人" in theirs
