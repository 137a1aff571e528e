"""What the sentences of a report say: each number as a figure of a table, where that is certain.

A number whose meaning is not certain is left alone: a false alarm is as bad as a missed error.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from tracker.domain.report.claim import (
    ALL,
    ANSWERED,
    BY_CHANNEL,
    CHANGE,
    CLOSED,
    HANDLED,
    KINDS,
    LEGAL,
    NATURAL,
    PENDING,
    RECEIVED,
    REST,
    REVIEW,
    SUIT,
    WAITING,
    WITHDRAWN,
    Claim,
    stated,
)
from tracker.domain.report.decision import dispute, money, table2
from tracker.domain.report.open import NEXT, is_late, speaks_of_open, speaks_of_waiting
from tracker.domain.report.sentence import Mention, ReportSentence, sentences
from tracker.domain.report.table3 import CARRIED_IN_ROW, CARRIED_OUT_ROW, RECEIVED_ROW

OF_REQUESTS = re.compile(
    r"公开的?申请|依申请公开|申请公开|申请[^,;]{0,6}信息|信息公开[^,;]{0,8}申请|申请[^,;]{0,4}公开|"
    r"(?:收到|受理|接收|接到|新收|办结|答复)(?:各类)?申请(?:共计|共|总计|合计|计|为|有)?\d+[件宗]|"
    r"(?:予以公开|部分公开|不予公开|不予处理)(?:的|申请)*\d+[件宗]"
)
ELSEWHERE = re.compile(
    r"留言|来信|信箱|热线|建议|提案|工单|咨询|培训|发布|公众号|点击|访问|浏览|微博|许可|处罚|强制|规范性文件|主动公开"
)
OTHER_THING = re.compile(
    r"许可|处罚|强制|复议|诉讼|留言|来信|信箱|投诉件|建议|提案|咨询|热线|工单|诉求|线索|稿件|问题|意见|赔偿|救助|"
    r"登记证|证明|信访件|补贴|低保|人大|政协|文件|解读|新闻|动态|案卷|监督|检查|电话|督办|议案|政务服务|条例"
)
PART = re.compile(
    r"网|线上|信函|邮|当面|现场|平台|传真|电子|窗口|微信|口头|邮政|书面|自然人|商业企业|科研|律师|法律服务|"
    r"延期|逾期|超期|提前|征求|补正|收费|区分|重复|涉及|类|占|系统|转办|转送|转来|移交|代办|个人|企业|公民(?:政府信息公开|信息公开)?申请|"
    r"上年|去年|上一年|同期|季度|\d月|半年|[近历][\d一二三四五六七八九十两几]*年|[\d一二三四五六七八九十两几]年来|基层|下级"
)
YEAR_SUBJECT = re.compile(
    r"(?:^|[,;:、。])在?(\d{4})年度?+(?=[,、]|[\u4e00-\u9fff])"
    r"(?!修订|发布|印发|以来|起|底|末|同期|相比|结转|[^,;]{0,4}工作要点)"
)
FILLER = (
    r"(?:的|答复|类|决定|告知|政府信息|信息|公开|申请|件|情形|情况|等|有|为|共计|共|计|合计|总计|分别|数量|"
    r"了|约|事项)*+"
)

GROUPS = {
    "3.1": r"(?<!不)(?<!部分)予以公开|(?<!不)同意公开|全部公开",
    "3.2": r"部分(?:予以)?公开",
    "3.3": r"不予以?公开|不同意公开|(?<!依法)不公开",
    "3.4": r"无法提供|不能提供",
    "3.5": r"不予处理",
    "3.6": r"其他处理|其它处理|其他方式处理",
}
LEAVES = {
    "3.3.1": r"属于?国家秘密",
    "3.3.4": r"保护第三方合法权益",
    "3.3.5": r"(?:三类)?内部事务信息",
    "3.3.6": r"(?:四类)?过程性信息",
    "3.3.7": r"行政执法案卷",
    "3.3.8": r"行政查询事项",
    "3.4.1": r"本机关不掌握(?:相关|该)?(?:政府)?(?:信息)?",
    "3.4.2": r"没有现成信息(?:需要?|需)?另行制作",
    "3.4.3": r"补正后(?:申请内容)?仍不明确",
    "3.5.1": r"信访、?(?:举报、?投诉|投诉、?举报)类?(?:申请)?",
    "3.5.2": r"重复申请",
    "3.5.3": r"(?:要求提供)?公开出版物",
    "3.5.4": r"无正当理由大量反复申请",
}
BECAUSE = re.compile(r"(?:因|由于|以)(?!政府信息公开)[^、,;等或和及]{2,30}$")  # 因属于国家秘密不予公开3件
SHARED_OUT = re.compile(r"(分别|依次|各)(?:是|为|有|计|达|占|答复|办理|处理)*+$")
ONLY_JOINT = re.compile(r"[、和及与,以]*+")
JOINT = r"(?:以及|及|和|或|、|与|并|/)*+"
LABEL = re.compile("|".join(f"(?P<g{code[2:]}>{pattern})" for code, pattern in GROUPS.items()))
AFTER_LABEL = re.compile(
    rf"(?:申请)?(?:已|为|属于|决定|依法|作出|做出)*(?:{LABEL.pattern})(?:的?(?:决定|答复|处理))?(?=[、和及]|$)"
)
LEAD = re.compile(rf"(?:(?:{LABEL.pattern})(?=[、和及])|其中|有|、|和|及|另有|对)*")
LEAF = re.compile("|".join(f"(?P<l{code.replace('.', '_')}>{pattern})" for code, pattern in LEAVES.items()))
VERBS = (
    (RECEIVED_ROW, r"新收到?|新受理|新接收|新增|(?:\d{4}年度?|今年|本年度?|当年|新)申请$"),
    (
        RECEIVED,
        r"(?<!新)收到|(?<!新)接收|接到|收悉|(?<!新)受理|共收(?!到|取)"
        r"|(?<!新)(?:申请|依申请公开)(?=(?:总量|总数量?|数量)(?:共计|共|为|计|合计)*$)"
        r"|^(?:\d{4}年度?|本年度?|全年|我[局县区市镇]|本机关|共|有)*(?:政府信息公开|依申请公开(?:政府信息)?)的?(?=申请(?:共计|共|有|为|合计)*$)",
    ),
    (CLOSED, r"办结|办毕|办理完[毕结成]"),
    (ANSWERED, r"答复|回复|办复"),
    (HANDLED, r"办理(?!完)|处理"),
)
VERB = {concept: re.compile(pattern) for concept, pattern in VERBS}
OF_THEM = re.compile(
    r"(?:^|申请|依申请公开|申请公开(?:政府)?信息|公开政府信息|公开信息)"
    r"(?:件|办件|事项|政府信息|信息|的|了|答复|办理|总数|总量|数量|共计|共|总计|合计|累计|为|有|计)*+$"
)
REQUESTS_AFTER = r"(?:的?(?:有效)?(?:政府信息公开|依申请公开(?:政府信息)?|信息公开)的?申请)"
ASKED = re.compile(r"(?:申请人|公民|群众|社会公众)?(?:提出|提交|递交)?(?:的|了|共计|共|合计|各类)*+$")
AFTER_ANSWERED = re.compile(r"^(?:申请)?(?:已|均|全部|都|按|依|于|在)[^,;]{0,16}(?:答复|办结|办理完毕|办复)")
ALL_ANSWERED = re.compile(
    REQUESTS_AFTER + r"(?:已|均|全部|都)*(?:均|全部|都)(?![^,;]{0,16}(?:延期|逾期|超期))"
    r"[^,;]{0,16}(?:答复|办结|办理完毕|办复)"
)
ALONE = re.compile(r"(?:\d{4}年度?|全年|本年度?|今年|当年|共|[,、])*+")
SOME_LATE = re.compile(r"[1-9]\d*[件宗][^,;\d]{0,6}(?:逾期|超期)|(?:逾期|超期)[^,;\d]{0,8}[1-9]\d*[件宗]")
NOT_YET = re.compile(r"未|正在|尚")
OF_SEVERAL = re.compile(r"分别|依次")
SUM_OF_BOTH = re.compile(
    r"^(?:两项)?(?:共计|合计|总计|累计|共)(?:受理|办理|处理)?(?:政府信息公开)?(?:申请)?(?:有|为)?$"
)
WITHDREW = re.compile(r"(?:撤回|撤销|撤件|撤诉)(?:的)?(?:申请)?(?:的)?件?$")
OF_LAST = re.compile(r"(?:上年|上一年|去年)度?(?:底|末)?的?(?:结余|遗留|剩余)?的?(?:尚未|未)(?:办结|答复)")


def claims(text: str, year: int | None) -> list[Claim]:
    """Return what the sentences of a text state about the year's requests, decisions and disputes."""
    claimed: list[Claim] = []
    speaks = False
    paragraph = -1
    for sentence in sentences(text):
        if sentence.paragraph != paragraph:
            paragraph, speaks = sentence.paragraph, bool(OF_REQUESTS.search(sentence.heading))
        if OF_REQUESTS.search(sentence.text):
            speaks = True
        about = bool(OF_REQUESTS.search(sentence.text)) or (speaks and not ELSEWHERE.search(sentence.text))
        claimed += _of_sentence(sentence, about, year)
    return claimed


