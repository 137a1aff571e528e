"""The register of requests that offices keep in a spreadsheet (依申请公开登记台账): its columns and words.

Other headers for a column are in header.py, the words for an outcome in outcome_words.py.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from tracker.domain import reading
from tracker.domain.case import applicant
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import RULES, Channel
from tracker.domain.case.event import METHODS
from tracker.domain.register import register
from tracker.domain.register.register import Field

KINDS = {kind.value: applicant.LABELS[kind] for kind in ApplicantKind}
# 民法典第54条: a natural person in business. No text says in which column of table 3 it stands; some offices
# count it with businesses, so it is told each time.
TRADER = "个体工商户 个体户 个体经营户 个体工商业者"
KIND_WORDS = {
    ApplicantKind.NATURAL_PERSON: (
        "公民 个人 公民个人 公民（自然人） 自然人（公民） 群众 市民 村民 学生 农民 居民 " + TRADER
    ),
    ApplicantKind.BUSINESS: (
        "企业 公司 工商企业 合伙企业 个人独资企业 有限公司 商业公司 企业法人 国有企业 民营企业 私营企业"
    ),
    ApplicantKind.RESEARCH: "科研院所 高校 高等学校 科研单位 科研教育机构",
    ApplicantKind.NGO: "公益组织 社会组织 社会团体 基金会 民办非企业单位 社会公益机构 公益机构 慈善组织",
    ApplicantKind.LEGAL_SERVICE: "律师事务所 律所 法律服务所 法律服务组织 法律机构",
    ApplicantKind.OTHER: (
        "其它 机关 事业单位 村委会 居委会 村民委员会 居民委员会 业主委员会 业委会 媒体 新闻媒体"
    ),
}
# A form asks for 公民 or 法人或者其他组织; the second is no column of table 3 without its kind.
BODY = re.compile(r"法人(?:(?:或|或者|和|及|、)其他组织)?\W+(\w+)\W*")

CHANNELS = {way.value: RULES[way].label for way in Channel}
# 第31条第（二）项 has two kinds of post: signed for, the rule; 平常信函, the exception: it must be told.
LETTER = "信函 邮寄 来信 信件 书信 寄信 邮递 函件 邮政 邮寄信函 信函邮寄 邮寄申请 信函申请 书面邮寄 邮寄方式"
CHANNEL_WORDS = {
    Channel.IN_PERSON: (
        "当面 现场 窗口 现场提交 现场申请 当面申请 当面递交 当面提交 直接提交 直接递交 来访 到场 柜台 上门 "
        "现场窗口 现场递交"
    ),
    Channel.ORAL: "口头 口头申请 代为填写 当面口头",
    Channel.REGISTERED_MAIL: (
        "挂号 挂号信 挂号信函 邮政挂号 挂号邮寄 EMS 快递 邮政快递 特快专递 邮政特快专递 邮政EMS EMS邮寄 "
        "EMS快递 快递邮寄 "
        "信函（挂号） 信函（挂号信） 信函（EMS） 邮寄（挂号） 邮寄（挂号信） 邮寄（EMS） 邮寄（快递） "
        "信函（快递） 邮寄（挂号信、EMS） 顺丰 顺丰快递 中通 中通快递 顺丰/中通 "
        "圆通快递 申通快递 韵达快递 京东快递 " + LETTER
    ),
    Channel.ORDINARY_MAIL: (
        "平信 平常信函 普通信函 普通信件 平邮 信函（平信） 邮寄（平信） 信函（平邮） 邮寄（平邮）"
    ),
    Channel.ONLINE: (
        "网上 在线 网络 互联网 网站 平台 网上申请 在线申请 网络申请 网站申请 网上提交 在线提交 网上平台 "
        "网络平台 申请平台 政府网站 "
        "门户网站 网页 政务服务网 依申请公开平台 依申请公开系统 网上系统 线上 线上申请 网上渠道 系统 小程序"
    ),
    Channel.EMAIL: "邮箱 电邮 电子邮箱 电子信箱 e-mail email 电子邮件申请",
    Channel.FAX: "传真申请 传真件",
    Channel.OTHER: "其他 其它 其他方式 其它方式 电话 微信 局长信箱 12345 12345热线 转办",
}
METHOD_WORDS = {
    "in_person": "当面 直接 当面领取 现场领取 自取 当面送达 领取",
    "post": "邮寄 信函 EMS 挂号信 挂号 邮政 快递 邮政快递 特快专递",
    "online": "网上 在线 平台 网络 网站",
    "email": "邮箱 邮件 电子邮箱",
    "delegated": "委托送达 代为送达",
    "on_the_spot": "当场 当场答复",
    "none": "无需送达",
}


def _also(words: Mapping[Any, str]) -> dict[str, str]:
    return {word: str(code) for code, said in words.items() for word in said.split()}


def _day(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, "day", required=required)


COLUMNS = (
    Field("number", "受理编号", longest=40),
    _day("received_on", "收到日期", required=True),
    Field("name", "申请人", longest=200),
    Field("kind", "申请人类型", "choice", required=True, words=KINDS, also=_also(KIND_WORDS)),
    Field("channel", "申请方式", "choice", required=True, words=CHANNELS, also=_also(CHANNEL_WORDS)),
    Field("subject", "申请内容", longest=20_000),
    _day("asked_on", "补正告知日"),
    _day("supplement_by", "补正期限"),
    _day("supplemented_on", "补正收到日"),
    _day("consulted_on", "征求意见日期"),
    _day("opinion_on", "收到意见日期"),
    Field("third_party", "第三方", longest=200),
    _day("charged_on", "收费通知日"),
    _day("paid_on", "缴费日"),
    Field("extension", "延期天数"),
    Field("extended_until", "延期至"),
    Field("is_extended", "是否延期"),
    Field("is_supplemented", "是否补正"),
    Field("is_consulted", "是否征求意见"),
    _day("extended_on", "延期告知日"),
    Field("answer", "答复类型", longest=200),
    Field("ground", "具体情形", longest=2000),
    Field("reason", "答复理由", longest=2000),
    _day("answered_on", "答复日期"),
    _day("served_on", "送达日期"),
    Field("method", "送达方式", "choice", words=METHODS, also=_also(METHOD_WORDS)),
    Field("document_number", "答复文号", longest=100),
    Field("unit", "承办单位", longest=60),
    Field("id_number", "证件号码", longest=60),
    Field("phone", "联系电话", longest=60),
    Field("email", "电子邮箱", longest=200),
    Field("address", "联系地址", longest=300),
    _day("arrived_on", "来件日期"),
    _day("signed_on", "签收日期"),
    _day("confirmed_on", "确认日期"),
    Field("tracking_number", "邮件号", longest=60),
)
LABELS = {column.name: column.label for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if column.required)
DAYS = tuple(column.name for column in COLUMNS if column.kind == "day")
PEOPLE = re.compile(r"(?<!\d)\d+[人名位]$")  # behind the kind of an applicant: 公民1人
EMPTY = frozenset(["/", "\\", "-", "--", "—", "——", "―", "无", "否", "未延期", "未补正", "不适用", "〇"])
EXACT_DIGITS = 10**15  # what a cell of numbers keeps; an identity number has 18


def values(cells: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the cells of a row say by the name of their column, and what is wrong in which column."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for column in COLUMNS:
        raw = cells.get(column.name)
        try:
            found[column.name] = _value(column, raw)
        except ValueError as error:
            wrong[column.name] = str(error)
    try:
        if not wrong.keys() & EXTENSIONS:
            found |= _extended({name: cells.get(name) for name in EXTENSIONS})
    except ValueError as error:
        wrong["extension"] = str(error)
    return found, wrong


def _value(column: Field, raw: object) -> Any:
    if raw is None:
        return register.read(column, raw)
    if not column.required and column.kind != "choice" and reading.text(raw) in EMPTY:
        raw = None
    _check_number(column, raw)
    return _kind(column, raw) if column.name == "kind" else register.read(column, raw)


def _check_number(column: Field, raw: object) -> None:
    """Refuse a number that a spreadsheet has spoiled, and a nought that no formula has filled in."""
    if column.kind == "text" and isinstance(raw, int | float) and raw >= EXACT_DIGITS:
        raise ValueError(
            f"“{reading.text(raw)}”是数字格式，15位以后的数字已经丢失；请把该列设为文本，重新填写。"
        )
    if column.name in BARE and isinstance(raw, str | int | float) and reading.text(raw) == "0":
        raise ValueError("“0”不是内容，可能是公式没有计算：请用 Excel 或 WPS 打开，保存一次再导入。")


def _kind(column: Field, raw: object) -> Any:
    """Return the column of table 3 that the words for an applicant mean: 2人, 法人—企业."""
    words = PEOPLE.sub("", raw.strip()) if isinstance(raw, str) else raw
    body = BODY.fullmatch(reading.text(words))
    value = register.read(column, body[1] if body else words)
    if body and value == ApplicantKind.NATURAL_PERSON:
        raise ValueError(f"“{reading.text(words)}”自相矛盾：自然人不是法人或者其他组织。")
    return value


def _extended(cells: Mapping[str, object]) -> dict[str, Any]:
    """Return what the columns about an extension say together: days, the day it goes to, whether."""
    days = until = None
    said = None
    for name, cell in cells.items():
        words = "".join(reading.text(cell).split())
        if not words or words in EMPTY or words in NO:
            said = False if name == "is_extended" and words else said
            continue
        found_days, found_until, yes = _extension_of(name, cell, words)
        days, until, said = days or found_days, until or found_until, said or yes
    return {"extension": days, "extended_until": until, "is_extended": said}


def _extension_of(name: str, cell: object, words: str) -> tuple[int | None, date | None, bool]:
    """Return days, day and whether of one cell: 20, 20个工作日, 是, 延期至2025年3月1日, a day."""
    if words.casefold() in YES:
        return None, None, True
    with suppress(ValueError, OverflowError):
        return None, reading.day(cell), True
    with suppress(ValueError):
        return reading.whole(cell), None, True
    numbers = [NUMERALS.get(found) or int(found) for found in DAYS_SAID.findall(words) if found]
    ends = UNTIL_SAID.search(words)
    until = reading.typed_day(ends[1]) if ends else None
    if not (numbers or until):
        label = LABELS[name]
        raise ValueError(
            f"“{reading.text(cell)}”不能读作{label}：请填写工作日数（如 20）、延期后的日期，或者是、否。"
        )
    return (numbers[0] if numbers else None), until, True


EXTENSIONS = ("extension", "extended_until", "is_extended")
BARE = ("name", "subject")
_YES = "是 有 √ ✓ ✔ y yes 1 已 已延期 已延长 延期 延长 延期答复 是的 对"
YES = frozenset(_YES.split())
_NO = "否 无 没有 未 × ✗ n no 0 未延期 未延长 不延期 不 不需要 不涉及"
NO = frozenset(_NO.split())
NUMERALS = {"十": 10, "十五": 15, "二十": 20, "廿": 20, "五": 5}
DAYS_SAID = re.compile(r"(\d{1,2}|十五|二十|十|廿|五)个?(?:工作日|工作天|天|日(?!期))(?!至)")
UNTIL_SAID = re.compile(r"(?:至|到)(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)")


def doubts(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what the values of a row leave open, by column: an act that is said and has no day or number."""
    found: dict[str, str] = {}
    if values["is_extended"] and not (values["extension"] or values["extended_until"]):
        found["is_extended"] = (
            "写明已延期，而没有天数，也没有延期后的期限：没有登记延期，期限按未延期计算；请补填。"
        )
    if values["is_extended"] is False and (values["extension"] or values["extended_until"]):
        found["is_extended"] = "写明没有延期，而又有延期的天数或者期限：按有延期登记，请核对。"
    for name, day, act in (
        ("is_supplemented", "asked_on", "补正"),
        ("is_consulted", "consulted_on", "征求意见"),
    ):
        if "".join(values[name].split()).casefold() in YES and not values[day]:
            found[name] = f"写明已{act}，而没有{LABELS[day]}：没有登记{act}，期限按没有{act}计算；请补填。"
    return found


def doubtful(cells: Mapping[str, object]) -> dict[str, str]:
    """Return what words of a row offices take in two ways, by column: how they were read, and how else."""
    kind = PEOPLE.sub("", "".join(reading.text(cells.get("kind")).split()))
    if kind in TRADER.split():
        return {"kind": f"“{kind}”按自然人登记（民法典第54条）；本机关年报把它计入商业企业的，请改写为企业。"}
    return {}


def is_letter(word: object) -> bool:
    """Return whether the way of applying is a letter without a word on whether it was signed for."""
    return "".join(reading.text(word).split()) in LETTER.split()
