"""The outcome catalogue: every way a case can end.

An outcome's code is the final state of the case and the key of its row in the annual report,
so the year's count is a count of states and nothing else.

Law: 条例第14—16、30、35—39、42条. Rows and labels, verbatim: 国办公开办函〔2021〕30号, table 3.
Which year prints which row: ``row_in`` and ``report.format``.
"""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from tracker.domain.case.state import AWAITING_PAYMENT, PROCESSING, RECEIVED, SUPPLEMENT, WORKING
from tracker.domain.law.forum import LAW_OF_2023_FROM
from tracker.domain.message import Spoken, Statutory, labels

FIRST_FORM = 2019  # 国办公开办函〔2019〕60号: one row （六）其他处理
SPLIT_FORM = 2021  # 国办公开办函〔2021〕30号: that row in three

# Refusals under 第14、15、16条 of a request go to reconsideration first from that day (复议法第23条).
RECONSIDERATION_FIRST_FROM = LAW_OF_2023_FROM


class Family(Enum):
    """The part of table 3 that an outcome is counted in; the value is its heading."""

    DISCLOSED = "（一）予以公开"
    PARTIALLY_DISCLOSED = "（二）部分公开"
    REFUSED = "（三）不予公开"
    UNABLE = "（四）无法提供"
    NOT_PROCESSED = "（五）不予处理"
    OTHERWISE_CLOSED = "（六）其他处理"

    @property
    def label(self) -> str:
        """Its heading in table 3, as a page shows it."""
        return HEADINGS[self]


HEADINGS = labels({family: family.value for family in Family}, Statutory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Spoken):
    """One final state.

    label:   the wording of the annual report, never translated.
    short:   how lists and pages call it, beside which the wording of the report stands.
    letter:  the document that tells the applicant (rulebook 5).
    remedy:  P reconsideration first (复议法第23条), G either way, N none.
    sources: the working states that it may end.
    since:   the first report year whose form has a row for it.
    """

    STATUTORY: ClassVar[tuple[str, ...]] = ("label", "letter")

    code: str
    row: str
    family: Family
    label: str
    short: str
    law: str
    letter: str
    remedy: str = "G"
    sources: tuple[str, ...] = (RECEIVED, PROCESSING)
    needs_reason: bool = True
    since: int = FIRST_FORM

    def row_in(self, year: int) -> str:
        """Return its row in the report of the year: its own, or its family's where the form had no more.

        Empty where that year's form knows others of its family and not this one: nothing ended so then.
        """
        if year >= self.since:
            return self.row
        is_one_row = all(other.since > year for other in OUTCOMES if other.family is self.family)
        return self.row.rpartition(".")[0] if is_one_row else ""


def _refused(
    number: int, name: str, label: str, short: str, law: str, *, remedy: str = "P", since: int = FIRST_FORM
) -> Outcome:
    return Outcome(
        code=f"refused_{name}",
        row=f"3.3.{number}",
        family=Family.REFUSED,
        label=f"{number}.{label}",
        short=f"不予公开（{short}）",
        law=law,
        letter="不予公开告知书" if remedy == "P" else "依照有关规定查询告知书",
        remedy=remedy,
        since=since,
    )


def _not_processed(number: int, name: str, label: str, short: str, law: str, letter: str) -> Outcome:
    return Outcome(
        code=f"not_processed_{name}",
        row=f"3.5.{number}",
        family=Family.NOT_PROCESSED,
        label=f"{number}.{label}",
        short=f"不予处理（{short}）",
        law=law,
        letter=letter,
    )


