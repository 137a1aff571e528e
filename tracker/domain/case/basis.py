"""What an answer must rest on: each end of a request, and what its letter lacks without.

One row of table 3 may hold several ends (not held: does not exist, or is another organ's). Each asks for
its own facts. The table is read by the form, the guard, the irregularities, the handbook and the tests.

Law: 条例第10、14—17、30、32、35—39条; contents of letters by practice where no article lists them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.case.outcome import BY_CODE, OUTCOMES, Family
from tracker.domain.message import Spoken, labels, worded


@dataclass(frozen=True, slots=True)
class Ask(Spoken):
    """One fact that the letter states: its key, its words, its article, whether it may be missing."""

    key: str
    label: str
    law: str
    needed: bool = True
    long: bool = False

    @property
    def is_day(self) -> bool:
        """Whether the fact is a day, kept as an ISO text."""
        return self.key.endswith("_on")


@dataclass(frozen=True, slots=True)
class End(Spoken):
    """One way that an outcome comes about.

    letter, remedy: the document that tells of it and its remedies (P, G, N), where they are not
                    those of the outcome (rulebook 5).
    """

    key: str
    label: str
    law: str
    asks: tuple[Ask, ...] = ()
    letter: str = ""
    remedy: str = ""


REVIEW_LAW = "条例第17条（审查；记录的写法为实务）"
AGAINST = worded("审查结论不同意公开，不能答复提供信息：改变结论的须重新审查，写明新的结论。")
REVIEWED = (
    Ask("reviewer", "审查人（不是拟稿人）", REVIEW_LAW),
    Ask("reviewed_on", "审查日期", REVIEW_LAW),
    Ask("review", "审查结论", REVIEW_LAW),
)
DETERMINED = (  # asked for under 第17条第3款, where the organ cannot decide by itself
    Ask(
        "authority",
        "报请确定的主管部门或者保密行政管理部门（没有报请的不填）",
        "条例第17条第3款",
        needed=False,
    ),
    Ask("authority_answer", "该部门的答复（日期、文号、结论）", "条例第17条第3款", needed=False, long=True),
)
OF_THE_FILE = frozenset({*REVIEWED, *DETERMINED})  # what no letter states
ORGAN = (
    Ask("organ", "负责公开的机关名称（不能确定的写明不能确定）", "条例第36条第（五）项"),
    Ask("organ_contact", "该机关的联系方式", "条例第36条第（五）项", needed=False),
)
SEARCHED = (
    Ask("search_scope", "检索的范围（单位、年份、档案）", "条例第36条第（四）项", long=True),
    Ask("search_means", "检索的系统和关键词", "条例第36条第（四）项", long=True),
    Ask("searched_by", "检索人", "条例第36条第（四）项"),
)
TRANSFER = Ask("transfer_ended_on", "移交期限届满的日期（未满的仍由本机关答复）", "档案法第15条第2款")
NO_RULE = Ask("no_rule", "有无法律、法规、规章规定应当公开", "条例第16条第2款")

NOT_OURS = "非本机关负责公开告知书"

_TOLD: dict[str, tuple[End, ...]] = {
    "disclosed": (
        End("given", "提供政府信息", "条例第36条第（二）项", (
            Ask("form", "提供的形式、份数或者页数", "条例第40条"), *REVIEWED), "予以公开告知书"),
        End("told", "告知获取的方式、途径和时间", "条例第36条第（二）项", (
            Ask("access", "获取的方式、途径和时间", "条例第36条第（二）项"), *REVIEWED), "予以公开告知书"),
        End("published", "已经主动公开，告知获取方式、途径", "条例第36条第（一）项", (
            Ask("access", "在哪里公开、怎样获取", "条例第36条第（一）项"),), "告知书（已主动公开）"),
    ),
    "partially_disclosed": (
        End("separated", "区分处理", "条例第37条", (
            Ask("form", "提供的内容和形式", "条例第37、40条"),
            Ask("withheld", "不提供的内容，每部分的依据和理由", "条例第37条", long=True), *REVIEWED),
            "部分公开告知书"),
    ),
    "refused_state_secret": (
        End("secret", "依法确定为国家秘密", "条例第14条", (
            Ask("secrecy", "定密的机关和依据（不写秘密内容）", "条例第14条、保守国家秘密法"), *DETERMINED)),
    ),
    "refused_prohibited_by_law": (
        End("prohibited", "法律、行政法规禁止公开", "条例第14条", (
            Ask("special_law", "禁止公开的法律、行政法规名称和条款", "条例第14条"), *DETERMINED)),
    ),
    "refused_safety_and_stability": (
        End("safety", "可能危及“三安全一稳定”", "条例第14条", (
            Ask("danger", "危及哪一项，怎样危及", "条例第14条", long=True), *DETERMINED)),
    ),
    "refused_third_party_rights": (
        End("third_party", "损害第三方合法权益", "条例第15、32条", (
            Ask("rights", "涉及的商业秘密、个人隐私等", "条例第15条"), *DETERMINED)),
    ),
    "refused_internal_affairs": (
        End("internal", "内部事务信息", "条例第16条第1款", (
            Ask("category", "人事管理、后勤管理、内部工作流程中的哪一类", "条例第16条第1款"), *DETERMINED)),
    ),
    "refused_process_information": (
        End("process", "过程性信息", "条例第16条第2款", (
            Ask("category", "讨论记录、过程稿、磋商信函、请示报告中的哪一类", "条例第16条第2款"),
            NO_RULE, *DETERMINED)),
    ),
    "refused_enforcement_file": (
        End("enforcement", "行政执法案卷信息", "条例第16条第2款", (
            Ask("category", "哪一个执法案卷", "条例第16条第2款"), NO_RULE, *DETERMINED)),
    ),
    "refused_administrative_query": (
        End("query", "依照有关法律、行政法规查询", "条例第36条第（七）项", (
            Ask("special_law", "规定查询办法的法律、行政法规", "条例第36条第（七）项"),
            Ask("access", "查询的窗口", "条例第36条第（七）项")), "依照有关规定查询告知书"),
    ),
    "unable_not_held": (
        End("absent", "经检索没有所申请的信息", "条例第36条第（四）项", SEARCHED, "政府信息不存在告知书"),
        End("others", "不属于本机关负责公开", "条例第36条第（五）项", ORGAN, NOT_OURS),
        End("joint", "共同制作，由牵头机关公开", "条例第10条、第36条第（五）项", ORGAN, NOT_OURS),
        End("archived", "移交期限届满，已经移交档案馆", "档案法第15条第2款、条例第36条第（五）项",
            (*ORGAN, TRANSFER), NOT_OURS),
    ),
    "unable_needs_creation": (
        End("creation", "需要加工、分析的", "条例第38条", (
            Ask("making", "现有哪些信息，还须怎样加工、分析", "条例第38条", long=True),)),
        End("question", "以申请形式提出的咨询（实务）", "条例第38条", (
            Ask("making", "咨询的问题，可以向谁咨询", "条例第38条", long=True),)),
    ),
    "unable_still_unclear": (
        End("unclear", "补正后仍不明确", "条例第30条", (
            Ask("unclear", "补正后哪一点仍不明确", "条例第30条", long=True),)),
    ),
    "not_processed_petition": (
        End("petition", "以申请形式进行信访、投诉、举报", "条例第39条第1款", (
            Ask("access", "告知的信访、投诉、举报渠道", "条例第39条第1款"),)),
    ),
    "not_processed_repeat": (
        End("repeat", "同一申请人重复申请，已作答复", "条例第36条第（六）项", (
            Ask("earlier_number", "先前答复的受理编号或者文号", "条例第36条第（六）项"),
            Ask("earlier_on", "先前答复的日期", "条例第36条第（六）项"))),
    ),
    "not_processed_publication": (
        End("publication", "政府公报、报刊、书籍等公开出版物", "条例第39条第2款", (
            Ask("access", "出版物名称和获取途径", "条例第39条第2款"),)),
    ),
    "not_processed_excessive": (
        End("excessive", "数量、频次明显超过合理范围，理由不合理", "条例第35条", (
            Ask("numbers", "期间、件数和频次", "条例第35条"),)),
    ),
    "not_processed_confirmation": (
        End("confirmation", "要求确认或者重新出具已获取的信息", "国办公开办函〔2021〕30号表三", (
            Ask("obtained", "申请人何时、怎样已经获取", "国办公开办函〔2021〕30号表三"),)),
    ),
    "closed_supplement_lapsed": (End("lapsed", "逾期不补正", "条例第30条"),),
    "closed_fee_lapsed": (End("lapsed", "逾期不缴费", "条例第42条、国办函〔2020〕109号"),),
    "closed_other": (
        End("ended", "申请人死亡或者终止，没有继受人（实务）", "国办公开办函〔2021〕30号表三"),
        End("no_information", "不属于政府信息（实务）", "条例第2条", (), "告知书（不属于政府信息）", "G"),
        End("correction", "要求更正自身信息，另行办理（实务）", "条例第41条", (), "更正告知书", "G"),
        End("other", "其他", "国办公开办函〔2021〕30号表三"),
    ),
}  # fmt: skip
# An outcome that is not told above comes about in one way, and its letter states no fact of its own.
ENDS = {o.code: _TOLD.get(o.code) or (End("only", o.label, o.law),) for o in OUTCOMES}

OVER_OBJECTION = (
    Ask("third_party_answer", "第三方的理由为何不合理，或者涉及怎样的公共利益", "条例第32条", long=True),
    Ask("third_party_told_on", "书面告知第三方的日期", "条例第32条"),
)
END = "end"
GIVEN = (Family.DISCLOSED, Family.PARTIALLY_DISCLOSED)
# Refusals by 第14—16条 (the eighth refers to another law, 第36条第（七）项).
RESTS_ON_A_GROUND = tuple(outcome for outcome, ends in _TOLD.items() if DETERMINED[0] in ends[0].asks)
KEYS = frozenset({END, *(a.key for ends in ENDS.values() for e in ends for a in e.asks)}) | {
    ask.key for ask in OVER_OBJECTION
}


def end_of(outcome: str, details: Mapping[str, Any]) -> End:
    """Return the end that the details name; the outcome's first where they name none of its own."""
    named = basis_of(details).get(END)
    return next((end for end in ENDS[outcome] if end.key == named), ENDS[outcome][0])


