"""The forms of answers: what they ask, what they refuse, and a request of several items."""

import re

import pytest

from tests.histories import line, text, typed
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.services.exchange import importing


@pytest.fixture
def case_id(app, clock):
    lines = [line("business", "A-1", [{"step": "receive", "on": "2026-03-02"}])]
    importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
    return db.session.query(Case).one().id


@pytest.fixture
def head(sign_in):
    return sign_in(Role.HEAD)


def answer(head, case_id, code, **fields):
    """Send the form with nothing filled in but the fields."""
    page = head.get(f"/cases/{case_id}/steps/{code}").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    words = {"version": version, "act": "take", "on": "2026-03-16", **fields}
    return head.post(f"/cases/{case_id}/steps/{code}", words)


def state(case_id):
    db.session.expire_all()
    return db.session.get(Case, case_id).state


def test_an_answer_without_its_basis_is_refused_and_names_what_is_missing(case_id, head):
    refused = answer(
        head, case_id, "unable_not_held", end="absent", reason="没有", basis_absent_searched_by="周明"
    )

    assert refused.status_code == 422
    assert "缺少“检索的范围（单位、年份、档案）”。（条例第36条第（四）项）" in refused.text
    assert "检索人”" not in refused.text.split('role="alert"')[1].split("</p>")[0]
    assert 'value="周明"' in refused.text
    assert state(case_id) == "received"


def test_what_is_missing_can_be_overridden_with_a_reason_that_is_kept(case_id, head):
    answer(head, case_id, "unable_not_held", end="others", reason="没有", override="机关正在改革，尚不能确定")

    details = db.session.get(Case, case_id).events[-1].details
    assert state(case_id) == "unable_not_held"
    assert "机关正在改革" in details["reason"]
    assert "负责公开的机关名称" in details["reason"]


def test_only_the_chosen_end_is_asked_for_and_kept(case_id, head):
    fields = typed("unable_not_held", "others")
    assert answer(head, case_id, "unable_not_held", reason="不属于", **fields).status_code == 303

    kept = db.session.get(Case, case_id).events[-1].details["basis"]
    assert kept == {"end": "others", "organ": "写明organ", "organ_contact": "写明organ_contact"}
    assert "不属于本机关负责公开" in head.get(f"/cases/{case_id}").text


def test_the_reviewer_is_not_the_one_who_answers(case_id, head):
    fields = {**typed("disclosed"), "basis_given_reviewer": "陈立"}

    assert "审查人不能是拟稿人自己" in answer(head, case_id, "disclosed", **fields).text


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        ({"step": "withdraw", "on": "2026-02-10"}, "没有答复过"),
        (
            [
                {"step": "ask_supplement", "on": "2026-02-03", "deadline_on": "2026-02-06"},
                {"step": "answer", "on": "2026-02-10", "outcome": "closed_supplement_lapsed"},
            ],
            "没有答复过",
        ),
        ({"step": "answer", "on": "2026-03-03", "outcome": "disclosed"}, "晚于本件收到之日"),
    ],
    ids=["withdrawn", "lapsed", "answered after this request came in"],
)
def test_a_repeat_rests_on_an_earlier_answer_and_nothing_else(case_id, head, clock, ended, says):
    """第36条第（六）项: 行政机关已就申请作出答复、申请人重复申请."""
    events = [{"step": "receive", "on": "2026-02-02"}, *(ended if isinstance(ended, list) else [ended])]
    same = {**line("business", "A-0", events), "applicant": {"kind": "business", "name": "申请人A-1"}}
    importing.import_histories(text([same]).splitlines(), today=clock.today, now=clock())
    fields = {"reason": "重复", **typed("not_processed_repeat"), "basis_repeat_earlier_number": "A-0"}
    fields["basis_repeat_earlier_on"] = events[-1]["on"]

    refused = answer(head, case_id, "not_processed_repeat", **fields)

    assert refused.status_code == 422
    assert says in refused.text


def test_an_answer_says_how_it_was_served(case_id, head):
    """235号: the way of service proves the day of service; what was typed stays on the form."""
    fields = {**typed("disclosed"), "method": "", "document_number": "〔2026〕1号"}

    refused = answer(head, case_id, "disclosed", **fields)

    assert refused.status_code == 422
    assert "未写明送达方式" in refused.text
    assert 'value="〔2026〕1号"' in refused.text


@pytest.mark.parametrize(
    ("withheld", "first"), [("unable_not_held.absent", False), ("refused_internal_affairs", True)]
)
def test_the_remedies_of_a_partial_answer_follow_what_it_withholds(case_id, head, withheld, first):
    """复议法第23条: reconsideration first only where something is refused under 第14—16条."""
    parts = {
        "part_1_content": "批复", "part_1_outcome": "disclosed.given",
        "part_2_content": "附件", "part_2_outcome": withheld, "part_2_reason": "写明",
    }  # fmt: skip
    fields = {"reason": "区分处理", **typed("partially_disclosed"), **parts}
    assert answer(head, case_id, "partially_disclosed", **fields).status_code == 303

    page = head.get(f"/cases/{case_id}").text

    assert ("先申请行政复议" in page) is first
    assert "复议机关：本级人民政府（行政复议法第24条第1款第（一）项）" in page
    assert "名称未设置" in page


