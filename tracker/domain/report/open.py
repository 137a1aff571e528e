"""Requests that were still open at the year's end, as the sentences of a report name them.

正在办理, 尚未办结, 未到答复期限, 在法定期限内正在办理, 将于次年答复: the words before or behind a number.
"""

import re

from tracker.domain.report.sentence import Mention

NEXT = r"下一?个?年度?|次年度?|明年|来年"
ANSWER = r"(?:答复|回复|办结|办毕|办复|办理|处理)"
TERM = rf"(?:法定|规定)?的?{ANSWER}?的?(?:期限|时限|期间|期)"
UNANSWERED = (
    r"(?:(?:正|尚|仍|还|现)?在(?:办理|处理|审理|审查|答复)(?!的?期|时限)(?:中|之中|过程中)?|在办(?!理|结)|办理(?:之)?中"
    r"|(?:尚未|还未|仍未|未|没有)(?:办结|答复|回复|办毕|办理完[毕结成]|作出答复)|待(?:答复|回复|办理|办结|处理))"
)
NOT_DUE = rf"(?:未|没有?|不)(?:到|届|满|至)(?:{TERM}(?:届?满)?|期)"
WITHIN = rf"(?:在|处于)?{TERM}之?内"
DOING = rf"(?:正(?:在)?(?:按|依)[^,;]{{1,10}}{ANSWER}|(?:按|依)[^,;]{{1,10}}{ANSWER}中)"
LATER = rf"(?:将|拟|计划|预计)(?=于|在|按|依|继续|及时|尽快|予以|{ANSWER})[^,;、送转移]{{0,16}}?{ANSWER}"
OPEN = rf"(?:{UNANSWERED}|{NOT_DUE}|{DOING})"
SUPPLEMENT = re.compile(r"(?:正在|仍在|尚在|待)(?:补正|征求)|(?:补正|征求意见)(?:之?中)")
STILL = r"(?:均|都|现|目前|仍|尚|还|全部|暂)*+"

BEFORE = re.compile(rf"{OPEN}的?(?:申请)?(?:件)?(?:有|共|为|计)*+$")
BEHIND = re.compile(
    rf"^的?(?:申请)?(?:因[^,;]{{1,12}})?{STILL}(?:{OPEN}|{WITHIN},?{STILL}{UNANSWERED}|{LATER})"
)
# Within the term and no word of an answer: open only where a word says that it is still so.
WITHIN_ONLY = re.compile(rf"^(?:申请)?{STILL}{WITHIN}(?:$|[,;)])")
STILL_WITHIN = re.compile(rf"^(?:申请)?(?=[均都现全部目前]{{0,4}}[尚仍还]){STILL}{WITHIN}(?:$|[,;)])")
THE_REST = re.compile(r"(?:^|[,、])(?:其余|余下?|剩余?下?|另有|还有|尚有)的?(?:申请)?$")
LATE = re.compile(r"逾期|超期|(?<!未)到期|按期|按时|超时|超出|限期|及时")
SHORT = 12  # characters behind a number in which a word still belongs to it


def speaks_of_open(mention: Mention, year: int | None) -> bool:
    """Return whether the words around a number say that so many were open at the end of the year."""
    if BEFORE.search(mention.before) or BEHIND.match(mention.after) or STILL_WITHIN.match(mention.after):
        return True
    rest = THE_REST.search(mention.before)
    if rest and WITHIN_ONLY.match(mention.after) and not LATE.search(mention.ahead):
        return True
    return year is not None and _answered_in(year + 1, mention)


def speaks_of_waiting(mention: Mention) -> bool:
    """Return whether so many wait for somebody else: a part of what is open, as a rule."""
    return bool(SUPPLEMENT.search(mention.before) or SUPPLEMENT.search(mention.after[:SHORT]))


def _answered_in(year: int, mention: Mention) -> bool:
    """Return whether the answers are said to come, or to have come, in a later year: 于2025年1月答复."""
    day = rf"{year}年度?(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?"
    return bool(re.match(rf"^(?:申请)?[^,;、\d]{{0,8}}{day}[^,;、\d]{{0,6}}{ANSWER}", mention.after))


def is_late(mention: Mention) -> bool:
    """Return whether the words speak of lateness: 逾期未答复2件 may be open or answered since."""
    return bool(LATE.search(mention.before) or LATE.search(mention.after[:SHORT]))