def _of_sentence(sentence: ReportSentence, about: bool, year: int | None) -> Iterator[Claim]:
    yield from _nothing(sentence, about)
    yield from money(sentence)
    before: list[str] = []
    shared, given = _shared_out(sentence, about)
    before += [claim.what for claim in given]
    yield from given
    for mention in sentence.mentions:
        if mention in shared or mention.about or mention.value != mention.value.to_integral_value():
            continue
        claim = table2(mention, before) or dispute(mention, before, about)
        if about and claim is None:
            claim = _carried(mention, year, before) or _request(mention, year, before)
        if claim:
            before.append(claim.what)
            yield claim


def _shared_out(sentence: ReportSentence, about: bool) -> tuple[list[Mention], list[Claim]]:
    """Read 予以公开、部分公开分别为3件、2件, 予以公开和部分公开各3件: numbers used, figures stated.

    Where there are not as many numbers as results, they are used and nothing is stated.
    """
    used: list[Mention] = []
    claimed: list[Claim] = []
    mentions = sentence.mentions
    for place, mention in enumerate(mentions):
        how = SHARED_OUT.search(mention.before)
        labels = list(LABEL.finditer(mention.before))
        if not how or not labels or not about:
            continue
        follow = [mention]
        for other in mentions[place + 1 :]:
            if not ONLY_JOINT.fullmatch(other.before):
                break
            follow.append(other)
        each = how[1] == "各" and len(follow) == 1
        used += follow
        if each or len(follow) == len(labels):
            numbers = follow * len(labels) if each else follow
            pairs = zip(labels, numbers, strict=True)
            claimed += [stated(f"3.{str(label.lastgroup)[1:]}", number) for label, number in pairs]
    return used, claimed


