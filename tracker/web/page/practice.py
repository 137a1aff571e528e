"""The values of the practice in words, as the handbook and the pages of settings show them."""

import re

from tracker.domain.case.rules import KEYS, Rules, written
from tracker.domain.case.sign_off import STATION_LABELS
from tracker.domain.message import worded
from tracker.domain.register.archive import RETENTIONS
from tracker.web.page.text import _, _l

PEOPLE = {"handler": _l("承办人"), "liaison": _l("单位联络员"), "head": _l("公开机构负责人")}
WORDS = {
    "true": _l("是"),
    "false": _l("否"),
    "served": _l("送达日期"),
    "decided": _l("落款日期"),
    "confirmed": _l("双方确认之日"),
    "submitted": _l("提交成功之日"),
    "lead": _l("牵头机关"),
    "all": _l("每个机关"),
    "case": _l("案件"),
    "instance": _l("审级"),
    "paper": _l("可以在纸上审批"),
    "required": _l("必须在系统中审批"),
    "department": _l("政府工作部门"),
    "vertical": _l("垂直领导的机关"),
    "government": _l("一级人民政府"),
    "province": _l("省级人民政府"),
    **{code: _l(label) for code, label in RETENTIONS.items()},
}
YES_NO = ("true", "false")
# The values that are several of a few, in their order.
SEVERAL = {
    "reminder_to": PEOPLE,
    "escalation_to": PEOPLE,
    "sign_off_stations": {str(station): _l(label) for station, label in STATION_LABELS.items()},
}
BETWEEN = re.compile(r"[、，,\s]+")


def value_words(key: str, values: Rules) -> str:
    """Return the value of a key in words; empty where there is no key."""
    return text_words(key, written(getattr(values, key))) if key else ""


def text_words(key: str, text: str) -> str:
    """Return a value as it is kept, in words: only keys of few values have any."""
    if not text:
        return _("未设置")
    if several := SEVERAL.get(key):
        return "、".join(str(several.get(code, code)) for code in text.split())
    return str(WORDS.get(text, text)) if choices(key) else text


def typed(key: str, text: str) -> str:
    """Return what was typed as it is kept: of several of a few, their words or their codes."""
    if key not in SEVERAL:
        return text
    codes = {str(label): code for code, label in SEVERAL[key].items()}
    return " ".join(codes.get(part, part) for part in BETWEEN.split(text.strip()) if part)


def hint(key: str) -> str:
    """Return what a value of the key should be, in words."""
    bound = KEYS[key].metadata
    if several := SEVERAL.get(key):
        return _("从这些中选，按先后用顿号隔开：%(words)s", words="、".join(map(str, several.values())))
    if "bounds" in bound:
        low, high = bound["bounds"]
        return _("应在%(low)s与%(high)s之间。", low=low, high=high)
    return worded(bound.get("words", ""))


def choices(key: str) -> list[tuple[str, str]]:
    """Return the values of a key that has few, each with its words; none where it has many."""
    texts = YES_NO if KEYS[key].type is bool else KEYS[key].metadata.get("choices", ())
    return [(text, str(WORDS.get(text, text))) for text in texts]
