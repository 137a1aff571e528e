"""The mails that came into the mailbox: what they were taken for, and what a person says they are."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.domain.case import withdrawal
from tracker.domain.contact.incoming import KINDS
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.reads.incoming import INCOMING_ORDER, incoming_mails
from tracker.now import now
from tracker.services.case.withdrawal import Withdrawal
from tracker.services.contact import incoming, mail_withdrawal
from tracker.services.contact.incoming import EML
from tracker.services.mail import received
from tracker.services.office import setting
from tracker.web.guard import current_actor, requires
from tracker.web.page import download, paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("contact_mail", __name__, url_prefix="/mails")
UNLOOKED = "unlooked"


@bp.get("")
@requires(Action.REGISTER)
def index() -> str:
    kind, only = paging.one_of("kind", KINDS), paging.one_of("only", (UNLOOKED,))
    actor = current_actor()
    query = incoming_mails(
        actor.agency_id, actor.unit_scope, actor.user_id, kind=kind, unlooked=only == UNLOOKED
    )
    return render_template(
        "contact/incoming/index.html",
        page=paging.page_of(query, INCOMING_ORDER),
        address=paging.address,
        kinds=KINDS,
        kind=kind,
        only=only,
        is_on=setting.in_force().imap.on == "on",
    )


@bp.get("/<int:mail_id>")
@requires(Action.READ)
def show(mail_id: int) -> str:
    return page(mail_id)


def page(mail_id: int, error: str = "", form: Form | None = None) -> str:
    """Render a mail with its words; the look is logged."""
    actor = current_actor()
    row = received.read(mail_id, actor=actor, now=now())
    may_go = bool(row.sha256 and row.contact and actor.may(Action.CORRECT))
    served = row.service if received.reaches_case(row, actor) else None
    return render_template(
        "contact/incoming/show.html",
        row=row,
        served=served,
        kinds=KINDS,
        error=error,
        form=form or Form(),
        may_go=may_go,
        bound=mail_withdrawal.bound(row) if may_go else "",
        files=mail_withdrawal.files_apart(row) if may_go else [],
        reasons={code: word(label) for code, label in withdrawal.REASONS.items()},
    )


@bp.post("/<int:mail_id>/look")
@requires(Action.REGISTER)
def look(mail_id: int) -> Response:
    received.look(mail_id, actor=current_actor(), now=now())
    flash(_("已记为看过。"))
    return redirect(url_for("contact_mail.index", only=UNLOOKED), code=303)


@bp.post("/<int:mail_id>/log")
@requires(Action.REGISTER)
def log(mail_id: int) -> Response | tuple[str, int]:
    try:
        row = incoming.log_as_letter(mail_id, actor=current_actor(), now=now())
    except DomainError as error:
        return page(mail_id, told(error)), 422
    flash(_("已登记为来件%(number)s，请甄别。", number=row.number))
    return redirect(url_for("contact.show", contact_id=row.id), code=303)


@bp.post("/<int:mail_id>/withdraw")
@requires(Action.CORRECT)
def withdraw(mail_id: int) -> Response | tuple[str, int]:
    """Withdraw the original of a mail, and name what was kept of it apart."""
    form = Form.of(request)
    try:
        why = form.choice("why", _("撤回的缘由"), withdrawal.REASONS)
        reason = form.text("reason", _("撤回的理由"), required=True, longest=withdrawal.LONGEST_REASON)
        form.check()
        typed = Withdrawal(why, reason, bool(form.value("masked")))
        gone = mail_withdrawal.withdraw(mail_id, typed, actor=current_actor(), now=now())
    except DomainError as refused:
        return page(mail_id, told(refused), form), 422
    if gone.is_destroyed:
        flash(_("邮件原件已撤回，内容已销毁。备份和邮箱里的邮件没有改动，请自行清除。"))
    else:
        flash(_("邮件原件已撤回。内容相同的文件在别处还有保存，内容没有销毁：该处也撤回以后才销毁。"))
    if gone.files:
        names = "、".join(each.name for each in gone.files)
        flash(_("随邮件收到的附件另存为文件，没有改动；需要撤回的请逐件撤回：%(names)s。", names=names))
    return redirect(url_for("contact_mail.show", mail_id=mail_id), code=303)


@bp.get("/<int:mail_id>/original.eml")
@requires(Action.READ)
def original(mail_id: int) -> Response:
    content = received.original(mail_id, actor=current_actor(), now=now())
    return download.kept(content, f"{mail_id}.eml", EML)