# -- carried cases ------------------------------------------------------------------------------

LAST = r"上年度?|上一年度?|去年"
MOVED = r"(?:结转|接转|转(?!为|办|送|来|交|由)|延至|延续|延期|顺延|留待|留至|移至|滚动)"
ON = r"(?:到|至|入|于|在|给)?"
OUT = re.compile(
    rf"{MOVED}(?:申请)?{ON}(?:{NEXT})|下转|(?:周期|期限)跨年|跨年度?(?:办理|处理|答复|结转|继续)|(?:{NEXT})(?:内|中|初)?(?:继续|再|接续|予以)?(?:办理|处理|答复|办结)"
)
OUT_AFTER = re.compile(rf"^(?![、和及与])[^,;]{{0,10}}?(?:{OUT.pattern})")  # behind 、 the next number's
ONLY_MOVED = re.compile(r"^[^含括其原]{0,6}结转(?:的)?(?:有|为|共|共计)?$")
OF_DISPUTES = re.compile(r"(?:复议|诉讼)[^,;\d]{0,12}\d+(?:件|起|宗)(?![^;]*申请[^;]*\d+件)[^;]*$")
CLOSED_OF_THEM = re.compile(rf"(?:办结|答复)[^,;]{{0,4}}(?:{LAST}|\d{{4}}年度?)的?结转")


