"""What a report's text states against its tables, against itself and against the year before.

Each figure of the text may be read in every way that such a sentence is meant in practice; it is a
finding only where none of them fits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tracker.domain.annual_report import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    GROUP_LABELS,
    RECEIVED_ROW,
    ROW_LABELS,
    TOTAL_ROW,
    Finding,
    figure,
)
from tracker.domain.published_report import PublishedReport
from tracker.domain.report_format import TABLE4
from tracker.domain.report_text import (
    ALL,
    ANSWERED,
    BY_CHANNEL,
    CLOSED,
    DISPUTE,
    HANDLED,
    LEGAL,
    NATURAL,
    PENDING,
    RECEIVED,
    REST,
    REVIEW,
    SUIT,
    WITHDRAWN,
    Claim,
    claims,
)

TEXTS = ("0", "1", "5", "6")
WORDS = {
    RECEIVED: "收到申请",
    HANDLED: "办理申请",
    CLOSED: "办结申请",
    ANSWERED: "答复申请",
    ALL: "新收与上年结转合计",
    PENDING: "正在办理",
    REVIEW: "行政复议",
    SUIT: "行政诉讼",
    DISPUTE: "行政复议、行政诉讼",
    NATURAL: "自然人申请",
    LEGAL: "法人或其他组织申请",
    "licences": "行政许可",
    "penalties": "行政处罚",
    "coercion": "行政强制",
    "normative_documents.made": "行政规范性文件本年制发件数",
    "normative_documents.repealed": "行政规范性文件本年废止件数",
    "normative_documents.in_force": "行政规范性文件现行有效件数",
    "fees_wan_yuan": "行政事业性收费（万元）",
    **ROW_LABELS,
    **GROUP_LABELS,
}
OTHER = "3.6"
RESULTS = ("3.1", "3.2", "3.3", "3.4", "3.5", OTHER)
LABELS4 = {"upheld": "结果维持", "corrected": "结果纠正", "other": "其他结果", "pending": "尚未审结"}


@dataclass(frozen=True, slots=True)
class Said:
    """The claims of a report's text, with the tables that they are held against."""

    report: PublishedReport
    claims: tuple[Claim, ...]

    def first(self, *names: str) -> int | None:
        """Return the first figure stated under one of the names; None where none is."""
        return next((int(claim.value) for claim in self.claims if claim.what in names), None)

    def values(self, *names: str) -> set[int]:
        """Return every figure stated under the names."""
        return {int(claim.value) for claim in self.claims if claim.what in names}

    def known(self, row: str, *names: str) -> int | None:
        """Return a row's total as the table prints it, and where it does not, as the text states it."""
        printed = self.report.total(row)
        return self.first(row, *names) if printed is None else printed


def said(report: PublishedReport) -> Said:
    """Return what the texts of the report state."""
    found = [claim for key in TEXTS for claim in claims(report.sections.get(key, ""), report.year)]
    return Said(report, tuple(found))


def text_findings(said: Said) -> list[Finding]:
    """Return where the text contradicts the tables or itself."""
    ours = Said(said.report, tuple(c for c in said.claims if c.year in (None, said.report.year)))
    against = list(_against_tables(ours))
    found = [
        *against,
        *_two_figures(ours),
        *_parts(ours),
        *_list_against_total(ours),
        *_shares(ours),
        *_disputes(ours),
    ]
    if not against and None in _printed_flows(ours):
        found += _balance(ours)
    return found


def name_of(what: str) -> str:
    """Return a claim's name in the words of the form."""
    head, _, result = what.partition(".")
    if result in LABELS4:
        return f"{WORDS[head]} {LABELS4[result]}"
    return "、".join(WORDS[part] for part in what.split("+"))


# -- text against tables ------------------------------------------------------------------------


def _against_tables(said: Said) -> Iterator[Finding]:
    for claim in said.claims:
        readings = _readings(said, claim)
        if not readings or claim.value in readings:
            continue
        others = [other for other in said.claims if other.what == claim.what and other is not claim]
        if claim.qualified and any(other.value in readings for other in others):
            continue
        printed = "或".join(str(number) for number in sorted(readings))
        words = f"文中“{claim.words}”，表中{name_of(claim.what)}为{printed}。"
        yield Finding("section1_vs_table", name_of(claim.what), words)


