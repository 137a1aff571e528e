"""What the lines of a letter say of who wrote it, how to reach them, when and what for: suggestions.

A person puts each into its field. What is not surely a name, an address or a telephone gives nothing: a
wrong suggestion that looks right is worse than none. The day that a letter bears is not the day on which
it arrived, and no limit is counted from it (条例第31条).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain import reading
from tracker.domain.case.personal import FAMILY
from tracker.domain.message import labels

PERSON, PHONE, ADDRESS, DATED, SUBJECT = "person", "phone", "address", "dated_on", "subject"
KINDS = labels(
    {
        PERSON: "来信人",
        PHONE: "联系电话",
        ADDRESS: "联系地址",
        SUBJECT: "所需信息、事由",
        DATED: "落款日期",
    }
)
MOST = 3  # suggestions of a kind
LONGEST_SUBJECT, LONGEST_ADDRESS = 300, 100

NAMES = (
    "申请人姓名|申请人名称|申请人|姓名或者名称|姓名|来信人|写信人|反映人|信访人|投诉人|举报人|建议人|咨询人|具信人|署名"
    "|申请单位|单位名称|组织名称|名称"
)
CONTACTS = "联系人姓名|联系人"
PHONES = "联系电话|联系方式|手机号码|手机号|手机|电话号码|固定电话|电话"
ADDRESSES = (
    "联系地址|通信地址|通讯地址|邮寄地址|寄送地址|家庭住址|家庭地址|现住址|居住地址|住址|住所地|住所|地址"
)
SUBJECTS = (
    "所需的?政府信息的?内容描述|所需的?政府信息的?名称|所需的?政府信息内容|所需的?政府信息"
    "|所需信息的?内容描述|所需信息的?名称|所需信息内容|所需信息|申请公开的?政府信息内容|申请公开的?政府信息"
    "|申请公开的?信息|申请公开事项|申请公开的?内容|申请内容|申请事项|信息内容描述|内容描述|请求事项|事由|主题"
)
DAYS = "申请日期|申请时间|填表日期|填写日期|来信日期|日期"
OTHERS = (
    "电子邮箱|电子邮件|邮箱|邮政编码|邮编|传真|工作单位|证件名称|证件类型|证件号码|身份证号码|身份证号|身份证|公民身份号码"
    "|统一社会信用代码|组织机构代码|营业执照|法定代表人|法人代表|负责人|委托代理人|代理人|监护人|受理机关名称|受理机关"
    "|被申请人|收件人|所需信息的?用途|信息用途|用途|获取信息的方式|信息的指定提供方式|提供方式|获取方式|介质|载体|性别|年龄"
    "|民族|职业|出生日期|附件|备注|签名或者?盖章|签名|签字|盖章|签章|索取号|是否申请减免费用|申请减免费用|若本机关无法"
)
ALL = "|".join((NAMES, CONTACTS, PHONES, ADDRESSES, SUBJECTS, DAYS, OTHERS))
SAME = str.maketrans("０１２３４５６７８９\u3000", "0123456789 ")
HAN, COLON, FIGURE = r"[\u4e00-\u9fff]", "[:：﹕]", r"[一二三四五六七八九十\d]"
BRACKETS = r"(?:\s*[(（][^()（）\t]{0,14}[)）])?"
NUMBER = rf"(?:{FIGURE}{{1,2}} *[、.．)）]|[(（]{FIGURE}{{1,2}}[)）])"
HEAD = rf"(?:{NUMBER} *|[*＊●·■□◆] *)?"


def _spaced(alternatives: str) -> str:
    """Return the words so that blanks may stand between their signs, as forms print them."""
    return re.sub(rf"(?<=[\u4e00-\u9fff?])(?={HAN})", " *", alternatives)


def _labelled(titles: str) -> re.Pattern[str]:
    """Return what finds a label at the head of a piece of a line: with a colon, or as a cell of its own."""
    after = rf"{BRACKETS} *(?:{COLON}|\t)[ :：\t]*"
    return re.compile(rf"^{HEAD}(?:{_spaced(titles)}){after}(?P<value>.*)$")


LABEL = rf"(?:{_spaced(ALL)}){BRACKETS} *"
IS_LABEL = re.compile(rf"^{HEAD}{LABEL}(?:$|{COLON}|\t)")
# A label further on in the line, with its colon, begins a piece of its own; so does one in a cell.
FURTHER = re.compile(rf"(?<=[^\u4e00-\u9fff(（])(?={LABEL}{COLON})|\t(?={LABEL}(?:\t|$))")
GLUED = re.compile(
    rf"(?<={COLON})(?P<value>[^:：﹕\t]+?)(?=(?:{_spaced('|'.join((PHONES, ADDRESSES, OTHERS)))}) *{COLON})"
)
LABELLED = {
    kind: _labelled(titles)
    for kind, titles in zip(KINDS, (NAMES, PHONES, ADDRESSES, SUBJECTS, DAYS), strict=True)
}
BY_CONTACT = _labelled(CONTACTS)

PLAIN_NAME = re.compile(rf"{HAN}{{2,4}}|{HAN}{{1,8}}[·•]{HAN}{{1,12}}")
FAMILY_NAME = re.compile(rf"(?:[{FAMILY}]|欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐){HAN}{{1,2}}")
BODY = re.compile(
    rf"{HAN}(?:[\u4e00-\u9fffA-Za-z0-9()（）·]){{2,38}}"
    r"(?:公司|集团|工厂|[厂店社院所局会部馆]|中心|学校|[大中小]学|合作社|事务所|基金会|村民小组|经营部|[分支]行)"
)
NO_NAME = re.compile(
    rf"{_spaced(ALL)}|公民|法人|组织|信息|公开|政府|机关|此致|敬礼|申请|如下|盼复|谢谢"
    "|同志|先生|女士|领导|局长|主任"
)
SIGNED_AS = re.compile(rf"(?:市民|居民|村民|群众|业主|申请人|具名) *{COLON}? *(?P<name>{HAN}{{2,4}})$")
PARTS = re.compile(r"[省市区县旗镇乡村街路道巷弄里坊](?=.)|\d+ *[号栋幢楼室层户组单]|[号栋幢楼室层户组苑园]$")
REST_OF_ADDRESS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9\-—#（）() ]{1,30}(?:[号栋幢楼室层户组院]|单元)")
MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
LANDLINE = re.compile(
    r"(?<!\d)[(（]?(?P<area>010|02\d|0[3-9]\d\d)[)）]?[-—–－ ]?"
    r"(?P<first>[2-9]\d{2,3})[- ]?(?P<last>\d{4})(?!\d)"
)
LOCAL = re.compile(r"(?<![\d\-])[2-9]\d{2,3}[- ]?\d{4}(?![\d\-])")
DAY = re.compile(
    r"\d{4} *[年./-] *\d{1,2} *[月./-] *\d{1,2} *[日号]?"
    rf"|[〇零○一二三四五六七八九OoＯ0\d]{{4}} *年 *{FIGURE}{{1,3}} *月 *{FIGURE}{{1,3}} *[日号]"
)
TITLE = re.compile(
    r"^(?:关于|要求|请求|申请)(?!.{0,4}(?:规定|精神)).{3,80}"
    r"(?:申请|函|信|请求|反映|投诉|举报|建议|咨询|报告|申请书|申请表)$"
)
LEADS_ON = re.compile(
    r"(?:申请|请求|要求)(?:依法)?(?:公开|获取|提供)(?:如下|以下|下列)?的?"
    r"(?:政府)?(?:信息|内容|事项|材料)? *[:：]?(?P<value>.*)$"
)
STOP = re.compile("[。!！]")
SUBJECT_TEXT = re.compile(rf"^(?!.*见附).*{HAN}{{3}}", re.DOTALL)
NUMBERED = re.compile(f"^{NUMBER}")
ENDS = re.compile(r"^(?:此 *致|敬 *礼|特此|谢谢|感谢|望|请|妥否|附件|以上|盼)")
SIGNS_OFF = re.compile(r"^(?:此 *致|敬 *礼|敬 *上|谨 *启|特此申请)[!！。]?$")
LAST_LINES, TITLE_LINES, MOST_LINES = 6, 4, 12


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A line of a letter as it was read. page: from 1. Tabs part what stands in cells beside each other."""

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class ScanSuggestion:
    """What may be put into a field. line: the text that it was taken from, page: where that stands."""

    kind: str
    value: str
    line: str
    page: int


