"""What a report's text states against its tables, against itself and against the year before.

Each figure of the text may be read in every way that such a sentence is meant in practice; it is a
finding only where none of them fits.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from tracker.domain.message import Phrase, joined, labels
from tracker.domain.report.claim import (
    ALL,
    ANSWERED,
    BY_CHANNEL,
    CLOSED,
    DISPUTE,
    HANDLED,
    KINDS,
    LEGAL,
    NATURAL,
    PENDING,
    RECEIVED,
    REST,
    REVIEW,
    SUIT,
    WITHDRAWN,
    Claim,
)
from tracker.domain.report.format import TABLE4
from tracker.domain.report.meaning import (
    LABELS4,
    Statements,
    answered_of,
    flows_of,
    printed_flows,
    readings,
    rounded,
    total_of,
)
from tracker.domain.report.table3 import (
    CARRIED_IN_ROW,
    CARRIED_OUT_ROW,
    GROUP_LABELS,
    RECEIVED_ROW,
    ROW_LABELS,
    Finding,
)

WORDS = labels(
    {
        RECEIVED: "收到申请",
        HANDLED: "办理申请",
        CLOSED: "办结申请",
        ANSWERED: "答复申请",
        ALL: "新收与上年结转合计",
        PENDING: "正在办理",
        **{block: Phrase("行政诉讼 %(label)s", label=label) for block, label in TABLE4.items()},
        REVIEW: "行政复议",
        SUIT: "行政诉讼",
        DISPUTE: "行政复议、行政诉讼",
        NATURAL: "自然人申请",
        LEGAL: "法人或其他组织申请",
        **KINDS,
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
)
OTHER = "3.6"
RESULTS = ("3.1", "3.2", "3.3", "3.4", "3.5", OTHER)


def text_findings(statements: Statements) -> list[Finding]:
    """Return where the text contradicts the tables or itself."""
    ours = Statements(
        statements.report, tuple(c for c in statements.claims if c.year in (None, statements.report.year))
    )
    against = list(_against_tables(ours))
    findings = [
        *against,
        *_two_figures(ours),
        *_parts(ours),
        *_list_against_total(ours),
        *_shares(ours),
        *_disputes(ours),
    ]
    if not against and None in printed_flows(ours):
        findings += _balance(ours)
    return findings


def name_of(what: str) -> str:
    """Return a claim's name in the words of the form."""
    head, _, result = what.partition(".")
    if result in LABELS4:
        return f"{WORDS[head]} {LABELS4[result]}"
    return "、".join(WORDS[part] for part in what.split("+"))


# -- text against tables ------------------------------------------------------------------------


def _against_tables(statements: Statements) -> Iterator[Finding]:
    for claim in statements.claims:
        meant = readings(statements, claim)
        if not meant or claim.value in meant:
            continue
        others = [other for other in statements.claims if other.what == claim.what and other is not claim]
        if claim.what in SHARED and claim.value + _beside(claim, others) in meant:
            continue
        if claim.qualified and any(other.value in meant for other in others):
            continue
        printed = "或".join(str(number) for number in sorted(meant))
        message = Phrase(
            "文中“%(words)s”，表中%(name_of)s为%(printed)s。",
            words=claim.words,
            name_of=name_of(claim.what),
            printed=printed,
        )
        yield Finding("section1_vs_table", name_of(claim.what), message)


SHARED = (ANSWERED, REST)  # 17件按期答复,1件逾期答复: one figure in parts


def _beside(claim: Claim, others: list[Claim]) -> Decimal:
    """Return the sum of the other figures of the same thing in the same sentence."""
    return sum((other.value for other in others if other.sentence == claim.sentence), Decimal(0))


# -- text against itself ------------------------------------------------------------------------


def _two_figures(statements: Statements) -> Iterator[Finding]:
    """Find one thing stated as two figures: 办结76件 and 办结的82件."""
    for what in (CLOSED, RECEIVED_ROW, CARRIED_IN_ROW, CARRIED_OUT_ROW):
        whole = [
            c for c in statements.claims if c.what == what and not c.qualified and not BY_TIME.search(c.words)
        ]
        figures = sorted({int(claim.value) for claim in whole})
        of_last_year = (statements.known(CARRIED_IN_ROW) or 0) if what == CLOSED else 0
        if len(figures) > 1 and figures[-1] - figures[0] > of_last_year:
            told = "，".join(f"“{claim.words}”" for claim in whole)
            yield Finding(
                "section1_self",
                name_of(what),
                Phrase(
                    "同一项有两个数：%(told)s。",
                    told=told,
                ),
            )