def basis_of(details: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what the entry states as its basis."""
    stated: Mapping[str, str] = details.get("basis") or {}
    return stated


def missing(outcome: str, details: Mapping[str, Any], *, objected: bool = False) -> Iterator[Ask]:
    """Yield what the letter lacks. objected: a third party objected to what may be disclosed (第32条)."""
    stated = basis_of(details)
    asks = end_of(outcome, details).asks
    if objected and may_meet_objection(outcome):
        asks = (*asks, *OVER_OBJECTION)
    for ask in asks:
        if _is_needed(ask, stated) and not str(stated.get(ask.key) or "").strip():
            yield ask


# A verdict against giving; what merely names something withheld (“不予公开的部分已删除”) is none.
_AGAINST = re.compile(
    r"(?:不予|不得|不宜|不应|不能|不可|不可以|不应当)(?:以)?(?:公开|提供)|不同意|未通过|不通过"
)
_FOR = re.compile(r"可以|同意|予以|应当|准予|通过|可公开")
_CLAUSE = re.compile(r"[，。；、,;\s]")


def is_against_giving(conclusion: str) -> bool:
    """Return whether the conclusion of a review speaks against giving the information, and nothing for it."""
    clauses = [clause for clause in _CLAUSE.split(conclusion) if clause]
    against = [clause for clause in clauses if _is_verdict(clause)]
    return bool(against) and not any(_FOR.search(_AGAINST.sub("", clause)) for clause in clauses)


def _is_verdict(clause: str) -> bool:
    hit = _AGAINST.search(clause)
    if hit is None or re.match(r"的|部分|内容|情形|范围|信息", clause[hit.end() :]):
        return False
    return re.search(r"不属于|不存在|不涉及|[未无非没]", clause[: hit.start()]) is None


def _is_needed(ask: Ask, stated: Mapping[str, str]) -> bool:
    """Return whether a fact may not be missing: the answer of an authority, where one was asked."""
    return ask.needed or (ask is DETERMINED[1] and bool(str(stated.get(DETERMINED[0].key) or "").strip()))


def is_final(ask: Ask, outcome: str) -> bool:
    """Return whether no reason stands in for the fact: the review (第17条), what 第14—16条 rest on."""
    return ask in OF_THE_FILE or (outcome in RESTS_ON_A_GROUND and ask.needed)


def may_meet_objection(outcome: str) -> bool:
    """Return whether the outcome gives something that a third party may have objected to (第32条)."""
    return BY_CODE[outcome].family in GIVEN


# How the classes of 第16条 are named. A class of the other paragraph, and none of its own, is a slip.
_CLASSES = {
    "refused_internal_affairs": ("人事", "后勤", "流程"),
    "refused_process_information": ("讨论", "过程稿", "磋商", "请示"),
}


def of_another_class(outcome: str, category: str) -> bool:
    """Return whether a class of information is one of the other refusal by 第16条 and none of this one."""
    others = [name for other, names in _CLASSES.items() if other != outcome for name in names]
    own = _CLASSES.get(outcome, ())
    return (
        bool(own) and any(each in category for each in others) and not any(each in category for each in own)
    )


def letter_of(outcome: str, details: Mapping[str, Any]) -> str:
    """Return the name of the letter that tells of this end."""
    return end_of(outcome, details).letter or BY_CODE[outcome].letter


def remedy_of(outcome: str, end: str = "") -> str:
    """Return the remedies that the letter of the end names: P reconsideration first, G either, N none."""
    return end_of(outcome, {"basis": {END: end}}).remedy or BY_CODE[outcome].remedy


_COMMON = labels({  # where nothing tells which end it was
    "access": "获取的方式、途径", "form": "提供的形式", "category": "属于哪一类",
    "special_law": "依据的法律、行政法规", "making": "须怎样加工、分析，或者咨询的问题",
})  # fmt: skip


def label(key: str, stated: Mapping[str, str]) -> str:
    """Return the words of a fact, of the end that was stated: one key asks for other facts in other ends."""
    named = [e for ends in ENDS.values() for e in ends if e.key == stated.get(END)]
    asks = [ask for end in named for ask in end.asks if ask.key == key]
    everywhere = [ask for ends in ENDS.values() for end in ends for ask in end.asks]
    alike = asks or [ask for ask in (*everywhere, *OVER_OBJECTION) if ask.key == key]
    several = len({ask.label for ask in alike}) != 1
    return _COMMON.get(key, key) if several else alike[0].label


def end_label(code: str, key: str) -> str:
    """Return the words of an end of the outcome; ends of two outcomes may share a key."""
    return next((end.label for end in ENDS.get(code, ()) if end.key == key), key)
