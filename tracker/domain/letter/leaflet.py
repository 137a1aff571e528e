"""What an office hands out or puts up about requests: 服务指南 and 提示卡, made from its facts and the law.

Law: 条例第12条 (指南的内容), 第27、29—31、33、36、40、42、43、51条; remedies as in letters (``law/forum``).
"""

from collections.abc import Iterator, Mapping
from datetime import date

from tracker.domain.case.channel import Channel, rule_of
from tracker.domain.law import law
from tracker.domain.letter import fact
from tracker.domain.letter.content import ELEMENTS, FORUM, Sender
from tracker.domain.letter.fact import Lack
from tracker.domain.letter.kind import Addressee, LetterKind
from tracker.domain.letter.wording import Wording

PRACTICE_OF_ORAL = "（比照当面提交，实务）"  # why, which the office knows and nobody who applies asks
QR_PLACE = "〔二维码〕"  # what stands in the filled file where the picture is put
_LAW = law.newest()
_WHO = "公民、法人或者其他组织可以申请公开政府信息（条例第27条），不需要说明用途。"
_CONTENT = (
    "申请应当包括：申请人的姓名或者名称、身份证明、联系方式；申请公开的政府信息的名称、文号或者便于行政机关查询的"
    "其他特征性描述；申请公开的政府信息的形式要求，包括获取信息的方式、途径（条例第29条）。"
)
_ORAL = (
    "书面申请确有困难的，可以口头提出，由本机关代为填写（条例第29条）；"
    "阅读困难、视听障碍的，可以要求帮助（条例第43条）。"
)
_FREE = "申请公开政府信息不收取费用；数量、频次明显超过合理范围的，可以收取信息处理费（条例第42条）。"
_ONLINE = "网上申请：{{申请网址}}"


def _leaflet(key: str, label: str, law: str, *lines: str) -> LetterKind:
    return LetterKind(key=key, label=label, law=law, to=Addressee.PUBLIC, wording=Wording(lines, "", ""))


LEAFLETS = (
    _leaflet(
        "guide",
        "依申请公开服务指南",
        "条例第12条",
        "一、受理机构和联系方式：{{联系方式}}。",
        f"二、谁可以申请：{_WHO}",
        f"三、怎样申请：{_CONTENT}",
        _ORAL,
        "代理人代为申请的，请提交委托书；不能独立申请的，由监护人代为申请。",
        "四、申请渠道和收到申请之日（条例第31条）：",
        "{{申请渠道}}",
        _ONLINE,
        "{{二维码}}",
        "五、办理期限：{{办理期限}}",
        "六、答复：能够公开的，提供该信息或者告知获取的方式、途径和时间；不能公开、不存在、不属于本机关负责公开的，"
        "告知并说明理由（条例第36条）。信息按照申请人要求的形式和保存的实际情况提供（条例第40条）。",
        f"七、收费：{_FREE}",
        "八、救济途径：{{救济途径}}",
        "{{机关名称}}　{{落款日期}}",
    ),
    _leaflet(
        "card",
        "依申请公开提示卡",
        "条例第29条",
        f"{_WHO}",
        "请写明：姓名或者名称、身份证明、联系方式；要什么信息（名称、文号或者特征）；要什么形式、怎样获取（条例第29条）。",
        _ORAL,
        "{{办理期限}}",
        _FREE,
        "联系方式：{{联系方式}}。",
        _ONLINE,
        "{{二维码}}",
        "{{救济途径}}",
    ),
)


def values(kind: LetterKind, sender: Sender, address: str, on: date, online: str) -> dict[str, str]:
    """Return every fact of a leaflet by its name in templates.

    address: of the requests online, if any. online: the office's reading of their receipt.
    """
    return {
        "机关名称": sender.name if sender.named else "",
        "文书名称": kind.label,
        "联系方式": sender.contact,
        "申请渠道": "\n".join(_channels(address, online)),
        "申请网址": address,
        "二维码": QR_PLACE if address else "",
        "办理期限": _terms(),
        "救济途径": _remedies(sender),
        "落款日期": fact.day_of(on.isoformat()),
    }


def _channels(address: str, online: str) -> Iterator[str]:
    """Yield the channels that can never be refused, and the one online where the office has opened it."""
    opened = [Channel.IN_PERSON, Channel.ORAL, Channel.REGISTERED_MAIL, Channel.ORDINARY_MAIL]
    for way in [*opened, Channel.ONLINE] if address else opened:
        rule = rule_of(way, online)
        yield f"{rule.label}：{rule.words.removesuffix(PRACTICE_OF_ORAL)}。"


def _terms() -> str:
    notice = _LAW.supplement_notice
    within = f"自收到申请之日起{notice.days}个工作日内" if notice else ""
    return (
        f"能当场答复的当场答复；不能的，自收到申请之日起{_LAW.reply.days}个工作日内答复；需要延长的，"
        f"经政府信息公开工作机构负责人同意，最多延长{_LAW.extension.days}个工作日，并告知申请人（条例第33条）。申请内容不明确的，"
        f"{within}一次性告知补正，答复期限自收到补正的申请之日起计算（条例第30条）。"
    )


def _remedies(sender: Sender) -> str:
    forum = sender.forum
    return (
        f"对答复不服的，可以自收到答复之日起{forum.reconsideration.days}日内向{forum.organ}申请行政复议；不予公开的，"
        f"应当先申请行政复议（行政复议法第23条第1款），对行政复议决定不服的，可以自收到行政复议决定书之日起"
        f"{forum.suit_after_days}日内向{forum.court}提起行政诉讼；其他答复，也可以自收到之日起"
        f"{forum.suit_months}个月内直接向{forum.court}提起行政诉讼。认为本机关侵犯其合法权益的，还可以向上一级行政机关"
        "或者政府信息公开工作主管部门投诉、举报（条例第51条）。"
    )


def lacking(facts: Mapping[str, str], sender: Sender) -> Iterator[Lack]:
    """Yield what a leaflet may not be without, and where it is set."""
    if not facts["机关名称"]:
        yield Lack("机关名称", fact.LABELS["机关名称"], ELEMENTS, fact.OFFICE)
    if not facts["联系方式"]:
        yield Lack(
            "联系方式", fact.LABELS["联系方式"], "条例第12条（指南的内容）", fact.PRACTICE, "letter_contact"
        )
    if not sender.forum.named:
        # 未告知复议机关的，申请期限延长
        yield Lack("救济途径", FORUM, "行政复议法第20条第3款", fact.PRACTICE, "upper_organ")
