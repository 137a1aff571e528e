"""The registers as people of every role use them."""

import html
import json
import re
from io import BytesIO

import openpyxl
import pytest

from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.publication import Publication
from tracker.models.reads.base import count_rows
from tracker.models.reads.register import register_rows
from tracker.models.register import RegisterAct
from tracker.models.user import AuditEntry
from tracker.services.exchange import importing


@pytest.fixture
def office(sign_in):
    return sign_in(Role.REGISTRAR, Role.HEAD)


def medium(browser, name="政府网站") -> int:
    answer = browser.post("/books/media", {"name": name, "kind": "website"})
    return int(answer.location.rsplit("/", 1)[1])


def version_of(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def sheet(*rows) -> tuple[BytesIO, str]:
    register, stream = openpyxl.Workbook(), BytesIO()
    for row in rows:
        register.active.append(row)
    register.save(stream)
    stream.seek(0)
    return stream, "表.xlsx"


def test_an_item_goes_from_draft_over_review_to_publication_by_three_people(on_sqlite, sign_in):
    clerk, reviewer, auditor = sign_in(Role.REGISTRAR), sign_in(Role.REVIEWER), sign_in(Role.AUDITOR)
    channel = medium(clerk)
    page = clerk.get("/books/publications/new").text
    assert 'name="reviewed_by"' not in page
    assert "审核栏" in page
    made = clerk.post(
        "/books/publications",
        {"title": "占道经营治理须知", "category": "guide", "created_on": "2026-03-10", "drafted_by": "林静"},
    )
    address = made.location

    page = reviewer.get(f"{address}/review").text
    assert 'value="何法"' in page
    assert 'name="title"' not in page
    words = {"reviewed_by": "何法", "reviewed_on": "2026-03-12", "conclusion": "publish", "basis": "不涉密"}
    assert reviewer.post(f"{address}/review", {"version": version_of(page), **words}).status_code == 303
    page = clerk.get(f"{address}/edit").text
    words = {"version": version_of(page), "channels-shown": "1", f"channel-{channel}": "政府网站"}
    clerk.post(
        f"{address}/edit", {**words, "published_on": "2026年3月13日", "link": "https://www.example.org/1"}
    )

    page = auditor.get(address).text
    assert "2026-03-13" in page
    assert 'href="https://www.example.org/1"' in page
    assert "（空） → 可以公开" in page
    assert "修改</a>" not in page
    assert "本年公开信息1条" in auditor.get("/books?year=2026").text


def test_publication_without_a_review_is_refused_beside_the_field_and_nothing_typed_is_lost(office):
    channel = medium(office)
    typed = {
        "title": "没有审核的信息", "category": "news", "created_on": "2026-03-10", "published_on": "2026-03-12",
        "channels-shown": "1", f"channel-{channel}": "政府网站",
    }  # fmt: skip

    answer = office.post("/books/publications", typed)

    assert answer.status_code == 422
    assert "尚无审核记录" in answer.text
    assert 'value="没有审核的信息"' in answer.text
    assert re.search(rf'name="channel-{channel}" value="政府网站" checked', answer.text)
    assert db.session.query(Publication).count() == 0


def test_a_link_that_is_no_address_is_shown_as_text(on_sqlite, sign_in):
    browser = sign_in(Role.REGISTRAR, Role.HEAD)
    words = {"title": "x", "category": "news", "created_on": "2026-03-10", "link": "javascript:alert(1)"}
    made = browser.post("/books/publications", words)

    page = browser.get(made.location).text

    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_a_second_click_registers_once_and_a_stale_page_is_told(office):
    words = {
        "held_on": "2026-03-02",
        "topic": "业务培训",
        "form": "online",
        "people": "12",
        "token": "page-1",
    }
    first, second = office.post("/books/trainings", words), office.post("/books/trainings", words)
    assert first.location == second.location
    version = version_of(office.get(f"{first.location}/edit").text)
    office.post(f"{first.location}/edit", {"version": version, "people": "13", "reason": "补记一人"})

    stale = office.post(f"{first.location}/edit", {"version": version, "people": "14"})

    assert stale.status_code == 409
    assert 'value="14"' in stale.text
    page = office.get(first.location).text
    assert "12 → 13" in page
    assert "补记一人" in page


def test_a_row_is_withdrawn_with_a_reason_and_restored(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR, Role.HEAD)
    address = office.post(
        "/books/decision-counts", {"year": "2025", "month": "0", "licences": "106"}
    ).location
    assert "106" in office.get("/books?year=2025").text

    assert office.post(f"{address}/withdraw", {"why": ""}).status_code == 422
    office.post(f"{address}/withdraw", {"why": "重复登记"})

    assert "已撤销登记" in office.get(address).text
    assert "没有符合条件" in office.get("/books/decision-counts?year=2025").text
    assert "已撤销" in office.get("/books/decision-counts?only=withdrawn").text
    office.post(f"{address}/restore", {"why": "误撤"})
    assert "已撤销" not in office.get("/books/decision-counts?year=2025").text.split("<tbody>")[1]
    assert [act.act for act in db.session.query(RegisterAct).order_by(RegisterAct.id)] == [
        "added",
        "withdrawn",
        "restored",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/books/publications?year=2026&category=guide&only=unpublished&text=a+b&medium=3&order=title&down=0",
        "/books/publications?order=channels&category=nonsense&medium=x&year=99999999999&page=7",
        "/books/remedies?kind=reconsideration&order=closed_on&text=%25",
        "/books/decision-counts?text=2025&order=fees&down=x",
        "/books/media?year=2025",
        "/books?year=",
        "/books/request-fees?year=2025",
    ],
)
def test_a_list_answers_whatever_the_address_asks(on_sqlite, sign_in, address):
    assert sign_in(Role.AUDITOR).get(address).status_code == 200


