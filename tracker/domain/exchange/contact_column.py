"""The columns of the register of letters, visits and calls (来信、来访、来电登记), as offices keep it.

The first words of each are those that our own export has, so that it comes back in as it is.
"""

from tracker.domain.contact.contact import FORMS, TRIAGE
from tracker.domain.register.register import Field

FORM_WORDS = {
    "信函": "letter", "信件": "letter", "来函": "letter", "书信": "letter", "走访": "visit", "当面": "visit",
    "上访": "visit", "现场": "visit", "面谈": "visit", "电话": "call", "致电": "call", "网上": "online",
    "网信": "online", "互联网": "online", "邮箱": "online", "电子邮件": "online", "12345": "hotline",
    "12345热线": "hotline", "热线": "hotline", "市长热线": "hotline", "12345转办": "hotline",
}  # fmt: skip
TRIAGE_WORDS = {
    "依申请公开": "request", "信息公开申请": "request", "信息公开": "request", "信访": "petition",
    "信访件": "petition", "咨询类": "consultation", "投诉": "complaint", "举报": "complaint",
    "投诉举报类": "complaint", "意见建议": "suggestion", "建议类": "suggestion",
}  # fmt: skip

CONTACT_FIELDS = (
    Field("number", "登记编号", longest=40, headings="编号 信访件编号 来信编号 来件编号 登记号 受理编号"),
    Field(
        "form", "来件形式", "choice", required=True, words=FORMS, also=FORM_WORDS,
        headings=(
            "形式 信访形式 来访形式 来信形式 类别 来源 来源渠道 反映方式 方式 渠道 受理方式 来件方式 "
            "信访方式 来访方式 诉求渠道 来件渠道 登记方式"
        ),
    ),
    Field(
        "arrived_on", "日期", "day", required=True,
        headings=(
            "来件日期 来访日期 来信日期 来电日期 信访日期 收件日期 收信日期 接访日期 接待日期 来访时间 "
            "来电时间 信访时间 接待时间 收到日期 受理日期 登记日期"
        ),
    ),
    Field("arrived_time", "时间", longest=30, headings="时刻"),
    Field(
        "person", "来信（访、电）人", longest=200,
        headings="来信人 来访人 来电人 来件人 信访人 反映人 投诉人 姓名 来访人姓名 信访人姓名 当事人",
    ),
    Field("phone", "联系电话", longest=60, headings="电话 来电号码 联系方式 手机 手机号码 电话号码"),
    Field("address", "联系地址", longest=300, headings="地址 住址 家庭住址 通讯地址 通信地址 单位或住址"),
    Field(
        "summary", "反映内容摘要", required=True, longest=20000,
        headings=(
            "内容摘要 反映内容 反映问题 反映事项 诉求内容 诉求 信访内容 来信内容 来访内容 "
            "来电内容 来访事由 主要内容 内容 事由 主要诉求 信访事项 反映的主要问题"
        ),
    ),
    Field(
        "received_by", "接待（接听）人", longest=60,
        headings="接待人 接听人 接访人 经办人 登记人 接待人员 记录人 受理人 接待接听人",
    ),
    Field(
        "triage", "甄别类型", "choice", words=TRIAGE, also=TRIAGE_WORDS,
        headings="甄别结论 甄别 类型 事项类型 问题类别 信访目的 件类 来件类型",
    ),
    Field(
        "unit", "转办单位", longest=100,
        headings="转办科室 承办单位 承办科室 办理单位 转往处 责任科室 责任单位 交办单位 办理科室 转交科室",
    ),
    Field("told", "告知情况", longest=2000, headings="告知 答复情况 回复情况 告知内容"),
    Field("closed_on", "办结日期", "day", headings="办结时间 办理日期 结案日期 回复日期 答复日期 办结日"),
    Field("result", "办理结果", longest=2000, headings="办理情况 处理结果 处理情况 处理意见 结果 办结情况"),
    Field("case_number", "关联受理编号", longest=64, headings="关联依申请编号 依申请编号 申请编号"),
)  # fmt: skip
CONTACT_LABELS = {one.name: one.label for one in CONTACT_FIELDS}
COUNTED = frozenset({"下一期限", "期限事由"})  # columns of our export that follow from the others