def _readings(said: Said, claim: Claim) -> set[Decimal]:
    """Return the figures of the tables that the claim may mean; empty where they do not say."""
    what = claim.what
    if what in said.report.table2:
        printed = said.report.table2[what]
        return set() if printed is None else {printed, _rounded(printed, claim.value)}
    if what.partition(".")[0] in (REVIEW, SUIT, DISPUTE):
        return {Decimal(number) for number in _of_table4(said.report, what)}
    if what in FLOWS:
        found = {Decimal(number) for number in FLOWS[what](said)}
        may_hold_more = what in WITH_CARRIED and said.known(CARRIED_IN_ROW) is None
        return set() if may_hold_more and found and claim.value > max(found) else found
    if what[0] not in "1234":
        return set()
    totals = [said.report.total(row) for row in what.split("+")]
    known = [total for total in totals if total is not None]
    if len(known) < len(totals):
        return set()
    alone = what == "3.1" and not said.values("3.2")
    partial = said.report.total("3.2") or 0 if alone else 0
    return {Decimal(sum(known)), Decimal(sum(known) + partial)}


WITH_CARRIED = (RECEIVED, HANDLED, ALL)  # may include what was carried in, and that may not be known


def _rounded(printed: Decimal, stated: Decimal) -> Decimal:
    """Return the printed figure with as many decimals as the text gives."""
    return printed.quantize(Decimal(1).scaleb(int(stated.as_tuple().exponent)))


def _printed_flows(said: Said) -> list[int | None]:
    return [said.report.total(row) for row in (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW, CARRIED_OUT_ROW)]


def _flows(said: Said) -> tuple[int | None, int | None, int | None, int | None]:
    """Return 新收, 上年结转, 总计, 结转下年 as printed, one of them worked out where it alone is missing."""
    new, into, done, out = _printed_flows(said)
    if done is None and new is not None and into is not None and out is not None:
        done = new + into - out
    return new, into, done, out


def _sum(*numbers: int | None) -> set[int]:
    known = [number for number in numbers if number is not None]
    return {sum(known)} if len(known) == len(numbers) else set()


def received_of(said: Said) -> set[int]:
    """Return what 收到 may mean by the table: this year's requests, or those carried in as well."""
    new, _, _, _ = _flows(said)
    into = said.known(CARRIED_IN_ROW)
    return set() if new is None else {new} | _sum(new, into)


def _closed(said: Said) -> set[int]:
    new, _, done, out = _flows(said)
    if done is None:
        return set()
    return {done} | _sum(new, -out if out is not None else None)


def _answered(said: Said) -> set[int]:
    """Answers may be counted without what was closed in another way, or of this year's requests alone."""
    _, _, done, _ = _flows(said)
    if done is None:
        return set()
    without = [said.report.total(row) for row in (OTHER, "3.6.1", "3.6.2", "3.6.3")]
    return _closed(said) | {done - number for number in without if number is not None}


def _handled(said: Said) -> set[int]:
    return (received_of(said) | _answered(said)) if received_of(said) and _answered(said) else set()


def _all(said: Said) -> set[int]:
    new, into, done, _ = _flows(said)
    return (_sum(new, into) | _sum(done) | _sum(new)) if _sum(new, into) else set()


def _natural(said: Said) -> set[int]:
    new, into, done = (
        figure(said.report.table3, row, NATURAL) for row in (RECEIVED_ROW, CARRIED_IN_ROW, TOTAL_ROW)
    )
    return (_sum(new) | _sum(new, into) | _sum(done)) if _sum(new, into, done) else set()


def _legal(said: Said) -> set[int]:
    """Return what all but natural persons may be: the totals without them."""
    found: set[int] = set()
    for rows in ((RECEIVED_ROW,), (RECEIVED_ROW, CARRIED_IN_ROW), (TOTAL_ROW,)):
        natural = _sum(*(figure(said.report.table3, row, NATURAL) for row in rows))
        found |= {all_ - one for all_ in _sum(*(said.report.total(row) for row in rows)) for one in natural}
    return found if len(_natural(said)) and found else set()


def _open(said: Said) -> set[int]:
    """Return what was open at the year's end: what is carried out, where nothing else is said to be that."""
    _, _, _, out = _flows(said)
    return _sum(out) if not said.values(CARRIED_OUT_ROW) else set()


FLOWS = {
    PENDING: _open,
    NATURAL: _natural,
    LEGAL: _legal,
    RECEIVED: received_of,
    CLOSED: _closed,
    ANSWERED: _answered,
    HANDLED: _handled,
    ALL: _all,
}


