"""The part of a form that shows what was read from a photograph or scan of the letter; nothing is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import render_template, request
from werkzeug.wrappers import Response

from tracker.domain.case.file import ENDINGS, IMAGES, PDF
from tracker.domain.contact.scan import ADDRESS, KINDS, PERSON, PHONE, SUBJECT
from tracker.domain.errors import DomainError, NotFoundError
from tracker.models.contact import Contact
from tracker.now import now
from tracker.reading.file.scan import ScanReading
from tracker.services.case.evidence import Upload
from tracker.services.contact import scan
from tracker.services.contact.scan import KeptScan
from tracker.web.guard import current_actor
from tracker.web.page import partial
from tracker.web.page.text import _, told

ACCEPTED = ",".join(ending for mime in (*IMAGES, PDF) for ending in ENDINGS[mime])


@dataclass(frozen=True, slots=True)
class ScanPanel:
    """What stands beside the form. fields: of the form by kind of suggestion, each with what it is called.

    kept: files of the contact that can be read too.
    """

    action: str
    fields: dict[str, list[tuple[str, str]]]
    kept: Sequence[KeptScan] = ()
    accept: str = ACCEPTED
    reading: ScanReading | None = None
    error: str = ""

    @property
    def kinds(self) -> Mapping[str, str]:
        """Return what each kind of suggestion is called."""
        return KINDS


def for_new(action: str) -> ScanPanel | None:
    """Return the panel beside the form that logs a letter; None where letters cannot be read here."""
    fields = {
        PERSON: [("person", _("来信（访、电）人"))],
        PHONE: [("phone", _("联系电话"))],
        ADDRESS: [("address", _("联系地址"))],
        SUBJECT: [("summary", _("反映内容摘要")), ("subject", _("申请内容"))],
    }
    return ScanPanel(action, fields) if scan.is_on() else None


def for_request(action: str, contact: Contact) -> ScanPanel | None:
    """Return the panel beside the form that makes a request of a letter; None where none can be read."""
    if not scan.is_on():
        return None
    fields = {
        PERSON: [("name", _("申请人姓名或者名称"))],
        PHONE: [("phone", _("联系电话"))],
        ADDRESS: [("address", _("联系地址"))],
        SUBJECT: [("subject", _("申请内容"))],
    }
    return ScanPanel(action, fields, scan.kept_of(contact))


def answered(
    panel: ScanPanel | None, render: Callable[[ScanPanel], str], contact: Contact | None = None
) -> Response | tuple[str, int]:
    """Read what was sent and answer with the page, or with the panel's part alone where a script asks.

    Raises NotFoundError where letters cannot be read here.
    """
    if panel is None:
        raise NotFoundError("本系统没有安装识别扫描件的组件：请联系系统管理员。")
    try:
        seen, status = replace(panel, reading=_read(contact)), 200
    except DomainError as error:
        seen, status = replace(panel, error=told(error)), 422
    if partial.is_asked():
        part = render_template("contact/scan/_reading.html", scan=seen)
        return partial.answer(part, status)
    return render(seen), status


def _read(contact: Contact | None) -> ScanReading:
    sent, kept = request.files.get("scan"), request.form.get("kept", "")
    if contact is not None and kept and not (sent and sent.filename):
        return scan.read_kept(contact, kept, actor=current_actor(), now=now())
    content = b""
    if sent:
        with sent.stream:  # a large one lies in a temporary file
            content = sent.stream.read()
    upload = Upload((sent.filename if sent else "") or "", content)
    return scan.read(upload, contact=contact, actor=current_actor(), now=now())
