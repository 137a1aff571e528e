"""What a mail says, in the language of whoever gets it."""

from datetime import date

from tracker.domain.case.duty import REPLY
from tracker.mail import compose

ITEM = compose.Item(
    number="依〔2026〕7号",
    duty=REPLY,
    due_on=date(2026, 4, 16),
    provisional=True,
    left=3,
    late=False,
    unit="",
    handler="周明",
    link="https://office.example/cases/7",
    missing="李四",
)


def test_a_reminder_in_chinese():
    mail = compose.reminder("zh", ITEM)

    assert mail.title == "依〔2026〕7号 2026-04-16 (暂定) 答复期限：还有3个工作日"
    assert mail.text.splitlines() == [
        "编号: 依〔2026〕7号",
        "期限种类: 答复期限",
        "期限: 2026年4月16日（周四） (暂定)",
        "情况: 还有3个工作日",
        "承办单位: （未分办）",
        "承办人: 周明",
        "承办人李四没有可用的账户或邮箱，本提醒改送您；请重新指派承办人。",
        "该年度的放假通知尚未公布，日期为暂定，通知公布后会重新计算。",
        "如需延长答复期限，应当在期限届满前决定并告知申请人。",
        "",
        "打开：https://office.example/cases/7",
        "",
        "本邮件由系统自动发送，请勿回复。邮件不含申请人信息，详情请登录系统查看。",
    ]


def test_the_same_reminder_in_english():
    mail = compose.reminder("en", ITEM)

    assert mail.title == "依〔2026〕7号 2026-04-16 (provisional) Reply due: 3 working days left"
    assert mail.text.splitlines() == [
        "Number: 依〔2026〕7号",
        "Duty: Reply due",
        "Due date: 2026-04-16 (Thursday) (provisional)",
        "Status: 3 working days left",
        "Unit: (not assigned)",
        "Handler: 周明",
        "The handler 李四 has no account or address any more, so you are told; please assign it anew.",
        "The holiday notice of that year is not out yet: the date is provisional and will be counted again.",
        "An extension must be decided and notified before the term ends.",
        "",
        "Open: https://office.example/cases/7",
        "",
        "This mail was sent by a program; please do not reply. It holds nothing about the applicant; "
        "sign in to see the case.",
    ]


def test_a_digest_in_english():
    mail = compose.digest("en", [ITEM], date(2026, 4, 13), 2, ends=["1 0af3"])

    assert mail.title == "2026-04-13 Daily digest: 0 overdue, 3 due soon"
    assert mail.text.splitlines() == [
        "Due dates as of 2026-04-13 (Monday):",
        "",
        "依〔2026〕7号  2026-04-16 (provisional)  Reply due  3 working days left  周明",
        "  https://office.example/cases/7",
        "2 more are on the worklist; please sign in.",
        "",
        "Ends of the chains (keep this mail to check them against):",
        "  1 0af3",
        "",
        "This mail was sent by a program; please do not reply. It holds nothing about the applicant; "
        "sign in to see the case.",
    ]
