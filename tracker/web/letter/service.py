"""The service of letters (送达): how each was served, what came of it, and which still are to be."""

import re
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.case import basis
from tracker.domain.case.evidence import TAKEN
from tracker.domain.case.file import PDF
from tracker.domain.case.finding import Objection
from tracker.domain.errors import DomainError, GuardError
from tracker.domain.letter import index
from tracker.domain.letter import service as letter_service
from tracker.domain.letter.kind import Addressee
from tracker.domain.letter.service import Attempt
from tracker.domain.permission import Action
from tracker.models.letter import Letter
from tracker.models.outbox import STATUS
from tracker.models.reads.agreement import agreed
from tracker.models.reads.service import of_letters, services_of, to_serve
from tracker.now import now, today
from tracker.services.case.evidence import Upload
from tracker.services.letter import electronic, receiver, served, service, service_result
from tracker.services.letter import letter as letters
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.mail import mailbox
from tracker.services.office import office, setting
from tracker.services.office.agency import require_name
from tracker.web.case import step_field
from tracker.web.guard import current_actor, outward, requires, unit_scope
from tracker.web.page import paging
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("letter_service", __name__)
Answer = Response | str | tuple[str, int]
FILE_ID = re.compile(r"[0-9]{1,18}")
OF_LETTER = "/cases/<int:case_id>/letters/<int:letter_id>/services"


@bp.get("/letters-to-serve")
@requires(Action.READ)
def waiting() -> str:
    """List the letters that are still to be served, or to be served again, the oldest first."""
    agency_id = current_actor().agency_id
    page = paging.page_of(to_serve(agency_id, unit_scope()), (Letter.dated_on, Letter.id))
    services = of_letters(agency_id, [letter.id for letter in page.items])
    back = {key: letter_service.again_since([row.stands for row in rows]) for key, rows in services.items()}
    left = {key for key, rows in services.items() if any(row.stands.left_on for row in rows)}
    return render_template(
        "letter/service/waiting.html", page=page, address=paging.address, back=back, left=left
    )


@bp.get("/letters/<int:letter_id>")
@requires(Action.READ)
def lead(letter_id: int) -> Response:
    """Lead from a reminder to the letter."""
    letter = letters.find(letter_id, current_actor())
    return redirect(url_for("letter_service.of_letter", case_id=letter.case_id, letter_id=letter.id))


@bp.get(OF_LETTER)
@requires(Action.READ)
def of_letter(case_id: int, letter_id: int) -> str:
    letter = service.find(letter_id, case_id, current_actor())
    start = {"way": letter.method, "handed_on": today().isoformat(), "upon": receiver.proposed(letter)}
    return page(letter, Form(start))


@bp.post(OF_LETTER)
@requires(Action.REGISTER)
def create(case_id: int, letter_id: int) -> Answer:
    actor, form = current_actor(), Form.of(request)
    letter = service.find(letter_id, case_id, actor)
    attempt, given = _attempt(form), _given(form)
    if form.value("act") == "preview":
        return _previewed(letter, form, attempt, given)
    try:
        by = Serving(actor=actor, today=today(), now=now(), version=form.version())
        form.check()
        service.record(letter_id, attempt, given, case_id=case_id, by=by)
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return page(service.find(letter_id, case_id, actor), form, message), 409
    except GuardError as error:
        letter = service.find(letter_id, case_id, actor)
        against = service.objections(letter, attempt, given, actor)
        return page(letter, form, told(error), objections=against), 422
    except DomainError as error:
        return page(service.find(letter_id, case_id, actor), form, told(error)), 422
    flash(_("已登记送达。"))
    return redirect(url_for("letter_service.of_letter", case_id=case_id, letter_id=letter_id), code=303)


