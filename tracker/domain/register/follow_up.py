"""What follows from requests: corrections, conversions, reviews of refusals, complaints, guide updates.

Law: 条例第12、18、26、41、44、47、51条. A day is counted where the law or a notice sets one. 第18条 says 定期
and 第12、41、44条 no number of days: when the next review is due is the office's to state (practice).
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tracker.domain.message import labels, worded
from tracker.domain.register.register import NOTE, UNIT, Field, Register

Values = Mapping[str, Any]
REVIEW, COMPLAINT, GUIDE = "refusal_review", "complaint", "guide_update"
LAWS = {
    REVIEW: "条例第18条（期间为实务）",
    COMPLAINT: "条例第47条第2款、第51条",
    GUIDE: "条例第12条（20个工作日比照第26条，为实务）",
}
CORRECTION_RESULTS = labels(
    {
        "corrected": "经审核属实，已更正并告知",
        "transferred": "转送有权更正的行政机关并告知",
        "told": "告知向有权更正的行政机关提出",
        "unfounded": "经审核不属实，已告知",
    }
)
SOURCES = labels({"several": "多个申请人申请公开（第44条第1款）", "suggested": "申请人建议（第44条第2款）"})
ASSESSMENTS = labels({"publish": "可以主动公开", "kept": "不宜主动公开"})
REVIEWS = labels({"kept": "仍不予公开", "publish": "可以公开", "partial": "部分可以公开"})
COMPLAINANTS = labels(
    {
        "citizen": "公民、法人或者其他组织（第51条）",
        "authority": "政府信息公开工作主管部门督促（第47条第2款）",
        "upper": "上一级行政机关转办（第51条）",
    }
)
COMPLAINT_RESULTS = labels(
    {"founded": "属实，已改正", "partly": "部分属实，已改正", "unfounded": "不属实，已说明"}
)
GUIDES = labels({"guide": "政府信息公开指南", "catalogue": "政府信息公开目录"})
CASE = Field(
    "case_number",
    "关联受理编号",
    listed=True,
    longest=40,
    hint="本机关申请台账中的编号；没有的不填。",
    headings="受理编号 申请编号",
)
# What is reviewed (第18条): what was refused under 第14至16条, wholly or in part. Where a special law has the
# information looked up (行政查询), nothing was kept back.
REVIEWED = frozenset({
    "partially_disclosed", "refused_state_secret", "refused_prohibited_by_law",
    "refused_safety_and_stability", "refused_third_party_rights", "refused_internal_affairs",
    "refused_process_information", "refused_enforcement_file",
})  # fmt: skip


def first_review_on(served_on: date, months: int) -> date:
    """Return the day by which a refusal is reviewed first (practice): the same day so many months on."""
    year, month = divmod(served_on.month - 1 + months, 12)
    last = monthrange(served_on.year + year, month + 1)[1]
    return date(served_on.year + year, month + 1, min(served_on.day, last))


def objections(register: str, values: Values) -> dict[str, str]:
    """Return what a row of one of these registers must state once its end is stated, by field."""
    for field, lacks, problem in NEEDED[register]:
        if lacks(values):
            return {field: problem}
    return {}


# What a row lacks, by register: the field, whether it is lacking, and what to do.
NEEDED: dict[str, tuple[tuple[str, Callable[[Values], bool], str], ...]] = {
    "corrections": (
        ("result", lambda row: row["told_on"] and not row["result"], worded("已经告知的，请选择办理结果。")),
    ),
    "conversions": (
        (
            "conclusion",
            lambda row: row["assessed_on"] and not row["conclusion"],
            worded("已经评估的，请选择评估结论（条例第44条第2款）。"),
        ),
        (
            "conclusion",
            lambda row: row["published_on"] and row["conclusion"] != "publish",
            worded("转为主动公开的，评估结论应为可以主动公开。"),
        ),
    ),
    "refusal-reviews": (
        (
            "next_on",
            lambda row: row["conclusion"] == "kept" and not row["next_on"],
            worded("仍不予公开的，请填写下次复查日期（条例第18条，定期）。"),
        ),
        (
            "conclusion",
            lambda row: row["conclusion"] == "kept" and row["published_on"],
            worded("填写了公开日期，复查结论不能是仍不予公开。"),
        ),
    ),
    "guides": (),
    "complaints": (
        (
            "result",
            lambda row: row["answered_on"] and not row["result"],
            worded("已经答复的，请选择办理结果。"),
        ),
    ),
}


CORRECTIONS = Register(
    name="corrections",
    title="更正申请",
    feeds="不直接用于年度报告",
    law="条例第41条",
    hint="公民、法人或者其他组织有证据证明本机关提供的与其自身相关的信息记录不准确的。不是政府信息公开申请，不计入表三（实务）。不写姓名。",
    day="received_on",
    identity=("received_on", "record", "case_number"),
    searched=("record", "asked", "organ", "case_number"),
    called="record",
    fields=(
        Field("received_on", "收到日期", "day", required=True, listed=True, headings="收到更正申请日期"),
        Field("record", "信息记录", required=True, listed=True, headings="信息名称 更正的信息"),
        CASE,
        Field("asked", "请求更正的内容", "area", longest=2000, headings="更正内容 请求"),
        Field("evidence", "证据", "area", longest=2000, headings="证明材料"),
        UNIT,
        Field(
            "result", "办理结果", "choice", words=CORRECTION_RESULTS, listed=True,
            hint="无权更正的，转送有权更正的机关并告知，或者告知向其提出。", headings="处理结果 结果",
        ),
        Field("organ", "转送、告知的机关", longest=100, headings="有权更正的机关"),
        Field("told_on", "告知日期", "day", listed=True, headings="答复日期 办结日期"),
        NOTE,
    ),
)  # fmt: skip
CONVERSIONS = Register(
    name="conversions",
    title="转为主动公开",
    feeds="一（一）主动公开",
    law="条例第44条",
    hint="多个申请人就相同信息申请、该信息属于可以公开的，可以纳入主动公开范围；申请人建议的，经审核评估后及时处理。",
    day="raised_on",
    identity=("raised_on", "content", "case_number"),
    searched=("content", "assessment", "case_number"),
    called="content",
    fields=(
        Field("raised_on", "提出日期", "day", required=True, listed=True, headings="建议日期"),
        Field("content", "信息内容", required=True, listed=True, headings="信息名称"),
        Field("source", "来源", "choice", words=SOURCES, default="several", listed=True, headings="提出方式"),
        CASE,
        UNIT,
        Field("assessment", "审核评估", "area", longest=2000, headings="评估意见"),
        Field("conclusion", "评估结论", "choice", words=ASSESSMENTS, listed=True, headings="审核结论"),
        Field("assessed_on", "评估日期", "day", headings="审核日期"),
        Field("published_on", "公开日期", "day", listed=True, headings="主动公开日期"),
        NOTE,
    ),
)  # fmt: skip
REVIEWS_OF_REFUSALS = Register(
    name="refusal-reviews",
    title="不予公开信息复查",
    feeds="不直接用于年度报告",
    law="条例第18条",
    hint="对不予公开的政府信息定期评估审查，因情势变化可以公开的应当公开。多久一次条例没有规定，一般每年一次（实务）。",
    day="reviewed_on",
    identity=("reviewed_on", "information", "case_number"),
    searched=("information", "reason", "case_number"),
    called="information",
    fields=(
        Field("reviewed_on", "复查日期", "day", required=True, listed=True, headings="评估日期 审查日期"),
        Field("information", "信息内容", required=True, listed=True, headings="信息名称"),
        CASE,
        UNIT,
        Field("reason", "复查意见", "area", longest=2000, headings="评估意见 审查意见"),
        Field(
            "conclusion", "复查结论", "choice", words=REVIEWS, default="kept", listed=True,
            headings="评估结论",
        ),
        Field(
            "next_on", "下次复查日期", "day", listed=True, hint="一般为一年以后（实务）。",
            headings="下次评估日期",
        ),
        Field("published_on", "公开日期", "day", headings="予以公开日期"),
        NOTE,
    ),
)  # fmt: skip
COMPLAINTS = Register(
    name="complaints",
    title="投诉、举报、督促",
    feeds="不直接用于年度报告",
    law="条例第47、51条",
    hint="认为本机关不依法履行政府信息公开义务的投诉、举报，以及主管部门的督促整改。不写姓名。",
    day="received_on",
    identity=("received_on", "matter", "case_number"),
    searched=("matter", "answer", "case_number"),
    called="matter",
    fields=(
        Field("received_on", "收到日期", "day", required=True, listed=True, headings="投诉日期 举报日期"),
        Field("matter", "事项", required=True, listed=True,
            headings="投诉事项 举报事项 督促事项 投诉内容 举报内容 反映事项",
        ),
        Field(
            "source", "来源", "choice", words=COMPLAINANTS, default="citizen", listed=True,
            headings="投诉来源",
        ),
        CASE,
        UNIT,
        Field(
            "until_on", "办理期限", "day", listed=True,
            hint="转办、督促的通知定有期限的填写；条例没有规定天数。", headings="要求办结日期",
        ),
        Field("result", "办理结果", "choice", words=COMPLAINT_RESULTS, listed=True, headings="处理结果 结果"),
        Field("answer", "办理、整改情况", "area", longest=2000, headings="处理情况 整改情况"),
        Field("answered_on", "答复日期", "day", listed=True, headings="办结日期"),
        NOTE,
    ),
)  # fmt: skip
GUIDES_AND_CATALOGUES = Register(
    name="guides",
    title="公开指南、目录更新",
    feeds="一（四）平台建设",
    law="条例第12、26条",
    hint="机构名称、地址、电话、受理渠道等变动的，指南、目录应当及时更新（第12条）；提醒比照第26条按20个工作日计，为实务。",
    day="changed_on",
    identity=("changed_on", "kind", "change"),
    searched=("change", "link"),
    called="change",
    fields=(
        Field("kind", "种类", "choice", words=GUIDES, default="guide", listed=True, headings="类别"),
        Field("change", "变动内容", required=True, listed=True, headings="更新内容"),
        Field("changed_on", "变动日期", "day", required=True, listed=True, headings="生成日期"),
        UNIT,
        Field("updated_on", "更新日期", "day", listed=True, headings="公布日期 发布日期"),
        Field("link", "链接", longest=500, headings="网址"),
        NOTE,
    ),
)  # fmt: skip
FOLLOW_UPS = (CORRECTIONS, CONVERSIONS, REVIEWS_OF_REFUSALS, COMPLAINTS, GUIDES_AND_CATALOGUES)
