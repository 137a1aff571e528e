"""The mails that came into the mailbox: what they were taken for, and what a person says they are."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tracker.domain.contact.incoming import KINDS
from tracker.domain.errors import DomainError
from tracker.domain.permission import Action
from tracker.models.reads.incoming import INCOMING_ORDER, incoming_mails
from tracker.now import now
from tracker.services.contact import incoming
from tracker.services.contact.incoming import EML
from tracker.services.mail import received
from tracker.services.office import setting
from tracker.web.guard import current_actor, requires
from tracker.web.page import download, paging
from tracker.web.page.text import _, told

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


def page(mail_id: int, error: str = "") -> str:
    """Render a mail with its words; the look is logged."""
    actor = current_actor()
    row = received.read(mail_id, actor=actor, now=now())
    served = row.service if received.reaches_case(row, actor) else None
    return render_template("contact/incoming/show.html", row=row, served=served, kinds=KINDS, error=error)


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


@bp.get("/<int:mail_id>/original.eml")
@requires(Action.READ)
def original(mail_id: int) -> Response:
    content = received.original(mail_id, actor=current_actor(), now=now())
    return download.kept(content, f"{mail_id}.eml", EML)