@bp.post(f"{OF_LETTER}/mail")
@requires(Action.REGISTER)
@outward
def send(case_id: int, letter_id: int) -> Answer:
    """Serve a letter by mail: it leaves through the outbox."""
    actor, form = current_actor(), Form.of(request)
    given = _given(form)
    chosen = _chosen(form)
    try:
        by = Serving(actor=actor, today=today(), now=now(), version=form.version())
        form.check()
        electronic.send(letter_id, chosen, given, case_id=case_id, by=by)
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看最新的记录；您填写的内容还在。")
        return mail_page(service.find(letter_id, case_id, actor), form, chosen, message), 409
    except GuardError as error:
        letter = service.find(letter_id, case_id, actor)
        against = electronic.objections(letter, chosen, given, actor=actor, today=today())
        return mail_page(letter, form, chosen, told(error), against), 422
    except DomainError as error:
        return mail_page(service.find(letter_id, case_id, actor), form, chosen, told(error)), 422
    flash(_("已交发件箱，几分钟内发出；发出后，发件服务器的答复作为凭证保存。"))
    return redirect(url_for("letter_service.of_letter", case_id=case_id, letter_id=letter_id), code=303)


def _chosen(form: Form) -> list[int]:
    """Return the files that were ticked; what is none is on the form (``form.check``)."""
    typed = request.form.getlist("files")
    if not all(FILE_ID.fullmatch(each) for each in typed):
        form.errors["files"] = _("所选的文件不存在，没有发出：请重新选择。")
    return [int(each) for each in typed if FILE_ID.fullmatch(each)]


def mail_page(
    letter: Letter, form: Form, chosen: list[int], error: str, against: list[Objection] | None = None
) -> str:
    """Render the page with what was typed for the mail."""
    first = Form({"way": letter.method, "handed_on": today().isoformat()})
    return page(letter, first, error, mail_form=form, mail_chosen=chosen, mail_objections=against or [])


def _attempt(form: Form) -> Attempt:
    """Return the service that the form states; what is wrong is on the form (``form.check``)."""
    way = form.choice("way", _("送达方式"), letter_service.WAYS)
    is_post, is_delegated = way == letter_service.POST, way == "delegated"
    carrier = form.choice("carrier", _("邮政企业的业务"), letter_service.CARRIERS, required=False)
    tracking = "".join(form.text("tracking", _("邮件号"), longest=60).split()).upper()
    through = form.text("through", _("受委托的行政机关"), longest=200)
    return Attempt(
        way=way,
        handed_on=form.must_day("handed_on", _("交付、交邮、发出的日期")),
        received_on=form.day("received_on", _("签收、收到的日期")),
        signer=form.text("signer", _("签收人"), longest=100),
        carrier=carrier if is_post else "",
        tracking=tracking if is_post else "",
        on_delivery=is_post and bool(form.value("on_delivery")),
        through=through if is_delegated else "",
    )


def _given(form: Form) -> ServiceExtras:
    return ServiceExtras(
        place=form.text("place", _("送达地址"), longest=400),
        upon=form.value("upon"),
        parts=step_field.parts_of(form),
        reviewed={ask.key: _fact(ask, form) for ask in basis.OF_THE_FILE},
        override=form.text("override", _("仍要登记的理由"), longest=1000),
        upload=_upload(),
    )


def _fact(ask: basis.Ask, form: Form) -> str:
    if not ask.is_day:
        return form.text(ask.key, ask.label)
    day = form.day(ask.key, ask.label)
    return day.isoformat() if day else ""


def _upload() -> Upload | None:
    """Return the proof that was sent with the form; None where none was chosen."""
    sent = request.files.get("file")
    if not sent or not sent.filename:
        return None
    with sent.stream:
        return Upload(sent.filename, sent.stream.read())


def _previewed(letter: Letter, form: Form, attempt: Attempt, given: ServiceExtras) -> Answer:
    """Say what is against the service; nothing is kept."""
    try:
        form.check()
        letter_service.check(attempt, dated_on=letter.dated_on, today=today())
        against = service.objections(letter, attempt, given, current_actor())
    except DomainError as error:
        return page(letter, form, told(error))
    return page(letter, form, objections=against, counts_on=attempt.counts_on)