def _carried(mention: Mention, year: int | None, before: list[str]) -> Claim | None:
    ahead, after = mention.before, mention.after
    if OTHER_THING.search(ahead) or CLOSED_OF_THEM.search(ahead) or OF_DISPUTES.search(mention.ahead):
        return None
    if re.search(rf"(?:{LAST})的?(?:未办结)?结转|结转(?:自|于)?(?:{LAST})", ahead):
        return stated(CARRIED_IN_ROW, mention)
    if re.match(rf"^[^,;]{{0,6}}[为系是属](?:{LAST})结转", after):
        return stated(CARRIED_IN_ROW, mention)
    if _goes_to_the_next(ahead, after, before):
        return stated(CARRIED_OUT_ROW, mention)
    return _carried_by_year(mention, year, before)


def _goes_to_the_next(ahead: str, after: str, before: list[str]) -> bool:
    """Return whether what is carried goes to the next year: it says so, or it is what is left over."""
    if re.search(rf"{MOVED}$", ahead) and re.match(rf"(?:申请)?(?:到|至|入)(?:{NEXT})", after):
        return True
    if OUT.search(ahead) or OUT_AFTER.match(after):
        return True
    if not {CLOSED, ANSWERED, REST} & set(before) or re.search(rf"{LAST}|\d年", ahead):
        return False
    moved = re.match(r"^(?:申请)?(?:依法|依规|按规定|予以|已)*结转(?=$|[,;)])", after)
    return bool(ONLY_MOVED.match(ahead) or moved)


def _carried_by_year(mention: Mention, year: int | None, before: list[str]) -> Claim | None:
    """Read 2023年结转7件, 结转2023年3件, 结转至2025年9件 by the year that is named."""
    if year is None:
        return None
    goes = rf"{MOVED}(到|至|入)?(\d{{4}})年"
    later = rf"(?:^|[^\d]){year + 1}年度?(?:内|中)?(?:继续|再|接续)(?:办理|处理|答复)"
    if re.search(later, mention.before) or re.match(rf"^[^,;]{{0,6}}{later}", mention.after):
        return stated(CARRIED_OUT_ROW, mention)
    went = re.search(goes, mention.before) or re.match(rf"^[^,;]{{0,10}}{goes}", mention.after)
    came = re.search(r"(\d{4})年度?结转", mention.before)
    if came and not (went and int(came[1]) == year):
        return _came(mention, int(came[1]), year, before)
    return _went(mention, bool(went[1]), int(went[2]), year, before) if went else None


def _came(mention: Mention, named: int, year: int, before: list[str]) -> Claim:
    """Read 2024年结转7件: in the report of 2024, once answers were counted, it means what is carried out."""
    if named == year and {CLOSED, ANSWERED, HANDLED} & set(before):
        return stated(CARRIED_OUT_ROW, mention)
    return stated(CARRIED_IN_ROW, mention, slip=None if named == year - 1 else named)


def _went(mention: Mention, onwards: bool, named: int, year: int, before: list[str]) -> Claim | None:
    if named == year - 1 and not onwards:
        return stated(CARRIED_IN_ROW, mention)
    if named == year + 1:
        return stated(CARRIED_OUT_ROW, mention)
    if onwards or CARRIED_IN_ROW in before:
        return stated(CARRIED_OUT_ROW, mention, slip=named)
    return None


