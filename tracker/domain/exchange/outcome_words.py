"""Outcomes as offices write them in their spreadsheets (答复类型), and how they are read.

A word is taken only where the table has it. A heading of table 3 alone (不予公开) names no row of it, so
its ground must be said; it is asked for and never guessed.
"""

import re
import unicodedata
from dataclasses import dataclass

from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.message import Phrase

WITHDRAWN = "withdraw"  # the step that closes a request which the applicant took back


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ended: an outcome, or ``withdraw``; ``end`` is the end of it (basis.ENDS), if told."""

    code: str
    end: str = ""

    @property
    def family(self) -> Family:
        return Family.OTHERWISE_CLOSED if self.code == WITHDRAWN else BY_CODE[self.code].family


HEADINGS: dict[Family, str] = {
    Family.PARTIALLY_DISCLOSED: "部分公开 部分予以公开 部分提供 区分处理 公开部分",
    Family.REFUSED: "不予公开 不公开 不予提供 不同意公开 拒绝公开",
    Family.UNABLE: "无法提供 不能提供",
    Family.NOT_PROCESSED: "不予处理 不处理",
    Family.OTHERWISE_CLOSED: "其他处理 其它处理",
}
WORDS: dict[Ending, str] = {
    Ending(
        "disclosed"
    ): "公开 全部公开 公开（全部） 同意公开 准予公开 依法公开 提供 予以提供 已提供 同意提供",
    Ending("disclosed", "told"): "告知获取方式 告知获取途径 告知获取方式和途径",
    Ending(
        "disclosed", "published"
    ): "主动公开 已主动公开 已经主动公开 已公开 予以公开（已主动公开） 告知已主动公开",
    Ending("refused_state_secret"): "国家秘密 涉密 依法确定为国家秘密",
    Ending("refused_prohibited_by_law"): "法律行政法规禁止公开 法律法规禁止公开 法律禁止公开 禁止公开",
    Ending("refused_safety_and_stability"): (
        "三安全一稳定 可能危及三安全一稳定 国家安全 公共安全 经济安全 社会稳定 危及国家安全 危及公共安全 "
        "危及经济安全 危及社会稳定 国家安全公共安全经济安全社会稳定"
    ),
    Ending("refused_third_party_rights"): (
        "商业秘密 个人隐私 商业秘密个人隐私 商业秘密或个人隐私 第三方 第三方权益 第三方合法权益 "
        "损害第三方合法权益 "
        "第三方不同意 第三方不同意公开"
    ),
    Ending("refused_internal_affairs"): "内部事务 三类内部事务 内部管理 人事管理 后勤管理 内部工作流程",
    Ending("refused_process_information"): "过程性 过程 四类过程性 讨论记录 过程稿 磋商信函 请示报告",
    Ending("refused_enforcement_file"): "执法案卷 行政执法案卷",
    Ending(
        "refused_administrative_query"
    ): "行政查询 行政查询事项 依照有关规定查询 工商登记查询 不动产登记资料",
    Ending("unable_not_held"): "不掌握 本机关不掌握 不掌握相关政府信息 本机关不掌握相关信息 不属于本机关掌握",
    Ending("unable_not_held", "absent"): (
        "不存在 信息不存在 政府信息不存在 申请信息不存在 所申请信息不存在 经检索不存在 经检索没有 "
        "查无此信息 告知不存在 "
        "不存在该信息"
    ),
    Ending("unable_not_held", "others"): (
        "非本机关 非本机关公开 非本机关负责公开 非本机关职责 非本机关公开范围 不属于本机关 不属于本机关公开 "
        "非本机关制作 本机关未制作 非本机关政府信息 不属于本机关负责公开 不属于本机关职责 "
        "不属于本机关公开范围 不属于本行政机关公开"
    ),
    Ending("unable_not_held", "archived"): "已移交档案馆 移交档案馆 已经移交档案馆",
    Ending("unable_needs_creation"): (
        "另行制作 需另行制作 需要另行制作 没有现成 无现成 加工分析 需加工分析 需要加工分析"
    ),
    Ending("unable_needs_creation", "question"): "咨询 政策咨询",
    Ending("unable_still_unclear"): "补正后仍不明确 补正后内容仍不明确 仍不明确",
    Ending(
        "not_processed_petition"
    ): "信访 举报 投诉 投诉举报 举报投诉 信访举报投诉 信访投诉举报 信访事项 转信访",
    Ending("not_processed_repeat"): "重复 不予重复处理 重复申请不予处理",
    Ending("not_processed_publication"): "公开出版物 提供公开出版物",
    Ending("not_processed_excessive"): "大量反复 反复大量 无正当理由大量反复",
    Ending("not_processed_confirmation"): (
        "确认或重新出具 重新出具 要求确认或重新出具 要求重新出具 重新出具已获取 确认或重新出具已获取"
    ),
    Ending("closed_supplement_lapsed"): (
        "逾期不补正 逾期未补正 未补正 不补正 未按期补正 申请人逾期不补正 无正当理由逾期不补正 "
        "申请人无正当理由逾期不补正 视为放弃 放弃"
    ),
    Ending("closed_fee_lapsed"): (
        "逾期不缴费 逾期未缴费 未缴费 不缴费 未按期缴费 逾期未缴纳费用 申请人逾期未缴费 申请人逾期未缴纳费用"
    ),
    Ending("closed_other"): "其他 其它",
    Ending("closed_other", "no_information"): "不属于政府信息 非政府信息 不是政府信息",
    Ending("closed_other", "correction"): "更正 要求更正 要求更正自身信息",
    Ending("closed_other", "ended"): "申请人死亡 申请人终止 申请人死亡或者终止",
    Ending(WITHDRAWN): "撤回 已撤回 申请撤回 撤销申请 申请人撤回 主动撤回 自愿撤回 申请人主动撤回",
}
STILL_OPEN = (
    "结转 结转下年 结转下年度 结转下年度继续办理 转下年度继续办理 办理中 在办 正在办理 未答复 尚未答复 "
    "待答复 "
    "未办结 尚未办结 处理中 未到期 补正中 待补正 延期 延期中 已延期 征求意见中 结转下一年 结转下一年度"
)
# Words that say that something was done and not what, and those that may mean several rows of table 3.
_UNSAID = (
    "已办结 办结 已答复 答复 已回复 回复 已办理 已处理 处理完毕 办理完毕 已完成 完成 结案 已结案 已结 已告知 "
    "是 已送达 按期答复 已按期答复 按时答复 按期办结 已公示"
)
UNSAID = frozenset(_UNSAID.split())
AMBIGUOUS: dict[str, str] = {
    "咨询事项": "unable_needs_creation closed_other",
    "党政混合信息": "refused_internal_affairs refused_process_information closed_other",
    "历史信息": "disclosed unable_not_held closed_other",
    "涉诉信息": "disclosed refused_process_information refused_enforcement_file closed_other",
    "查阅案卷": "refused_enforcement_file refused_administrative_query not_processed_petition",
    "未按要求补正": "closed_supplement_lapsed unable_still_unclear",
}
BEFORE = re.compile(r"^(因|系|属于|属|涉及|为)+")
BEHIND = re.compile(r"(?:请申类|请申|息信|类|的)*+")  # read from the end, so that no cell is read twice


def squeezed(text: str) -> str:
    """Return the words without blanks, signs, the numbers of table 3 ((三)、1.、3.3.1) and 告知书."""
    plain = unicodedata.normalize("NFKC", text)
    return (
        re.sub(r"\([一二三四五六七]\)|\d|\W|_", "", plain)
        .casefold()
        .removesuffix("告知书")
        .removesuffix("答复书")
    )


def _bare(text: str) -> str:
    """Return the words without what stands around a ground: 属于过程性信息 is 过程性."""
    plain = squeezed(text)
    backwards = BEFORE.sub("", plain)[::-1]
    behind = BEHIND.match(backwards)
    return backwards[behind.end() if behind else 0 :][::-1] or plain


def _table() -> dict[str, Ending]:
    known = {_bare(word): ending for ending, spellings in WORDS.items() for word in spellings.split()}
    own = {_bare(word): Ending(o.code) for o in OUTCOMES for word in (o.code, o.label)}
    return own | known


_KNOWN = _table()
_OPEN = frozenset(squeezed(word) for word in STILL_OPEN.split())
_HEADING = {squeezed(word): family for family, headings in HEADINGS.items() for word in headings.split()}


def ending(text: str, *grounds: str) -> Ending | None:
    """Return how a register says that a request ended; None where it says that it is still open.

    grounds: what other columns say, read where the words are a heading of table 3 alone.

    Raises ValueError with the words for a clerk where the row of table 3 is not told.
    """
    plain = squeezed(text)
    if plain in _OPEN:
        return None
    family, rest = _heading(plain)
    if family is None:
        if known := _KNOWN.get(_bare(text)):
            return known
        raise ValueError(
            _unsafe(text, plain)
            or Phrase(
                "不认识答复类型“%(text)s”；可以写：%(choices)s。",
                text=text,
                choices=_choices(),
            )
        )
    if family is Family.PARTIALLY_DISCLOSED:
        return Ending("partially_disclosed")  # whatever else is told: the label of the row
    for told in (rest, *grounds):
        known = _KNOWN.get(_bare(told))
        if known and known.family is family:
            return known
    rest = rest if rest in text else ""  # of 第14条 it has no figures, and would name what nobody wrote
    raise ValueError(_asked(text, family, next(filter(None, (rest, *grounds)), "")))


def _unsafe(text: str, plain: str) -> str:
    """Return the question that a word without a safe reading asks; empty where it is none."""
    if plain in UNSAID:
        return Phrase(
            "“%(text)s”没有说明怎样答复，可能是：%(choices)s；请写明。",
            text=text,
            choices=_choices(),
        )
    codes = AMBIGUOUS.get(plain) or AMBIGUOUS.get(_bare(text), "")
    meanings = "、".join(re.sub(r"^\d\.", "", BY_CODE[code].label) for code in codes.split())
    return (
        Phrase(
            "“%(text)s”没有唯一的读法，可能是：%(meanings)s；请写明是哪一种。",
            text=text,
            meanings=meanings,
        )
        if codes
        else ""
    )


def _heading(plain: str) -> tuple[Family | None, str]:
    """Return the heading of table 3 that the words begin with, and what follows it."""
    if _bare(plain) in _KNOWN:
        return None, plain
    for word in sorted(_HEADING, key=len, reverse=True):
        if plain.startswith(word):
            return _HEADING[word], plain.removeprefix(word)
    return None, plain


def _grounds(family: Family) -> str:
    return "、".join(re.sub(r"^\d\.", "", o.label) for o in OUTCOMES if o.family is family)


def _asked(text: str, family: Family, other: str) -> str:
    """Return the request for the ground of a heading. other: what was told in its place."""
    unknown = (
        Phrase(
            "“%(other)s”不是%(value)s的情形，",
            other=other,
            value=family.value.partition("）")[2],
        )
        if other
        else ""
    )
    return Phrase(
        "“%(text)s”没有写明属于哪一种情形，%(unknown)s请写明：%(grounds)s。",
        text=text,
        unknown=unknown,
        grounds=_grounds(family),
    )


def _choices() -> str:
    headings = (
        Phrase("%(value)s（写明情形）", value=family.value.partition("）")[2]) for family in list(Family)[2:]
    )
    return "、".join(["予以公开", "部分公开", *headings, "撤回", "办理中"])
