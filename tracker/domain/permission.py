"""Who may do what: one table, asked at the door, by the ledger and by the buttons."""

from collections.abc import Iterable
from enum import StrEnum

from tracker.domain.message import labels


class Role(StrEnum):
    """What a member of the office is there to do. A person holds one or more."""

    REGISTRAR = "registrar"
    HANDLER = "handler"
    REVIEWER = "reviewer"
    HEAD = "head"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"  # an import or a job; never a person

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = labels(
    {
        Role.REGISTRAR: "登记员",
        Role.HANDLER: "承办人",
        Role.REVIEWER: "审核人（法制、保密）",
        Role.HEAD: "公开机构负责人",
        Role.AUDITOR: "审计员（只读）",
        Role.ADMINISTRATOR: "系统管理员（不接触案件）",
        Role.SYSTEM: "系统",
    }
)

PEOPLE = tuple(role for role in Role if role is not Role.SYSTEM)


class Action(StrEnum):
    """What a step or a page asks leave for."""

    SIGNED_IN = "signed_in"  # one's own account, the handbook
    READ = "read"
    REGISTER = "register"
    NOTE = "note"
    HANDLE = "handle"
    ANSWER = "answer"
    EXTEND = "extend"
    CORRECT = "correct"
    IMPORT = "import"
    REPORT = "report"
    PUBLISH = "publish"
    ROLLUP = "rollup"
    OPINION = "opinion"
    APPROVE = "approve"
    SIGN = "sign"
    ARCHIVE = "archive"
    UNSEAL = "unseal"
    PERSONAL = "personal"
    LETTERS = "letters"
    OFFICE = "office"
    PRACTICE = "practice"
    SETTINGS = "settings"
    USERS = "users"
    JOBS = "jobs"
    OUTBOX = "outbox"
    CALENDAR = "calendar"
    AUDIT = "audit"
    CLOSE_YEAR = "close_year"


ACTION_LABELS = labels(
    {
        Action.SIGNED_IN: "登录",
        Action.READ: "查阅",
        Action.REGISTER: "登记、甄别、收到补正、收款",
        Action.NOTE: "内部备注、催办、关注",
        Action.HANDLE: "办理",
        Action.ANSWER: "答复",
        Action.EXTEND: "延长期限",
        Action.CORRECT: "更正、作废",
        Action.IMPORT: "导入旧台账",
        Action.REPORT: "编写年度报告",
        Action.PUBLISH: "发布年度报告",
        Action.ROLLUP: "汇总下级年度报告",
        Action.OPINION: "会签意见（法制、保密审查）",
        Action.APPROVE: "签发",
        Action.SIGN: "审批签批、委托他人签批",
        Action.ARCHIVE: "归档、下载案卷",
        Action.UNSEAL: "取出遮盖前的原件",
        Action.PERSONAL: "汇集本机关保存的个人信息",
        Action.LETTERS: "文书模板、文号",
        Action.OFFICE: "本机关的名称和信息、开始使用",
        Action.PRACTICE: "做法",
        Action.SETTINGS: "设置",
        Action.USERS: "用户",
        Action.JOBS: "定时任务",
        Action.OUTBOX: "发件箱",
        Action.CALENDAR: "日历",
        Action.AUDIT: "审计日志",
        Action.CLOSE_YEAR: "年度结转",
    }
)

_READERS = frozenset({Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.HEAD, Role.AUDITOR})
_CASE_WORKERS = frozenset({Role.HANDLER, Role.HEAD})

GRANTS: dict[Action, frozenset[Role]] = {
    Action.SIGNED_IN: frozenset(PEOPLE),
    Action.READ: _READERS,
    Action.REGISTER: frozenset({Role.REGISTRAR, Role.HANDLER, Role.HEAD}),
    Action.NOTE: frozenset({Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.HEAD}),
    Action.HANDLE: _CASE_WORKERS,
    Action.ANSWER: _CASE_WORKERS,
    Action.EXTEND: frozenset({Role.HEAD}),  # 第33条第2款: 经政府信息公开工作机构负责人同意
    Action.CORRECT: frozenset({Role.HEAD}),
    Action.IMPORT: frozenset({Role.REGISTRAR, Role.HEAD}),
    Action.REPORT: frozenset({Role.REGISTRAR, Role.HEAD}),
    Action.PUBLISH: frozenset({Role.HEAD}),
    Action.ROLLUP: frozenset({Role.HEAD, Role.AUDITOR}),
    Action.OPINION: frozenset({Role.REVIEWER, Role.HEAD}),
    Action.APPROVE: frozenset({Role.HEAD}),
    # At which station somebody may sign, and in whose place: domain/case/sign_off.
    Action.SIGN: frozenset({Role.REGISTRAR, Role.HANDLER, Role.REVIEWER, Role.HEAD}),
    Action.ARCHIVE: frozenset({Role.REGISTRAR, Role.HEAD}),
    Action.UNSEAL: frozenset({Role.HEAD}),  # what was withheld leaves the store with the head's word alone
    Action.PERSONAL: frozenset({Role.REGISTRAR, Role.HEAD}),
    Action.LETTERS: frozenset({Role.HEAD}),
    Action.OFFICE: frozenset({Role.ADMINISTRATOR, Role.HEAD}),
    Action.PRACTICE: frozenset({Role.ADMINISTRATOR, Role.HEAD}),
    Action.SETTINGS: frozenset({Role.ADMINISTRATOR}),
    Action.USERS: frozenset({Role.ADMINISTRATOR}),
    Action.JOBS: frozenset({Role.ADMINISTRATOR}),
    Action.OUTBOX: frozenset({Role.ADMINISTRATOR}),
    Action.CALENDAR: frozenset({Role.ADMINISTRATOR, Role.HEAD}),
    Action.AUDIT: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Action.CLOSE_YEAR: frozenset(),
}

# What moves the dates, ledgers or mails of every agency: of those who run the deployment alone.
DEPLOYMENT = frozenset({Action.PRACTICE, Action.SETTINGS, Action.JOBS, Action.CALENDAR, Action.CLOSE_YEAR})


def may(roles: Iterable[Role], action: Action) -> bool:
    """Return whether one of the roles carries the action. ``SYSTEM`` is granted every one."""
    held = frozenset(roles)
    return Role.SYSTEM in held or bool(held & GRANTS[action])


def own_unit_only(roles: Iterable[Role]) -> bool:
    """Return whether the roles see the cases of their own unit alone: a handler and no more."""
    held = frozenset(roles)
    return not held & (GRANTS[Action.READ] - {Role.HANDLER}) and Role.SYSTEM not in held
