"""The columns that the registers of an office must have: each stands in the export and can be shown in the list."""

import pytest

from tracker.domain.exchange.request_column import EXPORTED, PERSONAL
from tracker.services.register.listing import CONTACT_COLUMNS, OF_CONTACT
from tracker.web.page import columns

# What a register of requests (依申请公开登记台账) holds → the columns of the export that say it.
REQUEST = {
    "受理编号": "受理编号",
    "申请人类型": "申请人类型",
    "申请人姓名或者名称": "申请人 共同申请人",
    "证件类型、号码": "证件类型 证件号码",
    "代理人、委托书": "代理人、监护人 共同申请人、代理人的证件和联系方式",
    "联系电话、地址、邮箱": "联系电话 联系地址 电子邮箱",
    "申请方式": "申请方式",
    "来件日期": "来件日期",
    "签收日期、确认日期": "签收日期 确认日期",
    "收到日期": "收到日期",
    "邮件号": "邮件号",
    "申请内容（原文）；名称、文号、特征描述": "申请内容",
    "所需形式": "所需信息的形式",
    "获取方式": "获取信息的方式",
    "一事多问的各事项": "各事项的答复",
    "甄别结论": "甄别结论",
    "承办科室": "承办单位",
    "承办人": "承办人",
    "转办日期": "转办（日期、单位、承办人）",
    "科室反馈期限": "科室反馈期限",
    "补正：告知日、期限、收到日": "补正告知日 补正期限 补正收到日",
    "征求意见：对象、发出日、收到日、回复日、意见": "征求意见情况",
    "延期：批准人、批准日、天数、告知日": "延期天数 延期情况",
    "收费：方式、件页数、金额、通知收到日、缴费日": "收费情况",
    "答复期限（现在的）": "答复期限",
    "答复期限（历史）": "期限的历史",
    "保密审查：人、日、结论": "保密等审查（人、日期、结论）",
    "审批链": "审批意见",
    "答复类型、年报的行": "答复类型 年度报告表三的行",
    "条款": "答复依据条款",
    "答复文号": "答复文号",
    "落款日": "落款日期",
    "送达方式、送达日、凭证": "送达方式 答复日期 送达凭证",
    "是否超期": "是否超期",
    "是否转主动公开": "转为主动公开",
    "复议、诉讼：案号、机关、收到日、结果、结案日": "行政复议、行政诉讼情况",
    "归档号、归档日": "归档号 归档日期",
    "备注": "备注",
}
# What a register of letters, visits and calls (来信、来访、来电登记) holds.
CONTACT = {
    "登记编号": "登记编号",
    "来件形式": "来件形式",
    "日期时间": "日期 时间",
    "来信（访、电）人": "来信（访、电）人",
    "联系方式": "联系电话 联系地址",
    "反映内容摘要": "反映内容摘要",
    "附件": "附件",
    "接待、接听人": "接待（接听）人",
    "甄别类型": "甄别类型",
    "转办科室": "转办单位",
    "告知情况": "告知情况",
    "办结日期、结果": "办结日期 办理结果",
    "关联依申请编号": "关联受理编号",
}
# Columns of the list of letters, visits and calls that show what the export calls otherwise.
SHOWN_AS = {
    "来件形式": "form", "时间": "arrived_on", "来信（访、电）人": "person", "反映内容摘要": "summary",
    "甄别类型": "triage", "办结日期": "closed_on", "期限事由": "next_action",
}  # fmt: skip


@pytest.mark.parametrize("held", REQUEST)
def test_what_a_register_of_requests_holds_stands_in_the_export(held):
    assert set(REQUEST[held].split()) <= {column.label for column in PERSONAL}


@pytest.mark.parametrize("held", CONTACT)
def test_what_a_register_of_letters_visits_and_calls_holds_stands_in_the_export(held):
    assert set(CONTACT[held].split()) <= {header for header, _cell in (*CONTACT_COLUMNS, *OF_CONTACT)}


def test_each_column_of_the_export_can_be_shown_in_the_list_of_requests_but_personal_ones():
    further = [one.name for one in columns.LISTS[columns.CASES] if one.is_further]

    assert columns.SHOWN_ALREADY.isdisjoint(further)
    assert columns.SHOWN_ALREADY.union(further) == {column.name for column in EXPORTED}
    assert all(one.group for one in columns.LISTS[columns.CASES] if one.is_further)


def test_each_column_of_the_export_can_be_shown_in_the_list_of_letters_visits_and_calls():
    shown = {one.name: str(one.label) for one in columns.LISTS[columns.CONTACTS]}

    hidden = [
        header
        for header, _cell in CONTACT_COLUMNS
        if header not in shown.values() and SHOWN_AS.get(header) not in shown
    ]

    assert hidden == []
