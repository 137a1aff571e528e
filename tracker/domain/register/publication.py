"""Proactive disclosure: words of the register, and what must be there before an item is published.

Law: 条例第17条 (review), 第19—26条; 保密法第35条. Reviewer and drafter apart, and the chain of three
reviews, are practice.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.domain.law import secrecy
from tracker.domain.message import Phrase, labels
from tracker.domain.register.register import NOTE, UNIT, Field, Register

CATEGORIES = labels(
    {
        "document": "政策文件",
        "interpretation": "政策解读",
        "response": "回应关切",
        "key_area": "重点领域",
        "guide": "办事指南",
        "news": "工作动态",
        "other": "其他",
    }
)
MEDIUM_KINDS = labels(
    {
        "website": "政府网站",
        "new_media": "政务新媒体",
        "gazette": "公报公示栏",
        "press": "报刊",
        "broadcast": "广播电视",
        "conference": "新闻发布会",
        "internet": "其他互联网媒体",
        "place": "查阅场所",
        "other": "其他",
    }
)
CONCLUSIONS = labels({"publish": "可以公开", "redacted": "区分处理后公开", "refused": "不予公开"})

Values = Mapping[str, Any]


HISTORIC = "历史数据"
MARK = Phrase("【%(historic)s：无审核记录】", historic=HISTORIC)
REVIEW = (
    "drafted_by", "unit_reviewed_by", "unit_reviewed_on", "reviewed_by", "reviewed_on", "conclusion", "basis",
    "approved_by", "approved_on",
)  # fmt: skip


def is_historic(values: Values, today: date) -> bool:
    """Return whether the item was published in an earlier year and has no record of a review at all.

    Catalogues of earlier years have none; an item of this year is reviewed first (第17条).
    """
    published_on = values["published_on"]
    reviewed = [name for name in REVIEW if values[name] and name != "drafted_by"]
    return bool(published_on and published_on.year < today.year and not reviewed)


def marked(note: str) -> str:
    """Return the note of an item of an earlier year with its mark."""
    return note if is_marked(note) else f"{MARK}{note or ''}"


def is_marked(note: str | None) -> bool:
    """Return whether a note has the mark of an item of an earlier year without a review record."""
    return bool(note) and str(note).startswith(MARK)


def objections(values: Values, *, three_reviews: bool = False, historic: bool = False) -> dict[str, str]:
    """Return what stands against keeping the item, by field; empty where nothing does.

    historic: it came in with the catalogue of an earlier year, which has no record of its review.
    """
    wrong = _secrets(values) | _order(values)
    if not values["created_on"] and not values["published_on"]:
        wrong["created_on"] = Phrase(
            "请填写生成（变更）日期：20个工作日自该日起算（条例第26条）；已发布的可只填发布日期。"
        )
    if values["published_on"]:
        wrong |= {} if historic else unreviewed(values, three_reviews=three_reviews)
        if not values["channels"]:
            wrong["channels"] = Phrase("已发布的信息请选择至少一个发布渠道。")
    return wrong


def unreviewed(values: Values, *, three_reviews: bool = False) -> dict[str, str]:
    """Return what the review lacks before the item may be marked published (第17条), by field."""
    needed = {
        "drafted_by": Phrase("请填写拟稿人：审核人不得是拟稿人。"),
        "reviewed_by": Phrase("尚无审核记录，不能标记为已发布（条例第17条）：请先由审核人审核。"),
        "reviewed_on": Phrase("请填写审核日期。"),
        "conclusion": Phrase("请填写审核结论。"),
        "basis": Phrase("请填写审核依据。"),
    }
    if three_reviews:
        needed |= {
            "unit_reviewed_by": Phrase("本机关实行三审：请填写科室审核人。"),
            "unit_reviewed_on": Phrase("本机关实行三审：请填写科室审核日期。"),
            "approved_by": Phrase("本机关实行三审：请填写分管领导。"),
            "approved_on": Phrase("本机关实行三审：请填写分管领导审定日期。"),
        }
    missing: dict[str, str] = {name: problem for name, problem in needed.items() if not values[name]}
    if values["conclusion"] == "refused":
        missing["conclusion"] = Phrase("审核结论为不予公开，不能发布。")
    if values["reviewed_by"] and values["reviewed_by"] == values["drafted_by"]:
        missing["reviewed_by"] = Phrase("审核人不得是拟稿人。")
    return missing


def _secrets(values: Values) -> dict[str, str]:
    message = Phrase("带有密级标志：%(forbidden)s。", forbidden=secrecy.FORBIDDEN)
    return {name: message for name in ("title", "note", "basis") if secrecy.mark_in(values[name] or "")}


CHAIN = (
    ("created_on", "生成（变更）日期"),
    ("unit_reviewed_on", "科室审核日期"),
    ("reviewed_on", "审核日期"),
    ("approved_on", "审定日期"),
    ("published_on", "发布日期"),
    ("taken_down_on", "撤下日期"),
)


def _order(values: Values) -> dict[str, str]:
    """Return the days that run backwards along the chain of review."""
    wrong: dict[str, str] = {}
    before: tuple[date, str] | None = None
    for name, label in CHAIN:
        day = values[name]
        if day is None:
            continue
        if before and day < before[0]:
            wrong[name] = Phrase(
                "%(label)s（%(day)s）早于%(value)s（%(value2)s）。",
                label=label,
                day=day,
                value=before[1],
                value2=before[0],
            )
        before = (day, label)
    if values["taken_down_on"] and not values["published_on"]:
        wrong["taken_down_on"] = Phrase("尚未发布，没有撤下日期。")
    return wrong


# -- the columns ----------------------------------------------------------------------------------

PUBLICATIONS = Register(
    name="publications",
    title="主动公开",
    feeds="一（一）主动公开",
    law="条例第19—26条",
    hint="一条信息可在多个渠道发布：按条计一次，按条·渠道各计一次，两种数都有。标记为已发布前须有审核记录（条例第17条）。",
    day="published_on",
    identity=("title", "unit", "created_on", "published_on"),
    searched=("title", "document_number", "unit"),
    called="title",
    fields=(
        Field(
            "title",
            "标题",
            required=True,
            listed=True,
            headings="信息名称 信息标题 名称 稿件标题 题目 文件名称 文件标题",
        ),
        Field("document_number", "文号", longest=100, headings="发文字号 文件编号"),
        UNIT,
        Field(
            "category",
            "信息类别",
            "choice",
            words=CATEGORIES,
            default="other",
            listed=True,
            headings="类别 类型 信息类型 栏目 分类",
        ),
        Field(
            "created_on",
            "生成（变更）日期",
            "day",
            listed=True,
            hint="20个工作日自该日起算（条例第26条）。",
            headings="生成日期 形成日期 变更日期 成文日期 制作日期",
        ),
        Field("drafted_by", "拟稿人", longest=60, group="审核", headings="起草人 作者 撰稿人"),
        Field("unit_reviewed_by", "科室审核人", longest=60, group="审核", headings="初审人 一审 科室负责人"),
        Field("unit_reviewed_on", "科室审核日期", "day", group="审核", headings="初审日期"),
        Field(
            "reviewed_by",
            "审核人",
            reviewed=True,
            longest=60,
            listed=True,
            group="审核",
            hint="不得是拟稿人。",
            headings="保密审查人 审查人 复审人 二审",
        ),
        Field(
            "reviewed_on",
            "审核日期",
            "day",
            reviewed=True,
            group="审核",
            headings="保密审查日期 审查日期 复审日期",
        ),
        Field(
            "conclusion",
            "审核结论",
            "choice",
            words=CONCLUSIONS,
            reviewed=True,
            group="审核",
            also={
                "公开": "publish",
                "同意公开": "publish",
                "同意": "publish",
                "通过": "publish",
                "部分公开": "redacted",
                "遮盖后公开": "redacted",
                "不公开": "refused",
            },
            headings="审查结论 审查意见 审核意见 保密审查结论",
        ),
        Field(
            "basis",
            "审核依据",
            "area",
            reviewed=True,
            group="审核",
            longest=2000,
            headings="审查依据 依据 法律依据",
        ),
        Field(
            "approved_by",
            "审定人（分管领导）",
            reviewed=True,
            longest=60,
            group="审核",
            headings="审定人 分管领导 签发人 终审人 三审",
        ),
        Field("approved_on", "审定日期", "day", reviewed=True, group="审核", headings="签发日期 终审日期"),
        Field(
            "published_on",
            "发布日期",
            "day",
            listed=True,
            group="发布",
            headings="公开日期 发布时间 公开时间 刊发日期 发表日期",
        ),
        Field(
            "channels",
            "发布渠道",
            "media",
            listed=True,
            group="发布",
            headings="渠道 媒体 发布媒体 公开渠道 公开方式 刊发媒体 发布平台",
        ),
        Field("link", "链接", group="发布", longest=500, headings="网址 发布链接 信息链接 url"),
        Field(
            "taken_down_on",
            "撤下日期",
            "day",
            group="发布",
            hint="处罚决定被变更、撤销、确认违法或者确认无效的，三日（工作日）内撤回并公开说明理由（行政处罚法第48条第2款、第85条）。",
            headings="撤回日期",
        ),
        NOTE,
    ),
)
MEDIA = Register(
    name="media",
    title="发布渠道",
    feeds="一（四）平台建设",
    law="条例第23—25条",
    hint="本机关自己的渠道表：网站、新媒体、公报公示栏、报刊等；主动公开登记簿从中选择。",
    day="",
    identity=("name",),
    unique=True,
    searched=("name",),
    called="name",
    fields=(
        Field("name", "渠道名称", required=True, listed=True, longest=60, headings="名称 媒体名称 媒体 渠道"),
        Field(
            "kind",
            "渠道类别",
            "choice",
            words=MEDIUM_KINDS,
            default="other",
            listed=True,
            headings="类别 类型",
        ),
        NOTE,
    ),
)