def test_a_repeat_names_an_answered_case_of_the_same_person(case_id, head, clock):
    events = [
        {"step": "receive", "on": "2026-02-02"},
        {"step": "answer", "on": "2026-02-10", "outcome": "disclosed"},
    ]
    others = [
        line("business", "B-1", events),
        {**line("business", "A-0", events), "applicant": {"kind": "business", "name": "申请人A-1"}},
    ]
    importing.import_histories(text(others).splitlines(), today=clock.today, now=clock())
    fields = {"reason": "重复", **typed("not_processed_repeat")}

    strange = answer(
        head, case_id, "not_processed_repeat", **{**fields, "basis_repeat_earlier_number": "B-1"}
    )
    itself = answer(head, case_id, "not_processed_repeat", **{**fields, "basis_repeat_earlier_number": "A-1"})
    ours = {**fields, "basis_repeat_earlier_number": "A-0"}
    wrong_day = answer(head, case_id, "not_processed_repeat", **ours)
    unknown = answer(
        head, case_id, "not_processed_repeat", **{**fields, "basis_repeat_earlier_number": "YSQ-2025-0099"}
    )
    right = answer(
        head, case_id, "not_processed_repeat", **{**ours, "basis_repeat_earlier_on": "2026年2月10日"}
    )

    assert "B-1不是同一申请人的申请" in strange.text
    assert "A-1尚未答复" in itself.text
    assert "A-0的答复日期是2026-02-10，与所填的不同" in wrong_day.text
    assert "没有编号为YSQ-2025-0099的申请" in unknown.text
    assert right.status_code == 303


def test_excessive_needs_that_reasons_were_asked_for(case_id, head):
    fields = {"reason": "不合理", **typed("not_processed_excessive")}
    assert "尚未要求申请人说明理由" in answer(head, case_id, "not_processed_excessive", **fields).text

    head.step(case_id, "ask_reasons", "2026-03-05", deadline_on="2026-03-12")

    assert answer(head, case_id, "not_processed_excessive", **fields).status_code == 303


PARTS = {
    "part_1_content": "会议纪要", "part_1_outcome": "refused_process_information", "part_1_reason": "讨论记录",
    "part_2_content": "拨款文件", "part_2_outcome": "unable_not_held.absent", "part_2_reason": "经检索没有",
}  # fmt: skip


def test_several_items_show_which_is_counted_before_it_is_fixed(case_id, head):
    page = answer(head, case_id, "unable_not_held", **{**PARTS, "act": "preview", "reason": "没有"}).text

    assert "按各分项，本件计入：" in page
    assert "3.3.6" in page
    assert "先申请行政复议" in page
    assert "其余部分可以申请行政复议" in page
    assert f"/cases/{case_id}/steps/refused_process_information" in page
    assert state(case_id) == "received"


def test_another_outcome_than_that_of_the_items_is_refused(case_id, head):
    fields = {"reason": "没有", **typed("unable_not_held"), **PARTS}

    assert "按各分项的结果，本件应计入" in answer(head, case_id, "unable_not_held", **fields).text


def test_items_are_kept_and_shown_and_the_main_one_alone_is_counted(case_id, head):
    fields = {"reason": "讨论记录", **typed("refused_process_information"), **PARTS}
    assert answer(head, case_id, "refused_process_information", **fields).status_code == 303

    page = head.get(f"/cases/{case_id}").text
    assert "会议纪要，6.属于四类过程性信息，条例第16条第2款，讨论记录" in page
    assert "拨款文件，1.本机关不掌握相关政府信息：经检索没有所申请的信息，条例第36条第（四）项" in page
    assert "告知书应写明先申请行政复议" in page
    assert "其余部分可以申请行政复议" in page
    table = head.get("/reports/2026/report.json").json["table3"]
    assert (table["3.3.6"]["total"], table["3.4.1"]["total"], table["3.7"]["total"]) == (1, 0, 1)


def test_an_item_without_its_outcome_is_named(case_id, head):
    fields = {"reason": "x", **typed("disclosed"), "part_3_content": "某文件"}

    assert "第3项请写明内容并选择结果" in answer(head, case_id, "disclosed", **fields).text


def test_the_correction_of_an_answer_shows_its_basis_and_items(case_id, head):
    fields = {"reason": "讨论记录", **typed("refused_process_information"), **PARTS}
    answer(head, case_id, "refused_process_information", **fields)
    seq = db.session.get(Case, case_id).events[-1].seq

    page = head.get(f"/cases/{case_id}/corrections/{seq}").text

    assert 'value="写明category"' in page
    assert 'value="会议纪要"' in page


def test_an_imported_answer_shows_what_it_lacks_and_is_refused_nothing(app, head, clock):
    events = [
        {"step": "receive", "on": "2026-02-02"},
        {"step": "answer", "on": "2026-02-10", "outcome": "unable_not_held"},
    ]
    importing.import_histories(
        text([line("ngo", "I-1", events)]).splitlines(), today=clock.today, now=clock()
    )
    imported = db.session.query(Case).one().id

    page = head.get(f"/cases/{imported}").text

    assert "答复未见：检索的范围" in page
    assert "未见理由" in page