def _of_table4(report: PublishedReport, what: str) -> set[int]:
    """Return the figures of table 4; a suit may mean either half or both."""
    head, _, result = what.partition(".")
    names = list(TABLE4)
    groups = {
        REVIEW: [names[:1]],
        SUIT: [names[1:2], names[2:], names[1:]],
        DISPUTE: [names, names[:2], [names[0], names[2]]],
    }[head]
    cells = [_cell4(report, name, result or "total") for name in names]
    if any(not cells[names.index(name)] for group in groups for name in group):
        return set()
    found: set[int] = set()
    for group in groups:
        sums = {0}
        for name in group:
            sums = {one + other for one in sums for other in cells[names.index(name)]}
        found |= sums
    return found


def _cell4(report: PublishedReport, block: str, column: str) -> set[int]:
    """Return a cell; for a total also what its parts add up to, for the printed one may be wrong."""
    printed = figure(report.table4, block, column)
    found = set() if printed is None else {printed}
    parts = [figure(report.table4, block, part) for part in LABELS4] if column == "total" else [None]
    known = [part for part in parts if part is not None]
    return found | ({sum(known)} if len(known) == len(parts) else set())


# -- text against itself ------------------------------------------------------------------------


def _two_figures(said: Said) -> Iterator[Finding]:
    """Find one thing stated as two figures: 办结76件 and 办结的82件."""
    for what in (CLOSED, RECEIVED_ROW, CARRIED_IN_ROW, CARRIED_OUT_ROW):
        whole = [c for c in said.claims if c.what == what and not c.qualified and not BY_TIME.search(c.words)]
        figures = sorted({int(claim.value) for claim in whole})
        of_last_year = (said.known(CARRIED_IN_ROW) or 0) if what == CLOSED else 0
        if len(figures) > 1 and figures[-1] - figures[0] > of_last_year:
            told = "，".join(f"“{claim.words}”" for claim in whole)
            yield Finding("section1_self", name_of(what), f"同一项有两个数：{told}。")


def _parts(said: Said) -> Iterator[Finding]:
    """Find that requests by applicant are not all of them, or by way of applying more than all."""
    received = said.values(RECEIVED_ROW, RECEIVED, HANDLED, ALL)
    natural, legal = said.first(NATURAL), said.first(LEGAL)
    ways = [int(claim.value) for claim in said.claims if claim.what == BY_CHANNEL]
    if received and natural is not None and legal is not None and natural + legal not in received:
        words = f"文中自然人{natural}件、法人或其他组织{legal}件，合计{natural + legal}件，与申请总数不符。"
        yield Finding("section1_self", "申请人情况", words)
    if received and sum(ways) > max(received):
        words = f"文中按申请方式所列合计{sum(ways)}件，多于申请总数{max(received)}件。"
        yield Finding("section1_self", "申请方式", words)


BY_TIME = re.compile(r"按时|按期|如期|法定期限")


def _results(said: Said) -> dict[str, int]:
    """Return the results listed in the text, each once; none where one is stated twice."""
    listed = [claim for claim in said.claims if claim.what.partition("+")[0] in RESULTS]
    names = [row for claim in listed for row in claim.what.split("+")]
    if len(names) != len(set(names)):
        return {}
    return {claim.what: int(claim.value) for claim in listed}


def _is_whole(listed: dict[str, int]) -> bool:
    """Return whether a list is meant to be all: it names 其他处理 and most others, or nearly every one."""
    rows = {row for what in listed for row in what.split("+")}
    return (OTHER in rows and len(rows) >= MOST_ROWS - 1) or len(rows) >= MOST_ROWS


MOST_ROWS = 5  # of the six results of table 3


def _left_out(said: Said, listed: dict[str, int]) -> int:
    """Return what the table prints for the results that the list leaves out."""
    rows = {row for what in listed for row in what.split("+")}
    return sum(said.report.total(row) or 0 for row in RESULTS if row not in rows)


def _list_against_total(said: Said) -> Iterator[Finding]:
    listed = _results(said)
    added = sum(listed.values())
    totals = said.values(CLOSED) or said.values(ANSWERED)
    if len(listed) < SHORTEST_LIST or not totals or _borne_out(said, listed):
        return
    fits = {added, added + _left_out(said, listed), added - listed.get(OTHER, 0)}
    if _is_whole(listed):
        wrong = not any(total in fits for total in totals)
    else:
        wrong = all(added > total for total in totals)
    if wrong:
        names = "、".join(f"{name_of(what)}{number}" for what, number in listed.items())
        words = f"文中办结{'、'.join(map(str, sorted(totals)))}件，所列{names}，合计{added}件。"
        yield Finding("section1_results_sum", "办理结果", words)


SHORTEST_LIST = 3


