"""What sentences of a report say of tables 2 and 4: decisions, documents, fees, reconsiderations, suits."""

import re
from collections.abc import Iterator
from decimal import Decimal

from tracker.domain.report.claim import CHANGE, DISPUTE, REVIEW, SUIT, Claim, stated
from tracker.domain.report.sentence import Mention, ReportSentence

DISPUTES = re.compile(r"行政复议|行政诉讼|行政争议")
OF_DISPUTE = re.compile(r"复议|诉讼")
SUITS = {
    "direct_litigation": re.compile(r"直接(?:起诉|提起(?:行政)?诉讼)的?(?:案件)?(?:有|为|共)?$"),
    "litigation_after_reconsideration": re.compile(
        r"复议后(?:再)?(?:起诉|提起(?:行政)?诉讼)的?(?:案件)?(?:有|为|共)?$"
    ),
}
DISPUTE_END = re.compile(
    r"(行政复议|行政诉讼|行政争议)(?:[、和及与或](行政诉讼))?(?:案件|申请|案)?(?:共计|共|为|有|合计|总计|计|发生)*+$"
)
NOT_ALL_DISPUTES = re.compile(
    r"新增|新收|上年|结转|纠错|维持|纠正|败诉|撤|驳回|办结|审结|应诉|胜诉|参加|代理"
)
ENDED = re.compile(r"^(?:案件|申请)?(?:被|已)?(?:审结|办结|结案|维持|纠正|驳回|胜诉|败诉|撤回)")
RESULTS = {
    "upheld": re.compile(r"(?:结果)?维持(?:的|结果)?(?:有|为)?$"),
    "corrected": re.compile(r"(?:结果)?纠正(?:的|结果)?(?:有|为)?$"),
    "other": re.compile(r"其他结果(?:的)?(?:有|为)?$"),
    "pending": re.compile(r"(?:尚未|未)审结(?:的)?(?:有|为)?$"),
}
PUBLISHED = re.compile(
    r"公开(?!办|机构)|公示|公布|发布|上传|推送|录入|归集|解读|备案|审查|清理|转发|起草|修改|报送"
)
DECIDED = re.compile(r"作出|做出|办理|实施|办结|下达|处理决定|(?:许可|处罚|强制)决定")
TABLE2 = {
    "licences": re.compile(r"行政许可(?:处理)?(?:事项|决定|案件|申请)*+(?:数量|共计|共|为|总计)*+$"),
    "penalties": re.compile(r"行政处罚(?:处理)?(?:事项|决定|案件)*+(?:数量|共计|共|为|总计)*+$"),
    "coercion": re.compile(r"行政强制(?:处理|措施)?(?:事项|决定|案件)*+(?:数量|共计|共|为|总计)*+$"),
}
MADE = r"(?:制发|制定|出台|印发|制定出台)(?:了)?(?:行政)?规范性文件"
MADE_DOCUMENTS = re.compile(MADE)
DOCUMENTS = {
    "normative_documents.made": re.compile(rf"{MADE}(?:共|共计)?$"),
    "normative_documents.repealed": re.compile(r"废止(?:了)?(?:行政)?规范性文件(?:共|共计)?$"),
    "normative_documents.in_force": re.compile(r"现行有效(?:的)?(?:行政)?规范性文件(?:共|共计|为)?$"),
}
DOCUMENTS_LATER = {  # after 制发规范性文件3件
    "normative_documents.repealed": re.compile(r"(?:^|[、并])废止(?:了)?$"),
    "normative_documents.in_force": re.compile(r"(?:^|[、])现行有效(?:的)?(?:共|有|为)?$"),
}
FEES = re.compile(r"行政事业性收费(?:金额|收入|总额)?(?:共计|共|为|总计|约)*+(\d+(?:\.\d+)?)(万元|元)")


def dispute(mention: Mention, before: list[str], about: bool) -> Claim | None:
    """Read a number of reconsiderations or suits, or of one of their results."""
    if not about and "公开" not in mention.sentence:
        return None
    text_before = mention.before
    not_all = bool(NOT_ALL_DISPUTES.search(text_before))
    for suit, ending in SUITS.items():
        if ending.search(text_before):
            return None if not_all else stated(suit, mention)
    match = DISPUTE_END.search(text_before)
    if match is None:
        return _dispute_result(mention, before)
    return None if not_all or ENDED.match(mention.after) else stated(_which(match, text_before), mention)


def _which(match: re.Match[str], text_before: str) -> str:
    """Return whether reconsiderations, suits or both are counted."""
    if match[2] or match[1] == "行政争议" or "行政复议、行政诉讼" in text_before:
        return DISPUTE
    return REVIEW if match[1] == "行政复议" else SUIT


def _dispute_result(mention: Mention, before: list[str]) -> Claim | None:
    """Read a result by the dispute that its own words name, else by the one before."""
    named = OF_DISPUTE.findall(mention.before)
    last = before[-1].partition(".")[0] if before else ""
    head = {"复议": REVIEW, "诉讼": SUIT}[named[-1]] if named else last
    if last not in (REVIEW, SUIT, DISPUTE) or DISPUTES.search(mention.before):
        return None
    result = next((name for name, ending in RESULTS.items() if ending.search(mention.before)), None)
    return stated(f"{head}.{result}", mention) if result else None


def table2(mention: Mention, before: list[str]) -> Claim | None:
    """Read a number of decisions or documents of table 2."""
    clause = re.split(r"[,;:]", mention.ahead)[-1]
    if (
        PUBLISHED.search(clause)
        or re.search(r"网|平台|窗口|线上|新办", clause)
        or CHANGE.search(mention.before)
    ):
        return None
    decided = DECIDED.search(clause) or set(before) & set(TABLE2)
    endings = [(key, ending) for key, ending in TABLE2.items() if decided]
    endings += DOCUMENTS.items()
    if MADE_DOCUMENTS.search(mention.ahead):
        endings += DOCUMENTS_LATER.items()
    what = next((key for key, ending in endings if ending.search(mention.before)), None)
    return stated(what, mention) if what else None


def money(sentence: ReportSentence) -> Iterator[Claim]:
    """Read the fees of table 2."""
    for match in FEES.finditer(sentence.text):
        amount = Decimal(match[1]) / (1 if match[2] == "万元" else 10_000)
        yield Claim("fees_wan_yuan", amount, match[0], sentence.text)