def page(
    letter: Letter, form: Form, error: str = "", *, objections: list[Objection] | None = None, **values: Any
) -> str:
    """Render the services of a letter, and the form of a further one with what was typed."""
    rows = services_of(letter.case).get(letter.id, [])
    agreement = agreed(letter.case)
    values = {
        "mail_form": Form({"upon": receiver.proposed(letter)}),
        "mail_chosen": [],
        "mail_objections": [],
        **values,
    }
    stand = [row.stands for row in rows]
    kind = index.BY_KEY[letter.kind]
    return render_template(
        "letter/service/of_letter.html",
        letter=letter,
        case=letter.case,
        rows=rows,
        served_on=letter_service.served_on(stand),
        back_on=letter_service.again_since(stand),
        told=service.told(letter),
        takes=service.takes(letter),
        review_asks=service.asks_review(letter),
        receivers=[(each.key, each.words) for each in receiver.receivers(letter)],
        not_offered=receiver.not_offered(letter),
        to_applicant=kind.to is Addressee.APPLICANT,
        is_answer=bool(kind.outcome),
        ways=letter_service,
        form=form,
        error=error,
        objections=objections or [],
        megabytes=office.settings().server.upload_megabytes,
        accept=",".join(TAKEN),
        agreement=agreement,
        mails={row.message: mailbox.of_key(row.message) for row in rows if row.message},
        mail_states=STATUS,
        attachable=electronic.attachable(letter),
        settings=setting.in_force(),
        **values,
    )


@bp.post(f"{OF_LETTER}/<int:service_id>/results")
@requires(Action.REGISTER)
def add_result(case_id: int, letter_id: int, service_id: int) -> Answer:
    form, actor = Form.of(request), current_actor()
    kind = form.choice("kind", _("结果"), letter_service.RESULTS)
    on = form.must_day("on", _("日期"))
    typed: dict[str, Any] = {"result_form": form, "result_of": service_id}
    common = {
        "note": form.text("note", _("说明"), longest=1000),
        "signer": form.text("signer", _("签收人"), longest=100),
        "override": form.text("override", _("仍要登记的理由"), longest=1000),
    }
    try:
        by = Serving(actor=actor, today=today(), now=now(), version=form.version())
        form.check()
        came, places = letter_service.LaterResult(kind, on), {"letter_id": letter_id, "case_id": case_id}
        service_result.add(service_id, came, upload=_upload(), by=by, **places, **common)  # type: ignore[arg-type]
    except StaleDataError:
        message = _("这个案件刚刚被他人办理过，请看最新的记录后再登记。")
        return page(service.find(letter_id, case_id, actor), Form(), message, **typed), 409
    except DomainError as error:
        message = "".join(form.errors.values()) or told(error)
        return page(service.find(letter_id, case_id, actor), Form(), message, **typed), 422
    rows = services_of(service.find(letter_id, case_id, actor).case)[letter_id]
    way = next(each.way for each in rows if each.id == service_id)
    flash(_("已登记：%(kind)s。", kind=_(letter_service.result_label(way, kind))))
    return redirect(url_for("letter_service.of_letter", case_id=case_id, letter_id=letter_id), code=303)


@bp.get("/cases/<int:case_id>/<any(services,results):proof_of>/<int:row_id>/proof")
@requires(Action.READ)
def proof(case_id: int, proof_of: str, row_id: int) -> Response:
    """Show a photograph; hand a scan over. The look is logged. A mail of ours needs the office's name."""
    common = {"case_id": case_id, "actor": current_actor(), "now": now()}
    name, kind, file = served.proof(row_id, of_result=proof_of == "results", **common)  # type: ignore[arg-type]
    if kind == electronic.EML:
        require_name(current_actor().agency_id)
    return send_file(
        BytesIO(file), mimetype=kind, download_name=name, as_attachment=kind in (PDF, electronic.EML)
    )
