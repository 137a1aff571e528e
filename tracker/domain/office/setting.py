"""What the office sets itself, on a page: no matter of the machine, and nothing that counts a case.

Each is named as in the settings of a machine (``tracker/config.py``), which hold its type, its bounds and its
default: what a machine's file or environment says goes before what is set here.
"""

from dataclasses import dataclass

from tracker.domain.message import Spoken


@dataclass(frozen=True, slots=True)
class OfficeSetting(Spoken):
    """One setting of the office.

    reason: why its default is what it is, or what it is for. choices: its values in words, where it has few.
    secret: it is kept sealed and never shown. said_to: of a secret, the settings that decide to whom and how
    it is said: with another of them it is typed again.
    """

    key: str
    label: str
    reason: str
    choices: tuple[tuple[str, str], ...] = ()
    secret: bool = False
    whole: bool = False
    said_to: tuple[str, ...] = ()


OFFICE_SETTINGS = (
    OfficeSetting("smtp_host", "邮件服务器", "没有填写的，不发送邮件：提醒写入发件箱并等待。"),
    OfficeSetting("smtp_port", "端口", "587 用于先明文后加密，465 用于全程加密，25 多不加密。", whole=True),
    OfficeSetting(
        "smtp_security",
        "加密方式",
        "没有加密的，密码和邮件在网上可以被人看到。",
        choices=(("starttls", "先明文后加密（STARTTLS）"), ("ssl", "全程加密（SSL）"), ("none", "不加密")),
    ),
    OfficeSetting("smtp_login", "登录用户名", "服务器不要求登录的不填。"),
    OfficeSetting(
        "smtp_password",
        "登录密码",
        "以本机关的密钥加密保存，不再显示；不改的留空。换服务器、端口、加密方式或者登录用户名的，重新填写。",
        secret=True,
        said_to=("smtp_host", "smtp_port", "smtp_security", "smtp_login"),
    ),
    OfficeSetting("mail_from", "发件邮箱", "收件人看到的发件地址；发件人的名称就是本机关的名称。"),
    OfficeSetting("mail_from_hour", "几时起发送", "工作日这个时间以前不打扰人。", whole=True),
    OfficeSetting("mail_until_hour", "几时止发送", "工作日这个时间以后不打扰人。", whole=True),
    OfficeSetting(
        "mail_megabytes", "一封邮件的附件", "至多多少MB；对方的邮箱多不接受更大的邮件。", whole=True
    ),
    OfficeSetting("base_url", "本系统的网址", "邮件中的链接由它开头；没有填写的，邮件不带链接。"),
    OfficeSetting(
        "channel_schemes",
        "邮箱以外的渠道",
        "个人的提醒地址可以写这些渠道（企业微信、钉钉、飞书），以空格分开；内网主机由服务器配置。",
    ),
    OfficeSetting("channel_sms_url", "短信网关的网址", "没有填写的，不发送短信；内网主机由服务器配置。"),
    OfficeSetting(
        "channel_sms_token",
        "短信网关的令牌",
        "以本机关的密钥加密保存，不再显示；不改的留空。换网关的，重新填写。",
        secret=True,
        said_to=("channel_sms_url",),
    ),
    OfficeSetting(
        "channel_sms_format",
        "短信网关接受的格式",
        "网关的说明书写明。",
        choices=(("json", "JSON"), ("form", "表单（form）")),
    ),
    OfficeSetting("channel_sms_phone", "号码的字段名", "网关的说明书写明。"),
    OfficeSetting("channel_sms_text", "内容的字段名", "网关的说明书写明。"),
    OfficeSetting(
        "imap_on",
        "收件邮箱",
        "开启的，邮箱里的来信定时登记为来件，由人甄别；邮件留在邮箱里，登记了的标为已读。",
        choices=(("off", "关闭"), ("on", "开启")),
    ),
    OfficeSetting("imap_host", "收件服务器", "邮箱的 IMAP 服务器；邮箱要先开通 IMAP。"),
    OfficeSetting("imap_port", "收件端口", "993 用于全程加密，143 用于先明文后加密。", whole=True),
    OfficeSetting(
        "imap_security",
        "收件加密方式",
        "没有加密的，密码和邮件在网上可以被人看到。",
        choices=(("ssl", "全程加密（SSL）"), ("starttls", "先明文后加密（STARTTLS）"), ("none", "不加密")),
    ),
    OfficeSetting("imap_login", "收件用户名", "一般是完整的邮箱地址。"),
    OfficeSetting(
        "imap_password",
        "收件密码",
        "以本机关的密钥加密保存，不再显示；不改的留空。换服务器、端口、加密方式或者用户名的，重新填写。"
        "有的邮箱要填“授权码”。",
        secret=True,
        said_to=("imap_host", "imap_port", "imap_security", "imap_login"),
    ),
    OfficeSetting("imap_folder", "收件文件夹", "INBOX 是收件箱；另设文件夹的，写它的名称。"),
    OfficeSetting("imap_minutes", "每隔几分钟收信", "至少5分钟。", whole=True),
    OfficeSetting(
        "imap_since", "从哪一天的邮件起", "不填的，从开启之日起；更早的邮件不登记。写作 2026-03-02。"
    ),
)
BY_KEY = {each.key: each for each in OFFICE_SETTINGS}
SECRETS = tuple(each for each in OFFICE_SETTINGS if each.secret)
HOURS = "几时起应早于几时止，否则没有可以发送的时间。"


def has_hours(from_hour: int, until_hour: int) -> bool:
    """Return whether there is an hour in which anybody may be written to."""
    return from_hour < until_hour
