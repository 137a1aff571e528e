"""Requests of people about their own data (个人信息保护法第44至47、50条): a register like its siblings.

No text sets a number of days: when the answer is due is practice (``Rules.personal_request_days``). No names
stand here: the letter or visit by which the person asked has them.
"""

from collections.abc import Mapping
from typing import Any

from tracker.domain.letter import fact
from tracker.domain.message import Phrase, labels, worded
from tracker.domain.register.follow_up import CASE
from tracker.domain.register.register import NOTE, UNIT, Field, Register

Values = Mapping[str, Any]
NAME = "personal-requests"
DUTY, LAW = "personal_request", "个人信息保护法第50条（天数为实务）"
ACCESS, COPY, CORRECTION, DELETION = "access", "copy", "correction", "deletion"
KINDS = labels(
    {
        ACCESS: "查阅（个人信息保护法第45条）",
        COPY: "复制（个人信息保护法第45条）",
        CORRECTION: "更正、补充（个人信息保护法第46条）",
        DELETION: "删除（个人信息保护法第47条）",
    }
)
GRANTED, PARTLY, BOUND, REFUSED, ENDED = "granted", "partly", "bound", "refused", "ended"
RESULTS = labels(
    {
        GRANTED: "已经照办",
        PARTLY: "部分照办，其余说明理由",
        BOUND: "不予删除：档案保管期限未满，停止其他处理（个人信息保护法第47条第2款）",
        REFUSED: "不予照办，说明理由（个人信息保护法第50条）",
        ENDED: "本人撤回、没有本人的信息",
    }
)
HELD = labels(
    {  # as what somebody may stand in what the office holds
        "applicant": "申请人",
        "representative": "代理人、监护人",
        "contact": "来信来访来电人",
        "third_party": "被征求意见的第三方",
        "addressee": "文书收件人",
        "signer": "送达签收人",
        "account": "本机关用户",
    }
)
RIGHTS = labels({ACCESS: "查阅", COPY: "复制", CORRECTION: "更正、补充", DELETION: "删除"})
DONE = labels(
    {
        ACCESS: "经查找，本机关保存的您的个人信息见附件，现提供查阅（个人信息保护法第45条）。",
        COPY: "经查找，本机关保存的您的个人信息见附件，现提供复制件（个人信息保护法第45条）。",
        CORRECTION: "经核实，已经更正、补充（个人信息保护法第46条）。",
        DELETION: "经核实，已经删除（个人信息保护法第47条）。",
    }
)
SUIT = worded("对不予照办的部分不服的，可以依法向人民法院提起诉讼（个人信息保护法第50条）。")
KEPT_BY_LAW = worded(
    "办理政府信息公开申请的材料是本机关应当归档的材料，任何人不得拒绝归档（档案法第13、14条），"
    "保管期限未满不得删除；期限届满也要经鉴定才能销毁。"
    "在此期间，除存储和采取必要的安全保护措施外，停止其他处理（个人信息保护法第47条第2款）。"
)


def title(values: Values) -> str:
    """Return the title of the answer."""
    return Phrase("关于%(value)s个人信息请求的答复", value=RIGHTS[values["kind"]])


def answer(values: Values) -> list[str]:
    """Return the paragraphs of the answer: what was asked, what was done, why not, what remains (第50条)."""
    kind, result, reason = values["kind"], values["result"], values["reason"]
    on = fact.day_of(values["received_on"].isoformat())
    asked = Phrase(
        "您提出的%(value)s本人信息的请求，本机关于%(on)s收到。请求的内容：%(asked)s",
        value=RIGHTS[kind],
        on=on,
        asked=values["asked"],
    )
    told = {
        GRANTED: [DONE[kind]],
        PARTLY: [DONE[kind], Phrase("其余部分不予照办，理由：%(reason)s", reason=reason)],
        BOUND: [Phrase("您请求删除的信息不予删除：%(kept_by_law)s", kept_by_law=KEPT_BY_LAW), reason],
        REFUSED: [Phrase("您的请求不予照办，理由：%(reason)s", reason=reason)],
        ENDED: [reason, Phrase("现予办结。")],
    }[result]
    remains = [SUIT] if result in (PARTLY, BOUND, REFUSED) else []
    return [asked, *filter(None, told), *remains]


def objections(values: Values) -> dict[str, str]:
    """Return what is wrong with a row's result, by field."""
    result, is_deletion = values["result"], values["kind"] == DELETION
    if values["answered_on"] and not result:
        return {"result": Phrase("已经答复的，请选择办理结果。")}
    if result == BOUND and not is_deletion:
        return {"result": Phrase("只有请求删除的，才因保管期限未满不予删除。")}
    if is_deletion and result in (GRANTED, PARTLY) and values["case_number"]:
        return {
            "result": Phrase(
                "不能删除：%(kept_by_law)s请选择“%(value)s”。",
                kept_by_law=KEPT_BY_LAW,
                value=RESULTS[BOUND],
            )
        }
    if result == ENDED and not values["reason"]:
        return {"reason": Phrase("请写明是本人撤回，还是经查找没有保存本人的信息：答复书照写。")}
    if result in (PARTLY, REFUSED) and not values["reason"]:
        return {"reason": Phrase("不予照办的，应当说明理由（个人信息保护法第50条）。")}
    return {}


PERSONAL_REQUESTS = Register(
    name=NAME,
    title="个人信息权益请求",
    feeds="不直接用于年度报告",
    law="个人信息保护法第44、50条",
    hint=(
        "个人请求查阅、复制、更正、补充、删除本机关保存的本人信息的。不是政府信息公开申请，不计入表三（实务）。"
        "不写姓名：姓名在来信来访登记中。"
    ),
    day="received_on",
    identity=("received_on", "kind", "contact_number", "case_number"),
    searched=("asked", "contact_number", "case_number", "document_number"),
    called="asked",
    fields=(
        Field("received_on", "收到日期", "day", required=True, listed=True, headings="请求日期"),
        Field(
            "kind", "请求", "choice", words=KINDS, required=True, default=ACCESS, listed=True,
            headings="请求种类 请求事项",
        ),
        Field("asked", "请求的内容", "area", required=True, longest=2000, headings="内容"),
        Field(
            "contact_number", "来信来访编号", listed=True, longest=40,
            hint="登记请求的来信、来访、来电的编号，有请求人的姓名、联系方式。", headings="登记编号 来件编号",
        ),
        CASE,
        UNIT,
        Field(
            "collected_on", "汇集日期", "day",
            hint="在“汇集本机关保存的信息”中查出本人的信息以后填写。", headings="查找日期",
        ),
        Field(
            "result", "办理结果", "choice", words=RESULTS, listed=True, headings="处理结果 结果",
        ),
        Field(
            "reason", "理由", "area", longest=2000,
            hint="全部或者部分不照办的理由，写进答复书；档案保管期限未满的，程序写明依据。",
            headings="不予照办的理由",
        ),
        Field("document_number", "答复书文号", longest=80, headings="文号"),
        Field("answered_on", "答复日期", "day", listed=True, headings="办结日期"),
        NOTE,
    ),
)  # fmt: skip
