"""Nothing typed is lost: a form whose session or token expired is kept and sent again.

What was typed travels in hidden fields of the page, never on the server. Only a form of our own
pages is kept (same origin); a password never is.
"""

import re
from urllib.parse import urlsplit

from flask import render_template, request

from tracker.domain.case import applicant, channel
from tracker.domain.contact import contact
from tracker.web.page.text import _, word

KEPT = "kept-"
NEVER = ("csrf_token", "password", "old", "new", "again")
WORDS_SHOWN = 200
FURTHER = re.compile(r"further_(\d+)_(\w+)")
CODE = re.compile(r"[a-z_]+")
COUNTED = ("token", "people", "version", "act")  # what the page sends for itself
CODES = {
    "form": contact.FORMS,
    "triage": contact.TRIAGE,
    "kind": {kind.value: label for kind, label in applicant.LABELS.items()},
    "channel": {way.value: label for way, label in channel.LABELS.items()},
}


def _labels() -> dict[str, str]:
    """Return the words that the forms print beside their fields."""
    return {
        "form": _("来件形式"),
        "arrived_on": _("来件日期"),
        "arrived_time": _("时间"),
        "person": _("来信（访、电）人"),
        "phone": _("联系电话"),
        "address": _("联系地址"),
        "summary": _("反映内容摘要"),
        "triage": _("甄别"),
        "kind": _("申请人类型"),
        "name": _("申请人姓名或者名称"),
        "id_number": _("身份证件号码"),
        "email": _("电子邮箱"),
        "channel": _("申请方式"),
        "signed_on": _("签收日期"),
        "signed_by": _("签收人"),
        "tracking_number": _("邮件号"),
        "confirmed_on": _("确认日期"),
        "confirmed_by": _("确认人"),
        "forwarded_on": _("转到公开机构日期"),
        "addressee": _("来件原收件人"),
        "subject": _("申请内容"),
        "reason": _("理由"),
    }


def _shown(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what was typed beside the words of its field; never the name or the code of one.

    A field without words here is shown by what it holds; a code without words is sent, not shown.
    """
    labels, pairs = _labels(), []
    for name, value in fields:
        if not value or name in COUNTED:
            continue
        further = FURTHER.fullmatch(name)
        plain = further.group(2) if further else name
        lead = _("第%(place)s申请人", place=further.group(1)) + " · " if further else ""
        text = word(CODES.get(plain, {}).get(value))
        if text or not CODE.fullmatch(value):
            pairs.append((lead + labels.get(plain, ""), text or value[:WORDS_SHOWN]))
    return pairs


def typed() -> list[tuple[str, str]]:
    """Return what the request's form holds; nothing where another site sent it."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(sender).netloc != request.host:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]


def sign_in_again() -> tuple[str, int]:
    """Ask the person to sign in and keep what the form held."""
    fields = [(f"{KEPT}{name}", value) for name, value in typed()]
    return render_template("office/account/sign_in.html", to=request.path, fields=fields, expired=True), 401


def send_again(
    path: str, fields: list[tuple[str, str]], status: int, *, title: str = "", message: str = ""
) -> tuple[str, int]:
    """Show what was kept with one button that sends it to where it was meant for.

    title, message: why it was not taken; by default that the page had expired.
    """
    values = {"path": path, "fields": fields, "shown": _shown(fields), "title": title, "message": message}
    return render_template("office/account/resume.html", **values), status


def kept() -> list[tuple[str, str]]:
    """Return the fields that a sign-in carries along for the form it interrupted."""
    fields = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in fields if name.startswith(KEPT)]