@pytest.mark.parametrize(
    "address", ["/books/nothing", "/books/trainings/99", "/books/trainings/1/review", "/books?year=1"]
)
def test_what_is_not_there_is_said(on_sqlite, sign_in, address):
    office = sign_in(Role.REGISTRAR, Role.HEAD)
    office.post("/books/trainings", {"held_on": "2026-03-02", "topic": "业务培训", "form": "online"})

    assert office.get(address).status_code == 404


def test_lists_are_filtered_sorted_and_taken_out_as_shown(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR, Role.HEAD)
    for year, title in ((2024, "甲办法"), (2025, "乙办法"), (2025, "丙细则")):
        office.post(
            "/books/normative-documents",
            {"title": title, "made_on": f"{year}-02-01", "kind": "normative_document", "status": "in_force"},
        )

    page = office.get("/books/normative-documents?year=2025&text=办法").text
    assert "乙办法" in page
    assert "甲办法" not in page
    assert "丙细则" not in page
    listed = re.findall(
        r"(甲办法|乙办法|丙细则)</a>", office.get("/books/normative-documents?order=made_on&down=0").text
    )
    assert listed[0] == "甲办法"

    answer = office.get("/books/normative-documents/export.xlsx?year=2025")
    rows = list(openpyxl.load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("种类", "标题", "文号")
    assert [row[1] for row in rows[1:]] == ["乙办法", "丙细则"]
    assert rows[1][6].isoformat()[:10] == "2025-02-01"
    entry = db.session.query(AuditEntry).filter_by(act="exported").one()
    assert entry.target == "登记簿：规章、规范性文件"


def test_a_file_is_shown_first_and_kept_on_the_second_click(office):
    upload = {
        "file": sheet(
            ["培训日期", "主题", "参训人数"], ["2025/6/3", "政府信息公开条例", "23人"], ["合计", None, 23]
        )
    }

    shown = office.post("/books/trainings/import", upload)

    assert shown.status_code == 200
    assert "政府信息公开条例" in shown.text
    assert "导入1条" in shown.text
    agency_id = db.session.query(AuditEntry).order_by(AuditEntry.id).first().agency_id
    assert count_rows(register_rows(BY_NAME["trainings"], agency_id)) == 0
    action = re.search(r'action="(/books/trainings/import/\d+)"', shown.text)[1]
    digest = re.search(r'name="digest" value="(\w+)"', shown.text)[1]
    assert office.post(action, {"digest": digest}).status_code == 303
    assert "已导入1条" in office.get("/books/trainings").text
    again = office.post(action, {"digest": digest})
    assert again.status_code == 422
    assert "已经导入或已过期" in again.text
    assert count_rows(register_rows(BY_NAME["trainings"], agency_id)) == 1


def test_what_is_wrong_in_a_file_is_listed_by_its_place_and_the_good_rows_may_be_taken(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR, Role.HEAD)
    rows = (["培训日期", "主题"], ["2025/6/3", "好的"], ["2025/13/3", "坏的"])

    shown = office.post("/books/trainings/import", {"file": sheet(*rows)})

    assert "工作表“Sheet”第3行“培训日期（A）”列" in shown.text
    action = re.search(r'action="(/books/trainings/import/\d+)"', shown.text)[1]
    digest = re.search(r'name="digest" value="(\w+)"', shown.text)[1]
    assert office.post(action, {"digest": digest}).status_code == 422
    shown = office.post("/books/trainings/import", {"file": sheet(*rows)})
    action = re.search(r'action="(/books/trainings/import/\d+)"', shown.text)[1]
    digest = re.search(r'name="digest" value="(\w+)"', shown.text)[1]
    assert office.post(action, {"digest": digest, "keep_going": "1"}).status_code == 303
    assert "好的" in office.get("/books/trainings").text


def test_an_empty_sheet_is_there_to_be_filled_in_and_no_file_is_said(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR)

    answer = office.get("/books/remedies/template.xlsx")
    headers = [cell.value for cell in openpyxl.load_workbook(BytesIO(answer.data)).active[1]]

    assert headers[:3] == ["种类", "案号", "关联受理编号"]
    assert "请选择要导入" in office.post("/books/remedies/import").text
    picture = {"file": (BytesIO(b"\x89PNG\r\n\x1a\n"), "x.xls")}
    assert "这是图片，不是电子表格" in office.post("/books/remedies/import", picture).text
    assert "表格" in office.post("/books/remedies/import", {"file": (BytesIO(b"x"), "x.xls")}).text


def test_the_fees_of_requests_are_listed_from_the_ledgers(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)
    words = {
        "form": "letter", "arrived_on": "2026-03-02", "person": "丁某", "triage": "request", "subject": "图纸",
        "kind": "natural_person", "channel": "in_person", "signed_on": "2026-03-02",
    }  # fmt: skip
    case_id = int(office.post("/register", words).location.rsplit("/", 1)[1])
    office.step(case_id, "accept", "2026-03-03")
    office.step(case_id, "charge", "2026-03-04", amount="35.5")
    office.step(case_id, "pay", "2026-03-09")

    page = office.get("/books/request-fees?year=2026").text

    assert "35.5" in page
    assert "合计1笔" in page
    assert "本年没有收取" in office.get("/books/request-fees?year=2025").text


REFUSAL = {
    "number": "2026-0001",
    "applicant": {"kind": "natural_person", "name": "丁某"},
    "channel": "in_person",
    "subject": "图纸",
    "events": [
        {"step": "receive", "on": "2026-01-05"},
        {"step": "answer", "on": "2026-01-12", "outcome": "refused_internal_affairs", "method": "post"},
    ],
}


def test_a_reconsideration_is_registered_from_its_case_and_shown_on_it(on_sqlite, sign_in, clock):
    importing.import_histories([json.dumps(REFUSAL)], today=clock.today, now=clock())
    case_id = db.session.query(Case.id).scalar()
    office = sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)
    link = re.search(
        r'href="(/books/remedies/new\?case_number=[^"]+)"', office.get(f"/cases/{case_id}").text
    )[1]
    form = office.get(link).text
    number = re.search(r'name="case_number"[^>]* value="([^"]+)"', form)[1]

    raw = {
        "kind": "direct_litigation",
        "case_number": number,
        "organ": "区人民法院",
        "filed_on": "2026-02-02",
    }
    made = office.post("/books/remedies", raw)

    page = office.get(made.location).text
    assert "应当先申请行政复议" in page
    assert f'href="/cases/{case_id}"' in page
    assert "尚未审结" in office.get(f"/cases/{case_id}").text


