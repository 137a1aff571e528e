"""The paragraph that tells how an answer may be contested, by the law of the day on which it is dated.

Law: 行政复议法第20、22、23、24、26、27条 (in force since 2024-01-01; the law of before: law/forum.py);
行政诉讼法第45、46条. An omission lengthens the applicant's terms (复议法第20条第3款; 行诉解释第64条).
"""

from collections.abc import Sequence

from tracker.domain.case.outcome import BY_CODE, Family
from tracker.domain.law.forum import Forum

FIRST, EITHER = "P", "G"
FIRST_LAW = "《中华人民共和国行政复议法》第二十三条第一款第（四）项"
# Courts may decline a suit about these (法释〔2025〕8号, by a commentary): its sentence is practice.
IN_DOUBT = ("refused_administrative_query", "unable_needs_creation")


def is_in_doubt(outcome: str) -> bool:
    """Return whether courts may decline a suit about an answer of this outcome."""
    return outcome in IN_DOUBT or (outcome in BY_CODE and BY_CODE[outcome].family is Family.NOT_PROCESSED)


def paragraph(kinds: Sequence[str], forum: Forum, *, suit: bool = True, online: str = "") -> str:
    """Return the remedies of a letter in words; empty of one that has none.

    kinds:  of ``mixed.remedies``, by the law of the day: P, G or both; N alone has none.
    suit:   whether the suit is named where there is a choice (practice).
    online: the way by which reconsideration is applied for online, of a letter that is served online
            (复议法第22条第2款).
    """
    both = FIRST in kinds and EITHER in kinds
    sentences = []
    if FIRST in kinds:
        sentences.append(_first("不予公开的部分" if both else "本告知", forum))
    if EITHER in kinds:
        sentences.append(_either("其余部分" if both else "本告知", forum, suit=suit))
    if sentences and forum.ruled_upon:
        sentences.append("对省级人民政府的行政复议决定不服的，也可以向国务院申请裁决。")
    if sentences and online:
        sentences.append(f"可以通过互联网渠道提交行政复议申请书：{online}。")
    return "".join(sentences)


def _first(what: str, forum: Forum) -> str:
    return (
        f"对{what}不服的，可以自收到本文书之日起{forum.reconsideration.days}日内向{forum.organ}申请行政复议。"
        f"依照{FIRST_LAW}，应当先申请行政复议；对行政复议决定不服的，可以自收到行政复议决定书之日起"
        f"{forum.suit_after_days}日内向{forum.court}提起行政诉讼。"
    )


def _either(what: str, forum: Forum, *, suit: bool) -> str:
    reconsideration = (
        f"对{what}不服的，可以自收到本文书之日起{forum.reconsideration.days}日内向{forum.organ}申请行政复议"
    )
    if not suit:
        return f"{reconsideration}。"
    months = f"自收到本文书之日起{forum.suit_months}个月内"
    return f"{reconsideration}，也可以{months}直接向{forum.court}提起行政诉讼。"
