"""Proactive disclosure: words of the register, and what must be there before an item is published.

Law: 条例第17条 (review), 第19—26条; 保密法第35条. Reviewer and drafter apart, and the chain of three
reviews, are practice.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

CATEGORIES = {
    "document": "政策文件",
    "interpretation": "政策解读",
    "response": "回应关切",
    "key_area": "重点领域",
    "guide": "办事指南",
    "news": "工作动态",
    "other": "其他",
}
MEDIUM_KINDS = {
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
CONCLUSIONS = {"publish": "可以公开", "redacted": "区分处理后公开", "refused": "不予公开"}
SECRET = re.compile(r"(绝密|机密|秘密)\s*[★☆]")  # the mark of a classified document

Values = Mapping[str, Any]


HISTORIC = "历史数据"
MARK = f"【{HISTORIC}：无审核记录】"
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
    found = _secrets(values) | _order(values)
    if not values["created_on"] and not values["published_on"]:
        found["created_on"] = (
            "请填写生成（变更）日期：20个工作日自该日起算（条例第26条）；已发布的可只填发布日期。"
        )
    if values["published_on"]:
        found |= {} if historic else unreviewed(values, three_reviews=three_reviews)
        if not values["channels"]:
            found["channels"] = "已发布的信息请选择至少一个发布渠道。"
    return found


def unreviewed(values: Values, *, three_reviews: bool = False) -> dict[str, str]:
    """Return what the review lacks before the item may be marked published (第17条), by field."""
    needed = {
        "drafted_by": "请填写拟稿人：审核人不得是拟稿人。",
        "reviewed_by": "尚无审核记录，不能标记为已发布（条例第17条）：请先由审核人审核。",
        "reviewed_on": "请填写审核日期。",
        "conclusion": "请填写审核结论。",
        "basis": "请填写审核依据。",
    }
    if three_reviews:
        needed |= {
            "unit_reviewed_by": "本机关实行三审：请填写科室审核人。",
            "unit_reviewed_on": "本机关实行三审：请填写科室审核日期。",
            "approved_by": "本机关实行三审：请填写分管领导。",
            "approved_on": "本机关实行三审：请填写分管领导审定日期。",
        }
    found = {name: words for name, words in needed.items() if not values[name]}
    if values["conclusion"] == "refused":
        found["conclusion"] = "审核结论为不予公开，不能发布。"
    if values["reviewed_by"] and values["reviewed_by"] == values["drafted_by"]:
        found["reviewed_by"] = "审核人不得是拟稿人。"
    return found


def _secrets(values: Values) -> dict[str, str]:
    words = "带有密级标志：涉密信息不得在非涉密系统中存储、处理、传输（保密法第31条第3款）。"
    return {name: words for name in ("title", "note", "basis") if SECRET.search(values[name] or "")}


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
    found: dict[str, str] = {}
    before: tuple[date, str] | None = None
    for name, label in CHAIN:
        day = values[name]
        if day is None:
            continue
        if before and day < before[0]:
            found[name] = f"{label}（{day}）早于{before[1]}（{before[0]}）。"
        before = (day, label)
    if values["taken_down_on"] and not values["published_on"]:
        found["taken_down_on"] = "尚未发布，没有撤下日期。"
    return found
