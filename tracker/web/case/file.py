"""The files of a case or a contact: sent several at once, shown on the page, handed over."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from tracker.domain.case import file, withdrawal
from tracker.domain.case.file import NO_PREVIEW, PAGES, TEXT, TYPES
from tracker.domain.errors import DomainError, InvalidDetailError, NotFoundError
from tracker.domain.permission import Action
from tracker.models.case import Case
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.contact import Contact
from tracker.models.reads.case_file import files_of, withdrawn_of
from tracker.now import now
from tracker.services.case import file as case_file
from tracker.services.case import step
from tracker.services.case import withdrawal as withdrawals
from tracker.services.case.evidence import Upload
from tracker.services.contact import contact as contacts
from tracker.services.copy import upload_list
from tracker.services.office import office
from tracker.services.office.agency import require_name
from tracker.services.operations import backup
from tracker.web.guard import current_actor, requires
from tracker.web.page import download, partial
from tracker.web.page.form import Form
from tracker.web.page.text import _, told, word

bp = Blueprint("case_file", __name__, url_prefix="/<any(cases,contacts):of>/<int:of_id>/files")
Answer = Response | str | tuple[str, int]


def find(of: str, of_id: int) -> tuple[Case | Contact, list[Contact]]:
    """Return the case with the contacts that became it, or the contact; refuse what is not the actor's."""
    if of == "contacts":
        return contacts.find(of_id, current_actor()), []
    case = step.find(of_id, current_actor())
    return case, step.contacts_of(case)


def row_of(of: str, of_id: int, file_id: int) -> CaseFile:
    """Return a file of the case or contact. Raises NotFoundError, NotPermittedError."""
    return case_file.find(file_id, files_of(*find(of, of_id)))


def back(of: str, of_id: int) -> str:
    """Return the address of the case or contact."""
    return url_for("case.show", case_id=of_id) if of == "cases" else url_for("contact.show", contact_id=of_id)


@bp.get("")
@requires(Action.READ)
def index(of: str, of_id: int) -> str:
    return page(of, of_id, Form({"purpose": request.args.get("purpose", "")}))


@bp.post("")
@requires(Action.REGISTER)
def create(of: str, of_id: int) -> Answer:
    """Keep what may be kept, and say of each file what became of it."""
    form = Form.of(request)
    target, origins = find(of, of_id)
    try:
        purpose = form.choice("purpose", _("用途"), file.PURPOSES)
        note = form.text("note", _("说明"), longest=400)
        if not form.value("checked"):
            form.errors["checked"] = _("请先核对：带有国家秘密的文件不能上传。")
        form.check()
        details = {"note": note, "contacts": origins, "actor": current_actor(), "now": now()}
        results = case_file.keep(target, purpose, _uploads(), **details)  # type: ignore[arg-type]
    except DomainError as error:
        if partial.is_asked():
            wrong = [*form.errors.values()] or [told(error)]
            refused = [case_file.Result(sent.filename or "", why="".join(wrong)) for sent in _sent()]
            return _partial(of, of_id, refused, 422)
        return page(of, of_id, form, told(error)), 422
    status = 200 if all(result.row for result in results) else 422
    if partial.is_asked():
        return _partial(of, of_id, results, status)
    return page(of, of_id, Form({"purpose": purpose}), results=results), status


def _partial(of: str, of_id: int, results: list[case_file.Result], status: int) -> Response:
    """Answer a script with the results alone; marked, so that it takes no error page for one."""
    listed = render_template("case/file/_results.html", of=of, of_id=of_id, results=results)
    return partial.answer(listed, status)


def _sent() -> list[FileStorage]:
    return [sent for sent in request.files.getlist("file") if sent.filename]


def _uploads() -> list[Upload]:
    """Return the files that were sent; more than may be looked at are not read."""
    sent = _sent()
    if len(sent) > file.AT_ONCE:
        raise InvalidDetailError(
            "一次最多上传%(at_once)s个文件，这次有%(count)s个：请分几次上传。",
            at_once=file.AT_ONCE,
            count=len(sent),
        )
    uploads = []
    for each in sent:
        with each.stream:  # a large one lies in a temporary file
            uploads.append(Upload(each.filename or "", each.stream.read()))
    return uploads


def page(
    of: str, of_id: int, form: Form, error: str = "", results: list[case_file.Result] | None = None
) -> str:
    """Render the list with the form, and what became of the files that were sent last."""
    target, origins = find(of, of_id)
    return render_template(
        "case/file/index.html",
        target=target,
        of=of,
        of_id=of_id,
        back=back(of, of_id),
        form=form,
        error=error,
        results=results or [],
        files=files_of(target, origins),
        withdrawn=withdrawn_of(target, origins),
        reasons={code: word(label) for code, label in withdrawal.REASONS.items()},
        purposes={code: word(label) for code, label in file.PURPOSES.items()},
        accept=file.ACCEPTED,
        megabytes=office.settings().server.upload_megabytes,
        at_once=file.AT_ONCE,
    )