def suggestions(lines: Sequence[ScanLine]) -> list[ScanSuggestion]:
    """Return what the lines of a letter suggest, by kind in the order of KINDS, each value once."""
    plain = [ScanLine(line.page, line.text.translate(SAME).strip()) for line in lines if line.text.strip()]
    readers = (_people, _phones, _addresses, _subjects, _days)
    result: list[ScanSuggestion] = []
    for kind, reader in zip((PERSON, PHONE, ADDRESS, SUBJECT, DATED), readers, strict=True):
        values: dict[str, ScanSuggestion] = {}
        for value, line in reader(plain):
            values.setdefault(value, ScanSuggestion(kind, value, line.text.replace("\t", "  "), line.page))
        result += list(values.values())[:MOST]
    return result


Taken = Iterator[tuple[str, ScanLine]]


def _pieces(line: ScanLine) -> list[str]:
    """Return the pieces of a line that begin with a label of their own."""
    parted = GLUED.sub(lambda match: f"{match['value']}\t", line.text)
    return [piece.strip(" \t,，;；。、|") for piece in FURTHER.split(parted) if piece.strip()]


def _values(lines: Sequence[ScanLine], pattern: re.Pattern[str]) -> Iterator[tuple[str, int]]:
    """Yield what stands behind a label, and the place of its line."""
    for place, line in enumerate(lines):
        for piece in _pieces(line):
            match = pattern.match(piece)
            if match:
                yield match["value"].strip(" \t,，;；。"), place


