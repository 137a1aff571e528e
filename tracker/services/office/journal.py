"""What the journal of sealed rows says of the office's tables, in words."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.domain.message import Phrase, labels
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.contact import Contact
from tracker.models.reads import journal

NOUNS = labels(
    {
        "accountabilities": "责任追究",
        "agencies": "机关",
        "applicants": "申请人",
        "assessments": "考核评议",
        "archivings": "归档移交",
        "ask_ends": "请求办理的结束",
        "audit_entries": "审计日志",
        "book_acts": "登记簿操作记录",
        "calendar_days": "放假调休日",
        "calendar_notices": "放假通知",
        "case_files": "案件文件",
        "case_notes": "内部备注",
        "cases": "申请件",
        "chain_heads": "台账链条末尾",
        "complaints": "投诉举报督促",
        "contact_acts": "来件操作记录",
        "contacts": "来信来访来电",
        "conversions": "转为主动公开",
        "corrections": "更正申请",
        "decision_counts": "许可处罚强制收费统计",
        "delegation_ends": "委托的结束",
        "delegations": "委托签批",
        "former_names": "曾用名",
        "former_passwords": "用过的密码",
        "guides": "指南目录更新",
        "imported_files": "导入的文件",
        "incoming_mails": "收到的邮件",
        "job_runs": "任务运行记录",
        "journal_head": "封存日志末尾",
        "letter_services": "文书送达",
        "letter_templates": "文书模板",
        "letters": "文书",
        "media": "发布渠道",
        "normative_documents": "规章规范性文件",
        "office_facts": "机关事实",
        "overdue_flags": "超期标记",
        "pending_requests": "待确认申请",
        "personal_answers": "个人信息请求答复",
        "personal_requests": "个人信息权益请求",
        "practices": "做法",
        "publication_media": "发布渠道记录",
        "publications": "主动公开信息",
        "receipt_evidence": "收件证据",
        "reanswers": "重新答复",
        "received_reports": "下级年度报告",
        "redactions": "区分处理",
        "refusal_reviews": "不予公开信息复查",
        "remedies": "复议诉讼",
        "remedy_steps": "复议诉讼应对",
        "report_drafts": "年度报告草稿",
        "report_edition_cases": "已发布年报所计申请件",
        "report_editions": "已发布年报",
        "report_offices": "下级机关",
        "report_texts": "年度报告文字",
        "sign_off_opinions": "审批意见",
        "sign_offs": "审批",
        "service_agreements": "送达约定",
        "service_results": "送达结果",
        "settings": "设置",
        "skipped_numbers": "空缺的文号",
        "step_asks": "请求办理",
        "trainings": "培训",
        "units": "单位",
        "user_roles": "用户角色",
        "users": "用户",
        "voided_letters": "作废的文书",
        "withdrawn_files": "撤回的文件",
    }
)
WORDS = labels(
    {
        journal.CHANGED: "与封存的内容不符：被程序以外的手段改动。",
        journal.REMOVED: "封存日志中有、表中没有：被程序以外的手段删除。",
        journal.ADDED: "表中有、封存日志中没有：被程序以外的手段添加。",
        journal.ALTERED: "在程序改写它之前，已被程序以外的手段改动（封存日志第%(no)s条）。",
        journal.UNKNOWN: "所封存的列本程序不认识，无法核对（封存日志第%(no)s条）：请升级程序。",
        journal.BROKEN: "封存日志第%(no)s条与链条不符：日志被改动、删减或替换。",
        journal.HEAD_BROKEN: "封存日志的末尾不符：日志被截断、替换，或末尾被改动。",
    }
)


def flaws() -> Iterator[tuple[str, str]]:
    """Yield what does not hold of the sealed rows and of the journal itself: where, and what."""
    for flaw in journal.flaws(db.session.connection()):
        yield place(flaw.noun, flaw.row_key), Phrase(WORDS[flaw.kind], no=flaw.no)


def place(noun: str, row_key: str) -> str:
    """Return the row's name: a number where it has one, never a person's name."""
    if not noun:
        return Phrase("封存日志")
    for table in (Case, Contact):
        if noun == table.__tablename__ and row_key.isdigit():
            number = db.session.scalar(select(table.number).where(table.id == int(row_key)))
            return row_name(noun, str(number or row_key))
    return row_name(noun, row_key)


def row_name(noun: str, key: object) -> str:
    """Return what a row of a table is called, by its number or its key."""
    return Phrase("%(noun)s %(key)s", noun=NOUNS.get(noun, noun), key=key)
