"""The columns of the list of requests (依申请公开登记台账): what stands over each, what its cell holds.

One row a column: the export writes it, and the import of an office's own spreadsheet takes it.
"""

from collections.abc import Mapping
from typing import Any

from tracker.domain import misfit
from tracker.domain.case import applicant, channel, id_document, wish, workflow
from tracker.domain.case.applicant import together
from tracker.domain.case.step_field import METHODS
from tracker.domain.exchange import request_cell
from tracker.domain.exchange.request_cell import Column
from tracker.domain.exchange.request_fact import FACTS
from tracker.domain.exchange.request_words import CHANNEL_WORDS, CHANNELS, KIND_WORDS, KINDS, METHOD_WORDS


def _also(spellings_of: Mapping[Any, str]) -> dict[str, str]:
    return {word: str(code) for code, spellings in spellings_of.items() for word in spellings.split()}


COLUMNS = (
    Column(
        "number",
        "受理编号",
        longest=40,
        headings="编号 登记编号 申请编号 登记号 收件编号 受理号 申请号 依申请编号",
        place=1,
        cell=lambda row: row.case.number,
    ),
    Column(
        "received_on",
        "收到日期",
        "day",
        required=True,
        headings=(
            "收到申请日期 收到申请之日 收到时间 收到申请时间 收到日 接收日期 接收时间 收件时间 "
            "收文日期 收文时间 受理日期 受理时间 收到申请书日期 收到申请的日期"
        ),
        doubtful={
            "申请时间": "申请人写申请、提交或者本机关收到的日期",
            "申请日期": "申请人写申请、提交或者本机关收到的日期",
            "提交时间": "申请人提交或者本机关收到的日期",
            "登记日期": "本机关收到或者登记的日期",
            "登记时间": "本机关收到或者登记的日期",
            "收件日期": "来件到达或者收到申请的日期",
        },
        place=6,
        cell=lambda row: row.case.received_on,
    ),
    Column(
        "name",
        "申请人",
        longest=200,
        headings=(
            "申请人姓名 申请人名称 申请人姓名或名称 申请人姓名/名称 姓名 姓名或名称 姓名/名称 "
            "申请人姓名或者名称 申请者 申请单位 申请人姓名名称"
        ),
        place=3,
        cell=lambda row: row.case.applicant.name,
    ),
    Column(
        "further",
        "共同申请人",
        read=False,
        place=4,
        cell=lambda row: together([who.name for who in row.case.applicant.further]),
    ),
    Column(
        "kind",
        "申请人类型",
        "choice",
        required=True,
        words=KINDS,
        also=_also(KIND_WORDS),
        headings=(
            "申请人类别 申请主体 申请主体类型 申请人性质 申请人身份 申请人属性 公民/法人 "
            "个人/单位 公民或法人 申请人种类 主体类型"
        ),
        place=2,
        cell=lambda row: misfit.label(applicant.LABELS, row.case.applicant_kind),
    ),
    Column(
        "channel",
        "申请方式",
        "choice",
        required=True,
        words=CHANNELS,
        also=_also(CHANNEL_WORDS),
        headings=(
            "申请渠道 提交方式 受理方式 申请途径 申请形式 收件方式 来件方式 受理渠道 渠道 "
            "收到方式 接收方式 提出方式 申请来源 申请提交方式 收到渠道 来源渠道"
        ),
        place=5,
        cell=lambda row: misfit.label(channel.LABELS, row.case.channel),
    ),
    Column(
        "subject",
        "申请内容",
        longest=20000,
        headings=(
            "申请事项 申请公开内容 申请公开的内容 申请公开事项 申请信息内容 申请信息 信息内容 "
            "所需信息 内容描述 申请公开的政府信息 申请公开信息内容 申请公开信息名称 申请信息名称 "
            "所需信息内容描述 所需政府信息 申请公开的信息 所需信息内容 内容摘要 主要内容 事项 "
            "内容"
        ),
        place=7,
        cell=lambda row: row.case.subject,
    ),
    Column(
        "asked_on",
        "补正告知日",
        "day",
        headings=(
            "补正告知日期 告知补正日期 补正通知日期 补正告知时间 补正通知日 告知补正日 "
            "要求补正日期 补正告知书发出日期 告知补正时间 补正告知 补正告知书日期 补正发出日期"
        ),
        place=11,
        cell=request_cell.asked_on,
    ),
    Column(
        "supplement_by",
        "补正期限",
        "day",
        headings="补正截止日期 补正期限至 补正截止日 要求补正期限",
        place=40,
        cell=lambda row: (
            row.standing.supplements[-1].day("deadline_on") if row.standing.supplements else None
        ),
    ),
    Column(
        "supplemented_on",
        "补正收到日",
        "day",
        headings=(
            "收到补正日期 补正收到日期 收到补正日 补正收到时间 补正回复日期 收到补正材料日期 "
            "补正提交日期 补正材料收到日期 收到补正时间 收到补正材料时间 补正材料收到时间 "
            "补正收到日期"
        ),
        place=12,
        cell=request_cell.supplemented_on,
    ),
    Column(
        "consulted_on",
        "征求意见日期",
        "day",
        headings=(
            "征求第三方意见日期 征求意见日 征求意见书发出日期 征求第三方意见日 第三方征求意见日期 "
            "征求意见时间 征求第三方意见时间"
        ),
    ),
    Column(
        "opinion_on",
        "收到意见日期",
        "day",
        headings=(
            "第三方答复日期 第三方回复日期 收到第三方意见日期 意见收到日期 收到意见日 征求意见回复日期"
        ),
    ),
    Column("third_party", "第三方", longest=200, headings="第三方名称 第三方姓名 征求意见对象 征求意见单位"),
    Column(
        "charged_on",
        "收费通知日",
        "day",
        headings="收费通知日期 收费通知书发出日期 缴费通知日期 收费告知日期",
    ),
    Column("paid_on", "缴费日", "day", headings="缴费日期 收到缴费日期 缴费时间 足额缴费日期"),
    Column(
        "extension",
        "延期天数",
        headings=(
            "延长天数 延期工作日 延长工作日 延期 延期工作日数 延长答复天数 延期天数工作日 延期答复天数"
        ),
        place=13,
        cell=lambda row: row.standing.extension_days or None,
    ),
    Column(
        "extended_until",
        "延期至",
        headings=(
            "延长至 延期后答复期限 延期答复期限 延期后期限 延期后答复日期 延期后截止日期 "
            "延期后到期日 延长后答复期限 延期期限 延长期限 延期截止日期 延期到期日 "
            "延长后的答复期限 延期后的答复期限"
        ),
    ),
    Column(
        "is_extended", "是否延期", headings="是否延长 是否延期答复 有无延期 是否延长答复期限 是否延长期限"
    ),
    Column("is_supplemented", "是否补正", headings="是否告知补正 有无补正 是否需要补正 是否要求补正"),
    Column(
        "is_consulted",
        "是否征求意见",
        headings="是否征求第三方意见 有无征求意见 是否征询第三方意见 是否征求第三方 是否涉及第三方",
    ),
    Column(
        "extended_on",
        "延期告知日",
        "day",
        headings=(
            "延期告知日期 延期日期 延期通知日期 延期答复告知日期 延期告知书发出日期 延长告知日期 延期告知时间"
        ),
    ),
    Column("due_on", "答复期限", read=False, place=14, cell=lambda row: row.case.due_on),
    Column(
        "provisional",
        "暂定",
        read=False,
        place=15,
        cell=lambda row: "暂定" if row.case.due_is_provisional else "",
    ),
    Column("decided_on", "落款日期", read=False, place=16, cell=lambda row: row.case.decided_on),
    Column(
        "answer",
        "答复类型",
        longest=200,
        headings=(
            "答复结果 办理结果 处理结果 答复情况 答复类别 办理情况 公开情况 答复意见 是否公开 "
            "处理情况 答复种类 结果类型 答复 答复内容 处理意见 办结情况 办理状态 公开类型 "
            "是否予以公开 结果 答复类型及结果"
        ),
        place=18,
        cell=lambda row: workflow.label(row.case.state) if row.standing.is_closed else "",
    ),
    Column(
        "overdue",
        "是否超期",
        read=False,
        place=19,
        cell=lambda row: "是" if row.standing.is_overdue(row.today) else "",
    ),
    Column(
        "ground",
        "具体情形",
        longest=2000,
        headings=(
            "不予公开情形 不予公开类型 答复情形 情形 细类 答复细类 不予公开的情形 结果细类 办理结果细类"
        ),
    ),
    Column(
        "reason",
        "答复理由",
        longest=2000,
        headings=(
            "理由 理由和依据 法律依据 适用条款 依据 不予公开理由 不予公开的理由 不予公开原因 "
            "答复依据及理由 理由说明"
        ),
    ),
    Column(
        "answered_on",
        "答复日期",
        "day",
        headings=(
            "答复时间 答复日 实际答复日期 实际答复时间 实际答复日 作出答复日期 回复日期 回复时间 "
            "办结日期 办结时间 办结日 答复书日期 落款日期"
        ),
        doubtful={
            "告知时间": "作出答复、告知补正或者送达的日期",
            "告知日期": "作出答复、告知补正或者送达的日期",
        },
        place=17,
        cell=lambda row: row.case.served_on,
    ),
    Column(
        "served_on",
        "送达日期",
        "day",
        headings=(
            "送达时间 送达日 答复送达日期 答复书送达日期 邮寄日期 发出日期 答复书发出日期 答复邮寄日期"
        ),
        doubtful={
            "寄出日期": "寄出答复或者申请人寄出申请的日期",
            "寄出时间": "寄出答复或者申请人寄出申请的日期",
        },
    ),
    Column(
        "method",
        "送达方式",
        "choice",
        words=METHODS,
        place=41,
        cell=lambda row: METHODS.get(request_cell.of_answer(row, "method"), ""),
        also=_also(METHOD_WORDS),
        headings="答复送达方式 答复方式 寄送方式 答复书送达方式",
    ),
    Column(
        "document_number",
        "答复文号",
        longest=100,
        headings="答复书文号 告知书文号 答复书编号 答复编号 告知书编号",
        doubtful={"文号": "答复书或者其他文书的文号"},
        place=42,
        cell=lambda row: request_cell.of_answer(row, "document_number"),
    ),
    Column(
        "unit",
        "承办单位",
        longest=60,
        headings=(
            "科室 承办科室 单位 责任单位 部门 来源单位 责任科室 办理科室 办理单位 受理科室 "
            "主办科室 承办部门 责任部门 主办单位 牵头科室"
        ),
        place=8,
        cell=lambda row: row.case.unit.name if row.case.unit else "",
    ),
    Column("handler", "承办人", read=False, place=9, cell=lambda row: row.case.handler or ""),
    Column("state", "状态", read=False, place=10, cell=lambda row: workflow.label(row.case.state)),
    Column(
        "id_number",
        "证件号码",
        longest=60,
        headings="身份证号 身份证号码 证件号 统一社会信用代码 身份证件号码 申请人证件号码",
        place=32,
        personal=True,
        cell=lambda row: row.case.applicant.id_number,
    ),
    Column(
        "phone",
        "联系电话",
        longest=60,
        headings="电话 手机 手机号 手机号码 联系方式 申请人电话 申请人联系电话 申请人联系方式",
        place=33,
        personal=True,
        cell=lambda row: row.case.applicant.phone,
    ),
    Column(
        "email",
        "电子邮箱",
        longest=200,
        headings="邮箱 电子邮件 邮箱地址 email 申请人邮箱",
        place=34,
        personal=True,
        cell=lambda row: row.case.applicant.email,
    ),
    Column(
        "address",
        "联系地址",
        longest=300,
        headings="地址 通信地址 通讯地址 邮寄地址 申请人地址 申请人联系地址",
        place=35,
        personal=True,
        cell=lambda row: row.case.applicant.address,
    ),
    Column(
        "arrived_on",
        "来件日期",
        "day",
        headings="来件时间 到达日期 提交日期",
        place=20,
        cell=lambda row: row.received("arrived_on"),
    ),
    Column(
        "signed_on",
        "签收日期",
        "day",
        headings="签收时间 签收日",
        place=21,
        cell=lambda row: row.received("signed_on"),
    ),
    Column(
        "confirmed_on",
        "确认日期",
        "day",
        headings="确认时间 与申请人确认日期 双方确认日期 确认日",
        place=22,
        cell=lambda row: row.received("confirmed_on"),
    ),
    Column(
        "tracking_number",
        "邮件号",
        longest=60,
        headings="邮件编号 挂号信编号 快递单号 邮单号 挂号号码",
        place=23,
        cell=request_cell.tracking_number,
    ),
    Column(
        "registered_at",
        "登记时间",
        read=False,
        place=24,
        cell=lambda row: f"{row.case.registered_at:%Y-%m-%d %H:%M}" if row.case.registered_by else "",
    ),
    Column("registered_by", "登记人", read=False, place=25, cell=lambda row: row.case.registered_by or ""),
    Column("gap", "收到至登记（工作日）", read=False, place=26, cell=lambda row: row.gap),
    Column("acting", "代理人、监护人", read=False, place=27, cell=request_cell.acting),
    Column(
        "form_wanted",
        "所需信息的形式",
        read=False,
        place=28,
        cell=lambda row: misfit.label({"": "", **wish.FORMS}, row.case.applicant.form_wanted),
    ),
    Column(
        "way_wanted",
        "获取信息的方式",
        read=False,
        place=29,
        cell=lambda row: misfit.label({"": "", **wish.WAYS}, row.case.applicant.way_wanted),
    ),
    Column("filled_by", "代为填写人", read=False, place=30, cell=lambda row: row.case.applicant.filled_by),
    Column(
        "id_kind",
        "证件类型",
        read=False,
        place=31,
        personal=True,
        cell=lambda row: id_document.label(row.case.applicant.id_kind),
    ),
    Column(
        "others",
        "共同申请人、代理人的证件和联系方式",
        read=False,
        place=36,
        personal=True,
        cell=request_cell.of_others,
    ),
    Column(
        "purpose", "用途", read=False, place=37, personal=True, cell=lambda row: row.case.applicant.purpose
    ),
    Column(
        "help",
        "需要的无障碍帮助",
        read=False,
        place=38,
        personal=True,
        cell=lambda row: row.case.applicant.help,
    ),
)
READ = tuple(column for column in COLUMNS if column.read)
_WRITTEN = (column for column in (*COLUMNS, *FACTS) if column.place)
PERSONAL = tuple(sorted(_WRITTEN, key=lambda column: column.place))
OWN = frozenset(column.label for column in PERSONAL if not column.read)  # that no import takes
EXPORTED = tuple(column for column in PERSONAL if not column.personal)
LABELS = {column.name: column.label for column in READ}
DAYS = tuple(column.name for column in READ if column.kind == "day")