# -- requests -----------------------------------------------------------------------------------


def _request(mention: Mention, year: int | None, before: list[str]) -> Claim | None:
    ahead = mention.before
    if CHANGE.search(ahead):
        return None
    if WITHDREW.search(ahead):
        return stated(WITHDRAWN, mention)
    if speaks_of_open(mention, year):
        if is_late(mention):
            return None
        return stated(CARRIED_IN_ROW if OF_LAST.search(ahead) else PENDING, mention)
    if speaks_of_waiting(mention):
        return stated(WAITING, mention)
    return _result(mention) or _part(mention, before) or _flow(mention, before)


OF_APPLICANT = r"(?:申请人|提出|提交|政府信息公开|信息公开|申请|的)*+$"
PARTS = {
    **{kind: re.compile(f"{label}{OF_APPLICANT}") for kind, label in KINDS.items()},
    NATURAL: re.compile(f"(?:自然人|(?:公民)?个人){OF_APPLICANT}"),
    LEGAL: re.compile(f"法人(?:和|或|及|、|或者)(?:其他|其它)组织{OF_APPLICANT}"),
    BY_CHANNEL: re.compile(
        r"(?:网络|网上|在线|网站|信函|邮寄|当面|现场|传真|邮件)(?:方式|渠道|提出|提交|申请|的)*+$"
    ),
}
OF_BOTH = re.compile(r"自然人|公民")


def _part(mention: Mention, before: list[str]) -> Claim | None:
    """Read who asked and by which way, where the number of all requests stands before."""
    counted = {RECEIVED_ROW, RECEIVED, HANDLED, NATURAL, BY_CHANNEL, *KINDS} & set(before)
    if not counted and not VERB[RECEIVED].search(mention.before):
        return None
    for what, ending in PARTS.items():
        if ending.search(mention.before) and not (what == LEGAL and OF_BOTH.search(mention.before)):
            return stated(what, mention)
    return None


def _result(mention: Mention) -> Claim | None:
    """Read the result that stands before the number; several joined ones are their sum."""
    clause = mention.before
    labels = list(LABEL.finditer(clause))
    ahead = AFTER_LABEL.match(mention.after)
    if ahead and LEAD.fullmatch(clause):
        return stated(f"3.{str(ahead.lastgroup)[1:]}", mention)
    if not labels:
        return _leaf(mention)
    if not re.fullmatch(FILLER, clause[labels[-1].end() :]) or "主动公开" in clause:
        return None
    if because := BECAUSE.search(clause[: labels[-1].start()]):
        return _for_a_reason(because[0], str(labels[-1].lastgroup)[1:], mention)
    joined = [labels[-1]]
    for label in reversed(labels[:-1]):
        if not re.fullmatch(JOINT, clause[label.end() : joined[0].start()]):
            break
        joined.insert(0, label)
    codes = sorted({f"3.{str(label.lastgroup)[1:]}" for label in joined})
    return stated("+".join(codes), mention)


def _leaf(mention: Mention) -> Claim | None:
    """Read the single row that stands before the number."""
    ahead = mention.before
    leaf = LEAF.search(ahead)
    if leaf and re.fullmatch(FILLER, ahead[leaf.end() :]) and not re.search(r"等|或|及|和", ahead):
        return stated(str(leaf.lastgroup)[1:].replace("_", "."), mention)
    return None


def _for_a_reason(because: str, group: str, mention: Mention) -> Claim | None:
    """Read the row of a result that a reason before it names; nothing where it names another."""
    leaf = LEAF.search(because)
    code = str(leaf.lastgroup)[1:].replace("_", ".") if leaf else ""
    return stated(code, mention) if code.startswith(f"3.{group}.") else None


