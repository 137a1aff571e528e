"""The facts that letters state: the name of each in a template, and where one that is missing is typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.domain.case.basis import Ask
from tracker.domain.message import labels

LETTER, PRACTICE, APPLICANT, LEDGER, OFFICE = "letter", "practice", "applicant", "ledger", "office"

# What every letter has (rulebook 6.2), by the name that templates use.
COMMON = {
    "机关名称": "发文机关名称（标题、落款）",
    "文书名称": "文书名称（标题）",
    "文号": "文号",
    "收件人": "收件人的姓名或者名称",
    "收到日期": "收到申请之日",
    "申请渠道": "申请的渠道",
    "受理编号": "受理编号",
    "申请内容": "申请的内容（原文）",
    "依据": "法律依据（条、款、项）",
    "决定": "决定或者告知的事项",
    "附件": "附件及其页数",
    "救济途径": "救济途径、期限、机关和法院",
    "联系方式": "本机关的联系方式",
    "落款日期": "落款日期",
    "称呼": "对收件人的称呼（您、你单位）",
    "合并答复": "合并答复的其他申请",
    "更正说明": "被更正的文书和更正的原因",
    "代理人": "代理人、监护人的姓名，授权范围和期限",
    "证件种类": "申请人证件的种类（不印号码）",
    "申请形式": "申请人要求的形式",
    "申请获取方式": "申请人要求的获取方式",
    "申请网址": "网上申请的网址",
    "二维码": "网上申请的二维码",
    "办理期限": "答复期限、延长、补正",
    "代为填写": "口头申请由谁代为填写、何时读给申请人确认",
}
FORMS_OFFERED = "□ 纸质　□ 电子文件　□ 光盘　□ 查阅、抄录"
WAYS_OFFERED = "□ 邮寄　□ 当面领取　□ 网上　□ 电子邮件"
# What the program says by itself: the law's terms and consequences, the days that it counts.
COUNTED = {
    "答复期限": "答复期限",
    "延长后期限": "延长后的答复期限",
    "期限说明": "期限及其起算",
    "逾期后果": "逾期的后果",
    "征求对象": "征求谁的意见",
    "发出日期": "发出日期",
}
# What was said in the sign-offs of a case; a line to be signed by hand where nothing was.
DAY = "　　　　年　　月　　日"
SIGN = f"签名：　　　　　{DAY}"
SIGNED = {
    "送审情况": "各轮的拟稿、送审和签发、退回",
    "承办科室意见": "承办科室的意见、签批人和日期",
    "法制审核意见": "法制审核的意见、签批人和日期",
    "保密审查意见": "保密审查的意见、签批人和日期",
    "负责人意见": "负责人的意见、签批人和日期",
}
# The typed facts: the key of the ledger's entry or of the letter alone → its name in templates.
NAMES = labels({
    "given": "公开内容", "form": "提供形式", "access": "获取途径", "withheld": "不予提供部分",
    "secrecy": "定密依据", "special_law": "特别规定", "danger": "危害情形", "rights": "涉及权益",
    "objection": "第三方意见", "category": "信息类别", "no_rule": "应公开规定", "search_scope": "检索范围",
    "search_means": "检索方式", "searched_by": "检索人", "organ": "负责机关",
    "organ_contact": "负责机关联系方式", "transfer_ended_on": "移交期限届满日", "making": "加工说明",
    "unclear": "不明确之处", "earlier_number": "先前文号", "earlier_on": "先前日期", "numbers": "件数频次",
    "obtained": "已获取情况", "reason": "理由", "told_on": "告知送达日期", "deadline_on": "截止日期",
    "corrected": "更正情况", "items": "补正内容", "how": "补正方式", "days": "延长天数",
    "approved_by": "批准人", "until_on": "延迟至", "name": "对象名称", "concerned": "涉及信息",
    "way": "计收方式", "count": "计收数量", "amount": "金额", "standard": "计收标准", "pay_to": "缴费方式",
    "unit": "承办单位", "question": "协办事项", "statement": "撤回声明", "withdrawn_on": "收到撤回日期",
    "materials": "收到的材料", "third_party_answer": "公开理由",
    "service_way": "送达方式", "tracking": "邮件号", "handed_on": "交付日期", "signed_on": "签收日期",
    "through": "受委托机关", "remark": "备注",
})  # fmt: skip
LABELS = labels({**COMMON, **COUNTED, **SIGNED})


@dataclass(frozen=True, slots=True)
class Lack:
    """An element that a letter still lacks: its name in the template, its words, its article.

    place: where it is typed: on the form of the letter, in the practice (then ``key`` is its setting), with
           the applicant, in the ledger, with the office's name.
    """

    name: str
    label: str
    law: str
    place: str = LETTER
    key: str = ""


def text_of(ask: Ask, value: str) -> str:
    """Return a typed fact as a letter prints it: a day in full, anything else as it is."""
    return day_of(value) if ask.is_day else value.strip()


def day_of(value: str) -> str:
    """Return an ISO day as letters write it: 2026年3月2日; what is none as it is."""
    parts = value.split("-")
    if len(parts) == len(("year", "month", "day")) and all(part.isdecimal() for part in parts):
        return "{}年{}月{}日".format(*(int(part) for part in parts))
    return value


def stated(asks: tuple[Ask, ...], typed: Mapping[str, str]) -> dict[str, str]:
    """Return the typed facts by their names in templates."""
    return {NAMES[ask.key]: text_of(ask, str(typed.get(ask.key) or "")) for ask in asks}
