"""The words of mails in English, by their Chinese; what is missing here a test finds."""

ENGLISH = {
    "各链条末尾（留作核对，请保存本邮件）：": "Ends of the chains (keep this mail to check them against):",
    "依申请公开办理系统": "Case tracker of information disclosure requests",
    "打开：": "Open: ",
    "打开案件": "Open the case",
    "打开": "Open",
    "编号": "Number",
    "期限": "Due date",
    "期限种类": "Duty",
    "承办人": "Handler",
    "承办单位": "Unit",
    "情况": "Status",
    "（未分办）": "(not assigned)",
    "暂定": "provisional",
    "该年度的放假通知尚未公布，日期为暂定，通知公布后会重新计算。": (
        "The holiday notice of that year is not out yet: the date is provisional and will be counted again."
    ),
    "如需延长答复期限，应当在期限届满前决定并告知申请人。": (
        "An extension must be decided and notified before the term ends."
    ),
    "本邮件由系统自动发送，请勿回复。邮件不含申请人信息，详情请登录系统查看。": (
        "This mail was sent by a program; please do not reply. "
        "It holds nothing about the applicant; sign in to see the case."
    ),
    "今天届满": "due today",
    "还有%(count)s个工作日": "%(count)s working days left",
    "已超期%(count)s个工作日": "overdue by %(count)s working days",
    "已届满": "the day has passed",
    "另有%(count)s件，请登录系统在工作台查看。": "%(count)s more are on the worklist; please sign in.",
    "承办人%(name)s没有可用的账户或邮箱，本提醒改送您；请重新指派承办人。": (
        "The handler %(name)s has no account or address any more, so you are told; please assign it anew."
    ),
    "共同制作机关、其他机关意见期限": "Opinion of a co-maker or another organ due",
    "每日汇总": "Daily digest",
    "已超期%(late)s件，近期届满%(near)s件": "%(late)s overdue, %(near)s due soon",
    "截至%(day)s的期限：": "Due dates as of %(day)s:",
    "测试邮件": "Test mail",
    "收到这封邮件，说明邮件设置可用。": "This mail shows that the mail settings work.",
    # duties
    "补正告知期限": "Last day to ask for a supplement",
    "申请人补正期限": "Last day of the applicant to supplement",
    "第三方意见期限": "Last day of the third party's opinion",
    "其他机关意见期限": "Last day of another organ's opinion",
    "缴费期限": "Last day to pay",
    "答复期限": "Reply due",
    "决定并告知延期的最后一天": "Last day to extend",
    "申请人说明理由期限": "Last day to give reasons",
    "补记对方收到日期": "Record the day of receipt",
    "主动公开期限": "Publication due",
    "与申请人确认的期限": "Last day to confirm with the applicant",
    "登记为申请的期限": "Last day to register as a request",
    "信访事项书面告知期限": "Last day to notify on a petition",
    "信访事项办结期限（信访工作条例第31条第（六）项的事项）": "Petition to be settled (art. 31(6))",
    "按提交之日起算的答复期限": "Answer due, counted from the submission",
}
LANGUAGES = {"zh": "中文", "en": "English"}


def translate(language: str, text: str, **values: object) -> str:
    """Return the text in the language, its values filled in."""
    words = ENGLISH.get(text, text) if language == "en" else text
    return words % values if values else words
