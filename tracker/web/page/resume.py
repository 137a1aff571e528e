"""Nothing typed is lost: a form whose session or token expired is kept and sent again.

What was typed travels in hidden fields of the page, never on the server. Only a form of our own
pages is kept (same origin); a password never is.
"""

import re
from urllib.parse import urlsplit

from flask import render_template, request

from tracker.domain.case import applicant, channel, id_document, representative, wish
from tracker.domain.contact import contact
from tracker.web.page.text import _, word

KEPT = "kept-"
FILE = "file-to-choose-again-"  # with the name of its field; its value is the name that the file had
NEVER = ("csrf_token", "password", "old", "new", "again")
WORDS_SHOWN = 200
FURTHER = re.compile(r"(further|rep)_(\d+)_(\w+)")
CODE = re.compile(r"[a-z_]+")
# What the page sends for itself.
COUNTED = ("token", "people", "reps", "version", "act", "case", "all", "shown", "entry")
CODES = {
    "form": contact.FORMS,
    "triage": contact.TRIAGE,
    "kind": {kind.value: label for kind, label in applicant.LABELS.items()},
    "id_kind": {str(kind): label for kind, label in id_document.LABELS.items()},
    "role": {str(role): label for role, label in representative.ROLES.items()},
    "scope": representative.SCOPES,
    "form_wanted": wish.FORMS,
    "way_wanted": wish.WAYS,
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
        "id_kind": _("证件种类"),
        "id_number": _("身份证件号码"),
        "id_kept": _("号码不符仍保留的理由"),
        "role": _("代理身份"),
        "scope": _("授权范围"),
        "from_on": _("委托期限起始"),
        "to_on": _("委托期限截止"),
        "form_wanted": _("所需形式"),
        "way_wanted": _("获取方式"),
        "purpose": _("用途"),
        "help": _("需要的无障碍帮助"),
        "filled_by": _("代为填写人"),
        "read_back_on": _("读给申请人确认的日期"),
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
        "note": _("说明"),
        "body": _("备注"),
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
        plain = further.group(3) if further else name
        lead = _lead(*further.group(1, 2)) if further else ""
        text = word(CODES.get(plain, {}).get(value))
        is_tick = value == "1" and plain not in labels
        if text or not (CODE.fullmatch(value) or is_tick):
            pairs.append((lead + labels.get(plain, ""), text or value[:WORDS_SHOWN]))
    return pairs


def _lead(who: str, place: str) -> str:
    """Return what the words of a line's field begin with."""
    one = (
        _("第%(place)s申请人", place=place)
        if who == "further"
        else _("第%(place)s位代理人、监护人", place=place)
    )
    return f"{one} · "


def typed() -> list[tuple[str, str]]:
    """Return what the request's form holds; nothing where another site sent it."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(sender).netloc != request.host:
        return []
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]
    chosen = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return fields + [(f"{FILE}{name}", str(value)) for name, value in chosen]


def _files(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names of the files that were chosen in each field: no page can choose them again."""
    chosen: dict[str, list[str]] = {}
    for name, value in fields:
        if name.startswith(FILE):
            chosen.setdefault(name.removeprefix(FILE), []).append(value)
    return chosen


def sign_in_again() -> tuple[str, int]:
    """Ask the person to sign in and keep what the form held."""
    held = typed()
    fields = [(f"{KEPT}{name}", value) for name, value in held]
    told = {"expired": True, "files": _files(held)}
    return render_template("office/account/sign_in.html", to=request.path, fields=fields, **told), 401


def send_again(
    path: str, fields: list[tuple[str, str]], status: int, *, title: str = "", message: str = ""
) -> tuple[str, int]:
    """Show what was kept with one button that sends it to where it was meant for.

    title, message: why it was not taken; by default that the page had expired.
    """
    files = _files(fields)
    typed_fields = [(name, value) for name, value in fields if not name.startswith(FILE)]
    values = {"path": path, "fields": typed_fields, "shown": _shown(typed_fields), "files": files}
    values |= {"title": title, "message": message}
    return render_template("office/account/resume.html", **values), status


def kept() -> list[tuple[str, str]]:
    """Return the fields that a sign-in carries along for the form it interrupted."""
    fields = request.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in fields if name.startswith(KEPT)]