def _borne_out(said: Said, listed: dict[str, int]) -> bool:
    """Return whether the table prints every result of the list: each is then held against it by itself."""
    return all(_readings(said, claim) for claim in said.claims if claim.what in listed)


def _balance(said: Said) -> Iterator[Finding]:
    """Find that 新收 + 上年结转 = 办结 + 结转下年 holds in no reading of the text."""
    received = said.values(RECEIVED_ROW, RECEIVED)
    into = said.known(CARRIED_IN_ROW)
    out = said.known(CARRIED_OUT_ROW, PENDING)
    if not received or into is None or out is None:
        return
    listed, withdrawn = _results(said), said.first(WITHDRAWN) or 0
    done = said.values(CLOSED, ANSWERED, REST)
    handled = said.values(HANDLED)
    if not done and not handled and _is_whole(listed):
        done = {sum(listed.values()), sum(listed.values()) + _left_out(said, listed)}
    if not done and not handled:
        return
    comes = {number + into for number in received} | received | said.values(ALL)
    goes = {number + out + more for number in done | handled for more in (0, withdrawn)} | handled
    if not comes & goes:
        first = max(received)
        answered = max(done | handled)
        words = (
            f"文中新收{first}、上年结转{into}，共{first + into}；"
            f"办理结果{answered}、结转下年{out}，共{answered + out}，两者不等。"
        )
        yield Finding("results_balance", "总计", words)


def _shares(said: Said) -> Iterator[Finding]:
    """Find a share that is right on no total that it can be taken of."""
    new, into, done, _ = _flows(said)
    if done is None and not said.values(CLOSED, ANSWERED, HANDLED) and not _is_whole(_results(said)):
        return  # a share may be of the answers, and nothing says how many those are
    bases = said.values(RECEIVED_ROW, RECEIVED, CLOSED, ANSWERED, HANDLED, REST, ALL)
    bases |= {number for number in (new, done) if number is not None} | _sum(new, into) | _answered(said)
    into = said.known(CARRIED_IN_ROW)
    bases |= {number + (into or 0) for number in said.values(RECEIVED_ROW, RECEIVED)}
    bases |= {sum(_results(said).values())}
    bases -= {0}
    for claim in said.claims:
        if claim.share is None or claim.what.partition("+")[0][:2] != "3." or len(bases) < 1:
            continue
        of = bases | _heading(said, claim)
        if not any(near(claim.value * 100 / base, claim.share) for base in of):
            nearest = min(of, key=lambda base: abs(claim.value * 100 / base - (claim.share or 0)))
            share = round(claim.value * 100 / nearest, 2)
            words = f"文中“{claim.words}”占{claim.share}%，按{nearest}件计应为{share}%。"
            yield Finding("shares", name_of(claim.what), words)


def _heading(said: Said, claim: Claim) -> set[int]:
    """Return the figures of the heading that a row stands under: a share may be taken of them."""
    group = claim.what.rpartition(".")[0]
    return (said.values(group) | _sum(said.report.total(group))) - {0} if group in RESULTS else set()


def near(exact: Decimal, stated: Decimal) -> bool:
    """Return whether a stated percentage is the exact one, rounded or cut, in its own last place."""
    return abs(exact - stated) <= Decimal(1).scaleb(int(stated.as_tuple().exponent))


def _disputes(said: Said) -> Iterator[Finding]:
    """Find parts of reconsiderations or suits that are more than their total."""
    for head in (REVIEW, SUIT):
        totals = said.values(head)
        parts = [claim for claim in said.claims if claim.what.startswith(f"{head}.")]
        added = sum(int(claim.value) for claim in parts)
        once = len({claim.what for claim in parts}) == len(parts)
        whole = len(parts) == len(LABELS4)
        if totals and parts and once and (added > max(totals) or (whole and added not in totals)):
            words = f"文中{WORDS[head]}{max(totals)}件，所列结果合计{added}件。"
            yield Finding("section1_self", WORDS[head], words)
    both, review, suit = said.first(DISPUTE), said.first(REVIEW), said.first(SUIT)
    if both is not None and review is not None and suit is not None and both < review + suit:
        words = f"文中共{both}件，行政复议{review}件、行政诉讼{suit}件，合计{review + suit}件。"
        yield Finding("section1_self", WORDS[DISPUTE], words)


def implied_total(said: Said, row: str, known: int | None) -> int | None:
    """Return a row's total for the comparison of two years: printed, stated, or worked out."""
    return known if known is not None else said.first(row, *([PENDING] if row == CARRIED_OUT_ROW else []))


def every(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without those that say the same twice."""
    return list(dict.fromkeys(findings))