def _parts(statements: Statements) -> Iterator[Finding]:
    """Find that requests by applicant are not all of them, or by way of applying more than all."""
    received = statements.values(RECEIVED_ROW, RECEIVED, HANDLED, ALL)
    natural, legal = statements.first(NATURAL), statements.first(LEGAL)
    ways = [int(claim.value) for claim in statements.claims if claim.what == BY_CHANNEL]
    if received and natural is not None and legal is not None and natural + legal not in received:
        message = Phrase(
            "文中自然人%(natural)s件、法人或其他组织%(legal)s件，合计%(value)s件，与申请总数不符。",
            natural=natural,
            legal=legal,
            value=natural + legal,
        )
        yield Finding("section1_self", "申请人情况", message)
    if received and sum(ways) > max(received):
        message = Phrase(
            "文中按申请方式所列合计%(sum)s件，多于申请总数%(max)s件。",
            sum=sum(ways),
            max=max(received),
        )
        yield Finding("section1_self", "申请方式", message)


BY_TIME = re.compile(r"按时|按期|如期|法定期限")


def _results(statements: Statements) -> dict[str, int]:
    """Return the results listed in the text, each once; none where one is stated twice."""
    listed = [claim for claim in statements.claims if claim.what.partition("+")[0] in RESULTS]
    names = [row for claim in listed for row in claim.what.split("+")]
    if len(names) != len(set(names)):
        return {}
    return {claim.what: int(claim.value) for claim in listed}


def _is_whole(listed: dict[str, int]) -> bool:
    """Return whether a list is meant to be all: it names 其他处理 and most others, or nearly every one."""
    rows = {row for what in listed for row in what.split("+")}
    return (OTHER in rows and len(rows) >= MOST_ROWS - 1) or len(rows) >= MOST_ROWS


MOST_ROWS = 5  # of the six results of table 3


def _left_out(statements: Statements, listed: dict[str, int]) -> int:
    """Return what the table prints for the results that the list leaves out."""
    rows = {row for what in listed for row in what.split("+")}
    return sum(statements.report.total(row) or 0 for row in RESULTS if row not in rows)


def _list_against_total(statements: Statements) -> Iterator[Finding]:
    listed = _results(statements)
    added = sum(listed.values())
    totals = statements.values(CLOSED) or statements.values(ANSWERED)
    if len(listed) < SHORTEST_LIST or not totals or _borne_out(statements, listed):
        return
    fits = {added, added + _left_out(statements, listed), added - listed.get(OTHER, 0)}
    if _is_whole(listed):
        wrong = not any(total in fits for total in totals)
    else:
        wrong = all(added > total for total in totals)
    if wrong:
        names = "、".join(f"{name_of(what)}{number}" for what, number in listed.items())
        message = Phrase(
            "文中办结%(names)s件，所列%(names2)s，合计%(added)s件。",
            names=joined(map(str, sorted(totals)), "、"),
            names2=names,
            added=added,
        )
        yield Finding("section1_results_sum", "办理结果", message)


SHORTEST_LIST = 3


def _borne_out(statements: Statements, listed: dict[str, int]) -> bool:
    """Return whether the table prints every result of the list: each is then held against it by itself."""
    return all(readings(statements, claim) for claim in statements.claims if claim.what in listed)


def _balance(statements: Statements) -> Iterator[Finding]:
    """Find that 新收 + 上年结转 = 办结 + 结转下年 holds in no reading of the text."""
    received = statements.values(RECEIVED_ROW, RECEIVED)
    into = statements.known(CARRIED_IN_ROW)
    out = statements.known(CARRIED_OUT_ROW, PENDING)
    if not received or into is None or out is None:
        return
    listed, withdrawn = _results(statements), statements.first(WITHDRAWN) or 0
    done = statements.values(CLOSED, ANSWERED, REST)
    handled = statements.values(HANDLED)
    if not done and not handled and _is_whole(listed):
        done = {sum(listed.values()), sum(listed.values()) + _left_out(statements, listed)}
    if not done and not handled:
        return
    comes = {number + into for number in received} | received | statements.values(ALL)
    goes = {number + out + more for number in done | handled for more in (0, withdrawn)} | handled
    if not comes & goes:
        first = max(received)
        answered = max(done | handled)
        message = Phrase(
            "文中新收%(first)s、上年结转%(into)s，共%(value)s；办理结果%(answered)s、结转下"
            "年%(out)s，共%(value2)s，两者不等。",
            first=first,
            into=into,
            value=first + into,
            answered=answered,
            out=out,
            value2=answered + out,
        )
        yield Finding("results_balance", "总计", message)