def _people(lines: Sequence[ScanLine]) -> Taken:
    labelled = [(name, lines[at]) for value, at in _values(lines, LABELLED[PERSON]) if (name := _name(value))]
    signed = list(_signed(lines))
    contact = [(name, lines[at]) for value, at in _values(lines, BY_CONTACT) if (name := _name(value))]
    yield from labelled or signed or contact


def _name(value: str) -> str:
    """Return a name of a person or of a body; empty where the text is neither."""
    first = re.split(r"[\t,，;；]| {2,}|[(（](?:签|盖|公|印|手)", value)[0].strip(" 。.")
    first = re.sub(rf"(?<={HAN}) +(?={HAN})", "", first)
    if BODY.fullmatch(first):
        return first
    is_person = PLAIN_NAME.fullmatch(first) and not NO_NAME.search(first)
    return first if is_person and not re.search("[省市区县街路号村]$", first) else ""


def _signed(lines: Sequence[ScanLine]) -> Taken:
    """Yield the name below the greeting, or above or beside the day at the end."""
    first = max(0, len(lines) - LAST_LINES)
    greeting = next((at for at, line in enumerate(lines) if SIGNS_OFF.match(line.text.strip())), None)
    for at in range(len(lines)):
        line = lines[at]
        text = DAY.sub("", line.text).strip(" \t")
        opened = SIGNED_AS.match(text)
        name = re.sub(rf"(?<={HAN})[ \t]+(?={HAN})", "", opened["name"] if opened else text)
        follows = greeting is not None and at > greeting
        dated = DAY.search(line.text) or (at + 1 < len(lines) and DAY.fullmatch(lines[at + 1].text.strip()))
        if (follows or (at >= first and dated)) and FAMILY_NAME.fullmatch(name) and not NO_NAME.search(name):
            yield name, line