def _flow(mention: Mention, before: list[str]) -> Claim | None:
    ahead = mention.before
    if SUM_OF_BOTH.match(ahead) and {RECEIVED_ROW, RECEIVED, CARRIED_IN_ROW} & set(before):
        return stated(ALL, mention)
    if _is_of_something_else(mention):
        return None
    verbs = [(hits[-1].end(), what) for what, verb in VERB.items() if (hits := list(verb.finditer(ahead)))]
    if verbs:
        return _of_verbs(verbs, mention, before)
    all_of_them = ALONE.fullmatch(ahead) and ALL_ANSWERED.match(mention.after)
    answered = AFTER_ANSWERED.match(mention.after) or all_of_them
    if answered and "其中" not in ahead and not SOME_LATE.search(mention.sentence):
        what = REST if ahead.startswith("其余") else ANSWERED
        return stated(what, mention, year=_year_named(mention))
    return None


def _is_of_something_else(mention: Mention) -> bool:
    """Return whether the number counts no requests of the year, a part of them, or several years."""
    ahead = mention.before
    if any(pattern.search(ahead) for pattern in (OTHER_THING, PART, NOT_YET, OF_SEVERAL)):
        return True
    of_a_part = "本级" in mention.sentence and "本级" not in ahead  # the office is a part of the whole
    return "以来" in mention.ahead or of_a_part


def _of_verbs(verbs: list[tuple[int, str]], mention: Mention, before: list[str]) -> Claim | None:
    """Read what the verbs before the number say; each is given with the place where it ends."""
    if len(verbs) > 1 and {what for _, what in verbs} != {HANDLED, ANSWERED}:
        return None
    behind = mention.before[max(verbs)[0] :]
    noun_follows = re.match(REQUESTS_AFTER, mention.after) and ASKED.match(behind)  # 收到申请人提交的9件申请
    if not (noun_follows or OF_THEM.search(behind)):
        return None
    what = verbs[0][1] if len(verbs) == 1 else HANDLED
    again = bool({RECEIVED, RECEIVED_ROW} & set(before)) and what == RECEIVED
    claim = stated(what, mention, year=_year_named(mention))
    return replace(claim, qualified=True) if again else claim


def _year_named(mention: Mention) -> int | None:
    named = YEAR_SUBJECT.findall(mention.ahead)
    return int(named[-1]) if named else None


NOTHING = re.compile(
    r"(?:未|没有|未曾|暂未|尚未)(?:收到|接到|受理|接收)过?(?:任何|到)?(?:公民|法人|和|其他组织|、|的|提出|要求)*"
    r"(?:政府信息公开的?申请|政府信息依申请公开|依申请公开(?:政府信息)?|信息公开的?申请|申请公开政府信息|申请)"
    r"(?:的)?(?:事项|件|申请|信息|情况)*(?=$|[,;、])|无(?:政府信息)?依申请公开(?:政府信息)?(?:的)?(?:申请|事项|件|情况)*(?=$|[,;、])"
)
NO_DISPUTE = re.compile(
    r"(?:未发生|未收到|没有发生|没有收到|没有|未产生|无|未出现|未)(?:因|被)?(?:政府信息公开|信息公开|依申请公开)?(?:工作|申请)?"
    r"(?:引起|引发|产生|提起|申请)?的?(行政复议|行政诉讼)(?:、|和|及|或|与)?(行政诉讼)?(?:案件|情况|情形|申请)*(?=$|[,;])"
)


def _nothing(sentence: ReportSentence, about: bool) -> Iterator[Claim]:
    """Read that there was none: no request, no reconsideration, no suit."""
    if about and (match := NOTHING.search(sentence.text)):
        yield Claim(RECEIVED_ROW, Decimal(0), match[0], sentence.text)
    for match in NO_DISPUTE.finditer(sentence.text):
        if about or "公开" in sentence.text:
            for word in filter(None, match.groups()):
                what = REVIEW if word == "行政复议" else SUIT
                yield Claim(what, Decimal(0), match[0], sentence.text)
