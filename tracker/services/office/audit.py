"""The audit log: acts that leave no entry in a ledger (GB/T 22239-2019, 8.1.4 安全审计)."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from tracker.domain.message import labels
from tracker.domain.packing import is_made, packed
from tracker.models.base import db
from tracker.models.user import AuditEntry

# The network address of whoever asks, for as long as a request runs; empty for commands and jobs.
asked_from: ContextVar[str] = ContextVar("asked_from", default="")

ACTS = labels(
    {
        "mailbox_tested": "测试收件邮箱",
        "mail_came": "登记收到的邮件",
        "mail_read": "查看收到的邮件",
        "mail_looked": "看过退信、自动答复",
        "mail_seen": "下载收到的邮件",
        "mail_retried": "重新发送邮件",
        "mail_tested": "测试邮件",
        "preferences": "修改本人的提醒方式",
        "list_chosen": "选择列表显示的列",
        "sign_in": "登录",
        "sign_in_failed": "登录失败",
        "sign_out": "退出",
        "session_ended": "退出其他登录",
        "user_created": "新建用户",
        "user_changed": "修改用户",
        "password_reset": "重置密码",
        "password_changed": "修改密码",
        "password_not_changed": "修改密码失败",
        "unit_changed": "修改单位",
        "revealed": "查看个人信息",
        "applicants_corrected": "更正申请人",
        "printed": "查看、打印接收回执",
        "exported": "导出",
        "report_checked": "检查年度报告",
        "import_uploaded": "上传待导入的文件",
        "import_chosen": "选择导入的读法",
        "import_dropped": "放弃导入",
        "imported": "导入",
        "import_undone": "撤销导入",
        "import_rest": "下载没有导入的行",
        "contact": "来信来访来电",
        "letter_made": "制作文书",
        "letter_seen": "查看文书",
        "letter_served": "登记送达",
        "service_received": "登记对方收到文书",
        "service_returned": "登记退件",
        "service_accepted": "邮件系统接受文书",
        "service_agreed": "登记送达约定",
        "service_bounced": "登记电子送达被退回",
        "service_void": "作废送达记录",
        "letter_voided": "作废文书",
        "sign_off_drafted": "送审",
        "sign_off_signed": "签批",
        "sign_off_seen": "查看审批单",
        "delegation_given": "委托签批",
        "delegation_ended": "结束委托签批",
        "noted": "写内部备注",
        "urged": "催办",
        "followed": "关注案件",
        "unfollowed": "取消关注",
        "step_asked": "请求他人办理",
        "step_declined": "结束请求办理",
        "number_skipped": "空缺文号",
        "template_kept": "保存文书模板",
        "bundle_made": "汇集证据材料",
        "archived": "归档",
        "transferred": "移交档案馆",
        "case_file_made": "下载案卷",
        "personal_data_collected": "汇集个人信息",
        "personal_answer_seen": "查看个人信息请求答复书",
        "personal_answer_made": "制作个人信息请求答复书",
        "evidence_kept": "保存收件证据",
        "file_seen": "查看照片、扫描件",
        "case_file_kept": "保存案件文件",
        "case_file_withdrawn": "撤回案件文件",
        "mail_withdrawn": "撤回邮件原件",
        "file_refused": "拒收带有密级标志的文件",
        "scan_read": "识别扫描件",
        "redacted": "制作区分处理后的副本",
        "case_file_seen": "查看案件文件",
        "calendar_kept": "保存放假安排",
        "calendar_withdrawn": "撤回放假安排",
        "recomputed": "期限重算",
        "sample_put_in": "放入示例机关",
        "sample_taken_out": "移出示例机关",
        "start_skipped": "开始使用：以后再办",
        "start_taken_up": "开始使用：列回待办",
        "agency_named": "填写机关名称",
        "setting_set": "修改设置",
        "practice_set": "设置做法",
        "practice_carried": "做法移入数据库",
        "job_run": "手工运行任务",
        "clock_confirmed": "确认服务器时钟",
        "clock_healed": "清除时钟走快时的记录",
        "words_mended": "重做检索文字",
        "backed_up": "备份",
        "restored": "恢复备份",
        "chain_key_rotated": "更换链条密钥",
        "secret_key_changed": "更换密钥",
        "findings_acknowledged": "确认已查明的核对发现",
        "report_text": "编写年度报告",
        "report_published": "发布年度报告",
        "report_received": "收到下级年度报告",
    }
)

LONGEST_TARGET = 100  # of its column


def note(
    act: str,
    *,
    actor: str,
    now: datetime,
    agency_id: int | None = None,
    target: str = "",
    succeeded: bool = True,
    address: str = "",
    **details: Any,
) -> None:
    """Write an entry of the audit log in the caller's transaction. No personal data in it.

    target: what the act was about. A message is kept with its values beside it, to be said in any language.
    address: for an act that itself depends on where it was asked from; else that of the request is taken.
    """
    db.session.add(
        AuditEntry(
            agency_id=agency_id,
            at=now,
            actor=actor,
            act=act,
            target=str(target)[:LONGEST_TARGET],
            succeeded=succeeded,
            address=address or asked_from.get(),
            details={**details, "target": packed(target)} if is_made(target) else details,
        )
    )


NEWEST_FIRST = (AuditEntry.id.desc(),)


def entries(agency_id: int, *, act: str = "", text: str = "") -> list[Select[tuple[AuditEntry]]]:
    """Return the agency's entries, and the failed sign-ins of unknown logins, as a query each."""
    narrowed = [AuditEntry.act == act] if act else []
    if text:
        columns = (AuditEntry.actor, AuditEntry.target)
        narrowed.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
    whose = (AuditEntry.agency_id == agency_id, AuditEntry.agency_id.is_(None))
    return [select(AuditEntry).where(mine, *narrowed) for mine in whose]