def _phones(lines: Sequence[ScanLine]) -> Taken:
    labelled = [
        (phone, lines[at]) for value, at in _values(lines, LABELLED[PHONE]) for phone in _numbers(value)
    ]
    local = (
        (match[0].replace(" ", "-"), lines[at])
        for value, at in _values(lines, LABELLED[PHONE])
        if (match := LOCAL.match(value)) and not _numbers(value)
    )
    elsewhere = [
        (phone, line)
        for line in lines
        for piece in _pieces(line)
        if not IS_LABEL.match(piece) and not re.search("传真|邮编|证|账|帐|文号|热线", piece)
        for phone in _numbers(piece)
    ]
    yield from [*labelled, *local] or elsewhere


def _numbers(text: str) -> list[str]:
    """Return the telephone numbers of a text, without what groups their digits."""
    mobiles = [match[0] for match in MOBILE.finditer(text)]
    landlines = [f"{match['area']}-{match['first']}{match['last']}" for match in LANDLINE.finditer(text)]
    return [re.sub(r"\D", "", mobile)[-11:] for mobile in mobiles] + landlines


def _addresses(lines: Sequence[ScanLine]) -> Taken:
    for value, at in _values(lines, LABELLED[ADDRESS]):
        address = re.sub(rf"(?<={HAN}) +(?=[\u4e00-\u9fff\d])", "", value.split("\t")[0])
        if not address.endswith(("室", "户")) and at + 1 < len(lines):
            further = lines[at + 1].text.strip()
            if REST_OF_ADDRESS.fullmatch(further) and not IS_LABEL.match(further):
                address += further
        if (
            len(set(PARTS.findall(address))) > 1
            and len(address) <= LONGEST_ADDRESS
            and not re.search("[。!?！？]", address)
        ):
            yield address, lines[at]


def _subjects(lines: Sequence[ScanLine]) -> Taken:
    for line in lines[:TITLE_LINES]:
        if TITLE.match(line.text):
            yield line.text, line
    labelled = [
        (text, lines[at])
        for value, at in _values(lines, LABELLED[SUBJECT])
        if (text := _text(lines, value, at))
    ]
    yield from labelled or _asked(lines)


def _asked(lines: Sequence[ScanLine]) -> Taken:
    """Yield what follows the words 申请公开 in a sentence, to its end, or the list below it."""
    for at, line in enumerate(lines):
        match = LEADS_ON.search(line.text)
        if not match or TITLE.match(line.text) or at < 1:
            continue
        text = _text(lines, match["value"], at, to_stop=bool(match["value"].strip(" :：")))
        if text:
            yield text, line
            return


def _text(lines: Sequence[ScanLine], value: str, at: int, *, to_stop: bool = False) -> str:
    """Return a text that begins behind a label and runs on over the next lines; empty where it is none."""
    text = value.strip(" :：\t")
    for line in lines[at + 1 : at + MOST_LINES]:
        if (to_stop and STOP.search(text)) or _ends(line.text):
            break
        text += f"\n{line.text}" if text and NUMBERED.match(line.text) else line.text
    if to_stop:
        text = STOP.split(text)[0] + "。" * bool(STOP.search(text))
    text = text.replace("\t", "").strip()
    return text if SUBJECT_TEXT.search(text) and len(text) <= LONGEST_SUBJECT else ""


def _ends(text: str) -> bool:
    return bool(ENDS.match(text) or IS_LABEL.match(text) or DAY.fullmatch(text.strip()))


def _days(lines: Sequence[ScanLine]) -> Taken:
    """Yield the day that the letter bears: beside its label, or alone at the end."""
    labelled = [(value, lines[at]) for value, at in _values(lines, LABELLED[DATED])]
    last = [(line.text, line) for line in lines[-LAST_LINES:] if _is_dated(line.text)]
    for text, line in (*labelled, *reversed(last)):
        match = DAY.search(text)
        if match and (day := _day(match[0])):
            yield day.isoformat(), line
            return


def _is_dated(text: str) -> bool:
    """Return whether a line is a day, with a name before it at most."""
    rest = DAY.sub("", text, count=1).strip(" \t。")
    return bool(DAY.search(text)) and len(re.sub(r"[^\u4e00-\u9fff]", "", rest)) <= len("申请人签名王晓明")


def _day(text: str) -> date | None:
    try:
        return reading.typed_day(text.replace(" ", ""))
    except ValueError:
        return None
