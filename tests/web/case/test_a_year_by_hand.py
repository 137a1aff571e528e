"""A year worked by hand through the pages: contacts, one request through each family, both reports."""

import re

import pytest

from tracker.domain.permission import Role
from tracker.domain.report.table3 import identities
from tracker.rendering import annual
from tracker.services.office.agency import default_agency
from tracker.services.operations import inspection

ID = re.compile(r"/cases/(\d+)$")


@pytest.fixture
def office(sign_in):
    """One person who registers, handles and heads: a bureau of three people has such a one."""
    return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)


@pytest.fixture
def contact(office):
    def log(form: str, on: str, triage: str, **more: str):
        words = {"form": form, "arrived_on": on, "person": "来件人", "summary": "反映的事", "triage": triage}
        return office.post("/register", {**words, **more})

    return log


@pytest.fixture
def request_of(contact):
    """Register a letter as a request received on its day of signing; return the id of its case."""

    def make(on: str, kind: str, subject: str, channel: str = "registered_mail") -> int:
        dates = {"signed_on": on} if channel == "registered_mail" else {}
        answer = contact(
            "letter", on, "request", kind=kind, name="申请人", channel=channel, subject=subject, **dates
        )
        assert answer.status_code == 303, answer.text
        return int(ID.search(answer.location)[1])

    return make


def report(year: int, clock) -> annual.AnnualReport:
    agency = default_agency()
    return annual.compile_report(agency.id, agency.name, year, compiled_on=clock.today)


def filled(table: dict) -> dict[tuple[str, str], int]:
    """Return the cells that are not zero, totals left out."""
    return {(r, c): n for r, row in table.items() for c, n in row.items() if n and c != "total"}


def test_a_letter_a_visit_and_a_call_and_one_request_through_each_family(office, contact, request_of, clock):
    clock.set("2025-12-31", 16)

    # 来信、来访、来电: logged and sorted; the call is no request (第29条)
    assert contact("visit", "2025-03-04", "consultation").status_code == 303
    assert contact("call", "2025-03-05", "complaint").status_code == 303
    call = contact(
        "call", "2025-03-06", "request", kind="natural_person", name="甲", channel="oral", subject="图"
    )
    assert call.status_code == 422
    assert "第29条" in call.text

    # （一）予以公开
    disclosed = request_of("2025-03-03", "natural_person", "予以公开的事")
    office.step(disclosed, "accept", "2025-03-04")
    assert office.step(disclosed, "disclosed", "2025-03-18", method="post").status_code == 303

    # （二）部分公开, after a consultation of another organ (第34条)
    partial = request_of("2025-04-01", "business", "部分公开的事", "in_person")
    office.step(partial, "consult", "2025-04-07", party="agency", name="某局", received_on="2025-04-08")
    office.step(partial, "end_consultation", "2025-04-14", consultation="agency|某局", opinion="agrees")
    office.step(partial, "partially_disclosed", "2025-05-06", method="in_person", reason="其余涉及商业秘密")

    # （三）不予公开, after a third party objected (第32条)
    refused = request_of("2025-05-06", "research", "第三方反对的事")
    guard = office.step(refused, "refused_third_party_rights", "2025-05-20", reason="损害第三方合法权益")
    assert guard.status_code == 422
    assert "尚未书面征求第三方意见" in guard.text
    office.step(refused, "consult", "2025-05-08", party="third_party", name="某公司")
    office.step(
        refused, "end_consultation", "2025-05-15", consultation="third_party|某公司", opinion="objects"
    )
    office.step(refused, "refused_third_party_rights", "2025-05-26", reason="损害第三方合法权益")

    # （四）无法提供, still unclear after a supplement (第30条)
    unable = request_of("2025-06-03", "ngo", "不明确的事")
    office.step(unable, "ask_supplement", "2025-06-06", items="请写明文件名称", deadline_on="2025-06-27")
    office.step(unable, "receive_supplement", "2025-06-12")
    office.step(unable, "unable_still_unclear", "2025-06-20", reason="补正后仍不能确定所指文件")

    # （五）不予处理, extended by the head (第33条第2款)
    not_processed = request_of("2025-07-01", "legal_service", "信访举报")
    office.step(
        not_processed,
        "extend",
        "2025-07-10",
        days="20",
        reason="需核实",
        approved_by="陈立",
        approved_on="2025-07-10",
    )
    office.step(not_processed, "not_processed_petition", "2025-08-20", reason="属信访事项")

    # （六）其他处理: the fee was not paid (第42条); its lapse is refused before its day
    lapsed = request_of("2025-09-01", "other", "数量很多的事")
    office.step(lapsed, "charge", "2025-09-05", amount="300", received_on="2025-09-08")
    assert office.step(lapsed, "closed_fee_lapsed", "2025-09-20").status_code == 422
    assert office.step(lapsed, "closed_fee_lapsed", "2025-10-20", method="none").status_code == 303

    # open at the year's end, answered in January
    carried = request_of("2025-12-22", "natural_person", "跨年的事")
    clock.set("2026-01-12")
    office.step(carried, "disclosed", "2026-01-09", decided_on="2025-12-31", method="post")

    first, second = report(2025, clock), report(2026, clock)
    assert filled(first.table3) == {
        ("1", "natural_person"): 2,
        ("1", "business"): 1,
        ("1", "research"): 1,
        ("1", "ngo"): 1,
        ("1", "legal_service"): 1,
        ("1", "other"): 1,
        ("3.1", "natural_person"): 1,
        ("3.2", "business"): 1,
        ("3.3.4", "research"): 1,
        ("3.4.3", "ngo"): 1,
        ("3.5.1", "legal_service"): 1,
        ("3.6.2", "other"): 1,
        ("3.7", "natural_person"): 1,
        ("3.7", "business"): 1,
        ("3.7", "research"): 1,
        ("3.7", "ngo"): 1,
        ("3.7", "legal_service"): 1,
        ("3.7", "other"): 1,
        ("4", "natural_person"): 1,
    }
    assert filled(second.table3) == {
        ("2", "natural_person"): 1,
        ("3.1", "natural_person"): 1,
        ("3.7", "natural_person"): 1,
    }
    assert first.findings == second.findings == []
    assert identities(second.table3, first.table3) == []
    assert list(inspection.inspect(today=clock.today)) == []

    page = office.get("/reports/2025").text
    assert "勾稽关系核对一致" in page
    behind = office.get("/reports/2025/cells/3.3.4/research").text
    assert "第三方反对的事" in behind
    counts = office.get("/contacts/counts?year=2025").text
    assert "/contacts?year=2025&amp;form=call" in counts


def test_the_due_day_that_the_pages_show_follows_from_the_steps(office, request_of, clock):
    clock.set("2026-03-16")
    case = request_of("2026-03-02", "natural_person", "规划图")

    assert "2026年3月30日（周一）" in office.get(f"/cases/{case}").text

    done = office.step(case, "ask_supplement", "2026-03-04", items="文件名称", deadline_on="2026-03-25")
    assert "不计时" in office.get(done.location).text
    done = office.step(case, "receive_supplement", "2026-03-09")
    page = office.get(done.location).text
    assert "2026年4月7日（周二）" in page  # 清明 on 6 April is a day off
    assert "收到补正，期限自次日起重新计算" in page