OUTCOMES = (
    Outcome(
        code="disclosed",
        row="3.1",
        family=Family.DISCLOSED,
        label="（一）予以公开",
        short="予以公开",
        law="条例第36条第（一）、（二）项",
        letter="予以公开告知书",
        needs_reason=False,
    ),
    Outcome(
        code="partially_disclosed",
        row="3.2",
        family=Family.PARTIALLY_DISCLOSED,
        label="（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
        short="部分公开",
        law="条例第37条",
        letter="部分公开告知书",
        remedy="P",
    ),
    _refused(1, "state_secret", "属于国家秘密", "国家秘密", "条例第14条"),
    _refused(2, "prohibited_by_law", "其他法律行政法规禁止公开", "法律、行政法规禁止", "条例第14条"),
    _refused(3, "safety_and_stability", "危及“三安全一稳定”", "三安全一稳定", "条例第14条"),
    _refused(4, "third_party_rights", "保护第三方合法权益", "第三方权益", "条例第15、32条"),
    _refused(5, "internal_affairs", "属于三类内部事务信息", "内部事务信息", "条例第16条第1款"),
    _refused(6, "process_information", "属于四类过程性信息", "过程性信息", "条例第16条第2款"),
    _refused(7, "enforcement_file", "属于行政执法案卷", "行政执法案卷", "条例第16条第2款"),
    _refused(8, "administrative_query", "属于行政查询事项", "行政查询", "条例第36条第（七）项", remedy="G"),
    Outcome(
        code="unable_not_held",
        row="3.4.1",
        family=Family.UNABLE,
        label="1.本机关不掌握相关政府信息",
        short="无法提供（不掌握）",
        law="条例第36条第（四）、（五）项",
        letter="政府信息不存在告知书／非本机关负责公开告知书",
    ),
    Outcome(
        code="unable_needs_creation",
        row="3.4.2",
        family=Family.UNABLE,
        label="2.没有现成信息需要另行制作",
        short="无法提供（需另行制作）",
        law="条例第38条",
        letter="无法提供告知书",
    ),
    Outcome(
        code="unable_still_unclear",
        row="3.4.3",
        family=Family.UNABLE,
        label="3.补正后申请内容仍不明确",
        short="无法提供（内容仍不明确）",
        law="条例第30条",
        letter="无法提供告知书",
        sources=(PROCESSING,),
    ),
    _not_processed(1, "petition", "信访举报投诉类申请", "信访举报投诉", "条例第39条第1款", "不予处理告知书"),
    _not_processed(2, "repeat", "重复申请", "重复申请", "条例第36条第（六）项", "不予重复处理告知书"),
    _not_processed(
        3, "publication", "要求提供公开出版物", "公开出版物", "条例第39条第2款", "公开出版物获取途径告知书"
    ),
    _not_processed(4, "excessive", "无正当理由大量反复申请", "大量反复申请", "条例第35条", "不予处理告知书"),
    _not_processed(
        5,
        "confirmation",
        "要求行政机关确认或重新出具已获取信息",
        "确认或重新出具",
        "国办公开办函〔2021〕30号表三（条款未明）",
        "不予处理告知书",
    ),
    Outcome(
        code="closed_supplement_lapsed",
        row="3.6.1",
        family=Family.OTHERWISE_CLOSED,
        label="1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        short="逾期不补正",
        law="条例第30条",
        letter="终止办理告知书（内部结案记录）",
        sources=(SUPPLEMENT,),
        needs_reason=False,
        since=SPLIT_FORM,
    ),
    Outcome(
        code="closed_fee_lapsed",
        row="3.6.2",
        family=Family.OTHERWISE_CLOSED,
        label="2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        short="逾期不缴费",
        law="条例第42条、国办函〔2020〕109号",
        letter="终止办理告知书（内部结案记录）",
        sources=(AWAITING_PAYMENT,),
        needs_reason=False,
        since=SPLIT_FORM,
    ),
    Outcome(
        code="closed_other",
        row="3.6.3",
        family=Family.OTHERWISE_CLOSED,
        label="3.其他",
        short="其他结案",
        law="国办公开办函〔2021〕30号表三",
        letter="终止办理告知书",
        remedy="N",
        sources=WORKING,
        since=SPLIT_FORM,
    ),
)

BY_CODE = {outcome.code: outcome for outcome in OUTCOMES}
FINAL = tuple(BY_CODE)