@bp.get("/<int:file_id>")
@requires(Action.READ)
def show(of: str, of_id: int, file_id: int) -> str:
    """Show a file on the page: a page of it as the program draws it, its text, or its facts alone."""
    return _shown(of, of_id, row_of(of, of_id, file_id), Form())


def _shown(of: str, of_id: int, row: CaseFile, form: Form, refused: str = "") -> str:
    kind, error, lines = TYPES[row.type], "", []
    target, _origins = find(of, of_id)
    try:
        content = case_file.read(row, "view", actor=current_actor(), now=now())
        lines = case_file.lines(row, content) if kind.preview == TEXT else []
    except DomainError as problem:
        error = told(problem)
    number = min(max(request.args.get("page", 1, type=int), 1), max(row.pages, 1))
    return render_template(
        "case/file/show.html",
        of=of,
        of_id=of_id,
        row=row,
        number=number,
        lines=lines,
        error=error,
        form=form,
        refused=refused,
        reasons={code: word(label) for code, label in withdrawal.REASONS.items()},
        bound=withdrawals.bound(row, target if isinstance(target, Case) else target.case),
        has_pages=kind.preview == PAGES and not error,
        has_none=kind.preview == NO_PREVIEW,
    )


@bp.post("/<int:file_id>/withdraw")
@requires(Action.CORRECT)
def withdraw(of: str, of_id: int, file_id: int) -> Answer:
    """Withdraw a file: its content is destroyed, and what still holds it is said."""
    form, (target, origins) = Form.of(request), find(of, of_id)
    row = case_file.find(file_id, files_of(target, origins))
    try:
        why = form.choice("why", _("撤回的缘由"), withdrawal.REASONS)
        reason = form.text("reason", _("撤回的理由"), required=True, longest=withdrawal.LONGEST_REASON)
        form.check()
        typed = withdrawals.Withdrawal(why, reason, bool(form.value("masked")))
        name = row.name
        gone = withdrawals.withdraw(row, target, typed, actor=current_actor(), now=now())
    except DomainError as refused:
        return _shown(of, of_id, row, form, told(refused)), 422
    flash(_told(gone))
    case = target if isinstance(target, Case) else target.case
    if typed.is_masked and (named := withdrawals.letters_with(withdrawal.stem(name), case)):
        titles = "、".join(f"{one.title}（{one.number}）" if one.number else one.title for one in named)
        flash(_("文件名已销毁，但以下文书中写有它，请作废后重新制作：%(titles)s。", titles=titles))
    if mail := withdrawals.mail_of(row):
        flash(
            _(
                "来件是随邮件收到的：邮件原件（第%(id)s封）没有改动，其中可能仍有它。"
                "属于国家秘密、误传的，请打开该邮件，把原件也撤回。",
                id=mail.id,
            )
        )
    return redirect(url_for("case_file.index", of=of, of_id=of_id), code=303)


def _told(gone: WithdrawnFile) -> str:
    """Return what became of the content, and where it still is."""
    if not withdrawals.is_destroyed(gone):
        return _("文件已撤回。内容相同的文件在别处还有保存，内容没有销毁：该处也撤回以后才销毁。")
    names = [copy.path.name for copy in backup.kept() if copy.made_at >= gone.file.kept_at]
    if not names:
        return _("文件已撤回，内容已销毁。程序所知的备份中没有它；另存在别处的备份请自行核对。")
    return _(
        "文件已撤回，内容已销毁。以下备份（含旁边的 %(folder)s 文件夹）仍有它：%(names)s。"
        "属于国家秘密的，请按保密规定清除这些备份，并立即另做一份备份。",
        folder=upload_list.FOLDER,
        names="、".join(names),
    )


@bp.get("/<int:file_id>/pages/<int:number>.png")
@requires(Action.READ)
def preview(of: str, of_id: int, file_id: int, number: int) -> Response:
    """Show a page as the program drew it; the look is logged."""
    row = row_of(of, of_id, file_id)
    if TYPES[row.type].preview != PAGES:
        raise NotFoundError("没有这一页。")
    drawn = case_file.page(row, number, actor=current_actor(), now=now())
    return send_file(BytesIO(drawn), mimetype=file.PNG)


@bp.get("/<int:file_id>/original")
@requires(Action.READ)
def original(of: str, of_id: int, file_id: int) -> Response:
    """Hand a file over as it was kept; the look is logged. What is ours needs the office's name."""
    row = row_of(of, of_id, file_id)
    if row.purpose in file.OURS:
        require_name(row.agency_id)
    content = case_file.read(row, "download", actor=current_actor(), now=now())
    return download.kept(content, row.name, row.type)