def test_every_number_of_tables_2_and_4_opens_the_rows_that_it_counts(on_sqlite, sign_in):
    office = sign_in(Role.REGISTRAR, Role.HEAD)
    document = {"kind": "normative_document", "status": "in_force"}
    office.post("/books/normative-documents", {**document, "title": "新办法", "made_on": "2025-02-01"})
    old = {
        **document,
        "title": "旧办法",
        "made_on": "2019-02-01",
        "status": "repealed",
        "ended_on": "2025-02-01",
    }
    office.post("/books/normative-documents", old)
    suit = {"kind": "reconsideration", "number": "复议1号", "organ": "区政府", "filed_on": "2024-12-01"}
    office.post("/books/remedies", {**suit, "result": "upheld", "closed_on": "2025-01-20"})

    page = office.get("/books?year=2025").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/books/[^"]*cell=[^"]*)"', page)]

    shown = {link.rpartition("cell=")[2]: office.get(link).text.split("<tbody>")[1] for link in links}
    assert set(shown) == {"made", "repealed", "in_force", "upheld", "total"}
    assert ("新办法" in shown["made"], "旧办法" in shown["made"]) == (True, False)
    assert ("新办法" in shown["repealed"], "旧办法" in shown["repealed"]) == (False, True)
    assert "复议1号" in shown["upheld"]
    last_year = office.get("/books?year=2024").text
    assert "cell=pending" in last_year
    assert office.get("/books/trainings?cell=made&year=2025").status_code == 200


def test_columns_and_words_of_a_register_are_chosen_and_known_again(office):
    stream, name = sheet(("何时", "讲什么", "培训形式"), ("2026-02-03", "条例修订", "沙龙"))
    content = stream.getvalue()

    def look():
        office.get("/books/trainings/import")
        data = {"file": (BytesIO(content), name)}
        return office.post("/books/trainings/import", data, content_type="multipart/form-data").text

    def held(page: str) -> dict[str, str]:
        fields = re.findall(r'name="(digest|choices)" value="([^"]*)"', page)
        return {field: html.unescape(value) for field, value in fields}

    page = look()
    assert "没有找到可以导入的内容" in page
    at = f"/books/trainings/import/{re.search(r'/import/([0-9]+)/choices', page)[1]}"
    columns = {"row-0": "1", "column-0-0": "held_on", "column-0-1": "topic"}
    page = office.post(f"{at}/choices", {**held(page), **columns}).text
    assert "“沙龙”不是可选的培训形式" in page
    page = office.post(f"{at}/choices", {**held(page), "row-0": "1", "word-0": "meeting"}).text
    assert "已按所作的选择读取" in page
    assert office.post(f"{at}/choices", {**held(page), "choices": "{"}).status_code == 422
    assert office.post(at, held(page)).status_code == 303

    page = look()

    assert "同一文件下次上传时仍按这些选择" in page
    assert "条例修订" in office.get("/books/trainings").text
    assert "<dt>已有，不重复登记</dt><dd>1 条</dd>" in page