def _shares(statements: Statements) -> Iterator[Finding]:
    """Find a share that is right on no total that it can be taken of."""
    new, into, done, _ = flows_of(statements)
    if (
        done is None
        and not statements.values(CLOSED, ANSWERED, HANDLED)
        and not _is_whole(_results(statements))
    ):
        return  # a share may be of the answers, and nothing says how many those are
    bases = statements.values(RECEIVED_ROW, RECEIVED, CLOSED, ANSWERED, HANDLED, REST, ALL)
    bases |= (
        {number for number in (new, done) if number is not None}
        | total_of(new, into)
        | answered_of(statements)
    )
    into = statements.known(CARRIED_IN_ROW)
    bases |= {number + (into or 0) for number in statements.values(RECEIVED_ROW, RECEIVED)}
    bases |= {sum(_results(statements).values())}
    bases -= {0}
    for claim in statements.claims:
        if claim.share is None or claim.what.partition("+")[0][:2] != "3." or len(bases) < 1:
            continue
        of = bases | _heading(statements, claim)
        if not any(near(claim.value * 100 / base, claim.share) for base in of):
            nearest = min(of, key=lambda base: abs(claim.value * 100 / base - (claim.share or 0)))
            share = rounded(claim.value * 100 / nearest, 2)
            message = Phrase(
                "文中“%(words)s”占%(share)s%%，按%(nearest)s件计应为%(share2)s%%。",
                words=claim.words,
                share=claim.share,
                nearest=nearest,
                share2=share,
            )
            yield Finding("shares", name_of(claim.what), message)


def _heading(statements: Statements, claim: Claim) -> set[int]:
    """Return the figures of the heading that a row stands under: a share may be taken of them."""
    group = claim.what.rpartition(".")[0]
    return (
        (statements.values(group) | total_of(statements.report.total(group))) - {0}
        if group in RESULTS
        else set()
    )


def near(exact: Decimal, stated: Decimal) -> bool:
    """Return whether a stated percentage is the exact one, rounded or cut, in its own last place."""
    return abs(exact - stated) <= Decimal(1).scaleb(int(stated.as_tuple().exponent))


def _disputes(statements: Statements) -> Iterator[Finding]:
    """Find parts of reconsiderations or suits that are more than their total."""
    for head in (REVIEW, SUIT):
        totals = statements.values(head)
        parts = [claim for claim in statements.claims if claim.what.startswith(f"{head}.")]
        added = sum(int(claim.value) for claim in parts)
        once = len({claim.what for claim in parts}) == len(parts)
        whole = len(parts) == len(LABELS4)
        if totals and parts and once and (added > max(totals) or (whole and added not in totals)):
            message = Phrase(
                "文中%(value)s%(max)s件，所列结果合计%(added)s件。",
                value=WORDS[head],
                max=max(totals),
                added=added,
            )
            yield Finding("section1_self", WORDS[head], message)
    both, review, suit = statements.first(DISPUTE), statements.first(REVIEW), statements.first(SUIT)
    if both is not None and review is not None and suit is not None and both < review + suit:
        message = Phrase(
            "文中共%(both)s件，行政复议%(review)s件、行政诉讼%(suit)s件，合计%(value)s件。",
            both=both,
            review=review,
            suit=suit,
            value=review + suit,
        )
        yield Finding("section1_self", WORDS[DISPUTE], message)


def implied_total(statements: Statements, row: str, known: int | None) -> int | None:
    """Return a row's total for the comparison of two years: printed, stated, or worked out."""
    return (
        known if known is not None else statements.first(row, *([PENDING] if row == CARRIED_OUT_ROW else []))
    )


def every(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings without those that say the same twice."""
    return list(dict.fromkeys(findings))
