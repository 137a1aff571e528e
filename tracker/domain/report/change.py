"""Years and changes in a report's text: a copied year, growth that the figures of both years do not give."""

import re
from collections.abc import Iterator
from decimal import Decimal

from tracker.domain.message import Phrase
from tracker.domain.report.claim import ALL, HANDLED, RECEIVED
from tracker.domain.report.contradiction import name_of, near
from tracker.domain.report.meaning import Statements, received_of, rounded
from tracker.domain.report.published import PublishedReport
from tracker.domain.report.sentence import LONGEST_TEXT, plain
from tracker.domain.report.table3 import RECEIVED_ROW, Finding

# -- years --------------------------------------------------------------------------------------

TITLE_YEAR = re.compile(r"(\d{4})年度?(?:[^\n,;。]{0,20})(?:政府信息公开|政务公开)[^\n,;。]{0,12}报告")
PERIOD = re.compile(
    r"(?:统计|数据|期限|时间)[^。;\n]{0,16}?(\d{4})年1月1日[^。;\n]{0,8}?(?:(\d{4})年)?(?:度)?12月31日"
)


def year_findings(statements: Statements) -> list[Finding]:
    """Return the years that do not fit: of the title, the period, the sentences, the carried cases."""
    year = statements.report.year
    if year is None:
        return []
    return [*_titles(statements.report, year), *_subjects(statements, year), *_slips(statements)]


def _titles(report: PublishedReport, year: int) -> Iterator[Finding]:
    text = plain("\n".join([report.title, report.sections.get("0", "")]))
    for named in sorted({int(number) for number in TITLE_YEAR.findall(report_titles(text))} - {year}):
        yield Finding(
            "year",
            "标题",
            Phrase(
                "标题写%(named)s年，报告年度为%(year)s年。",
                named=named,
                year=year,
            ),
        )
    everywhere = plain("\n".join(text[:LONGEST_TEXT] for text in report.sections.values()))
    for first, last in PERIOD.findall(everywhere):
        for named in {int(number) for number in (first, last) if number} - {year}:
            yield Finding(
                "year",
                "统计期限",
                Phrase(
                    "统计期限写%(named)s年，报告年度为%(year)s年。",
                    named=named,
                    year=year,
                ),
            )


def report_titles(text: str) -> str:
    """Return the lines that can be a title: short, and no sentence."""
    return "\n".join(line for line in text.split("\n") if len(line) <= LONGEST_TITLE and "。" not in line)


LONGEST_TITLE = 60


def _subjects(statements: Statements, year: int) -> Iterator[Finding]:
    """Find sentences about another year where nothing alike is said of this one."""
    named = [claim for claim in statements.claims if claim.year not in (None, year)]
    ours = {claim.what for claim in statements.claims if claim.year in (None, year)}
    for claim in named:
        if claim.what not in ours and not (claim.what in RECEIVING and ours & RECEIVING):
            message = Phrase(
                "文中“%(words)s”说的是%(year)s年，报告年度为%(year2)s年。",
                words=claim.words,
                year=claim.year,
                year2=year,
            )
            yield Finding("year", name_of(claim.what), message)


RECEIVING = {RECEIVED, RECEIVED_ROW, HANDLED, ALL}


def _slips(statements: Statements) -> Iterator[Finding]:
    for claim in statements.claims:
        if claim.slip is not None:
            message = Phrase(
                "文中“%(words)s”的年份与报告年度%(year)s年不合。",
                words=claim.words,
                year=statements.report.year,
            )
            yield Finding("year", name_of(claim.what), message)


# -- growth -------------------------------------------------------------------------------------

MORE = r"增长|增加|上升|提高|增幅|上涨|多"
LESS = r"下降|减少|降低|下跌|降幅|少"
THAN = r"(?:同比|(?:比|较|与)(?:上年度?|上一年度?|去年|\d{4}年度?)(?:同期)?(?:相比)?[,]?)(?:数量|总量)?"
AMOUNT = r"(\d{1,16}+(?:\.\d{1,16}+)?)"
GROWTH = re.compile(rf"([^,;()。]{{0,40}})[,(]?{THAN}(?:({MORE})|{LESS})(?:了|为|达|约)*+{AMOUNT}%")
DIFFERENCE = re.compile(
    rf"([^,;()。]{{0,40}})[,(]?{THAN}(?:({MORE})|{LESS})(?:了|为|约)*+(\d{{1,16}}+)(?:件|宗|起)"
)
OF_RECEIVED = re.compile(
    r"(?:受理|收到|接收|申请)[^,;]{0,8}(?:总?量|数|件数)|(?:收到|受理|接收|新收)[^,;]{0,16}申请"
)
NOT_RECEIVED = re.compile(r"办结|答复|办理|复议|诉讼|许可|处罚|发布|留言|网")


def growth_findings(statements: Statements, before: Statements | None) -> list[Finding]:
    """Return where growth stated for the requests is not that of the figures of both years."""
    now = statements.values(RECEIVED_ROW, RECEIVED) | received_of(statements)
    text = plain(statements.report.sections.get("1", "")[:LONGEST_TEXT])
    last = (before.values(RECEIVED_ROW, RECEIVED) | received_of(before)) if before else set()
    return [*_growth(text, now, last), *_difference(text, now, last)]


def _growth(text: str, now: set[int], last: set[int]) -> Iterator[Finding]:
    for match in GROWTH.finditer(text):
        stated = Decimal(match[3]) if match[2] else -Decimal(match[3])
        if not _is_received(match[1], _ahead(text, match)):
            continue
        exact = [(Decimal(new - old) * 100 / old, new, old) for new in now for old in last if old]
        if exact and not any(near(share, stated) for share, _, _ in exact):
            share, new, old = min(exact, key=lambda one: abs(one[0] - stated))
            message = Phrase(
                "文中“%(value)s”，%(new)s件比上年%(old)s件变化%(rounded)s%%。",
                value=match[0].strip(",("),
                new=new,
                old=old,
                rounded=rounded(share, 2),
            )
            yield Finding("growth", "新收申请", message)


def _difference(text: str, now: set[int], last: set[int]) -> Iterator[Finding]:
    for match in DIFFERENCE.finditer(text):
        stated = int(match[3]) if match[2] else -int(match[3])
        if _is_received(match[1], _ahead(text, match)) and now and last:
            changes = {new - old for new in now for old in last}
            if stated not in changes:
                new, old = max(now), max(last)
                message = Phrase(
                    "文中“%(value)s”，%(new)s件比上年%(old)s件变化%(value2)s件。",
                    value=match[0].strip(",("),
                    new=new,
                    old=old,
                    value2=new - old,
                )
                yield Finding("growth", "新收申请", message)


def _ahead(text: str, match: re.Match[str]) -> str:
    """Return the words before a match, as far back as a clause can begin."""
    return text[max(0, match.start() - LONGEST_CLAUSE) : match.start()]


LONGEST_CLAUSE = 200


def _is_received(clause: str, ahead: str) -> bool:
    """Return whether a change is said of the requests received: in its clause or in the one before."""
    near_by = clause or re.split(r"[,;。\n(]", ahead.rstrip(",("))[-1]
    return bool(OF_RECEIVED.search(near_by)) and not NOT_RECEIVED.search(near_by)
