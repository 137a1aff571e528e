"""What the office hands out about requests (服务指南、提示卡), made from its template and its facts."""

from dataclasses import dataclass
from datetime import date
from html import escape

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter import leaflet
from tracker.domain.letter.fact import Lack
from tracker.domain.letter.index import TEMPLATED
from tracker.domain.letter.kind import Addressee, LetterKind
from tracker.domain.letter.leaflet import QR_PLACE
from tracker.domain.message import Phrase, joined
from tracker.models.agency import DEFAULT, Agency
from tracker.models.base import db
from tracker.reading import isolated
from tracker.rendering import pdf
from tracker.rendering.letter import page, qr
from tracker.services.letter import template
from tracker.services.letter.sender import sender
from tracker.services.office import office


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A leaflet as it would be handed out.

    address: of its QR code; empty where the office set none. preview: its text, the code a mark.
    """

    kind: LetterKind
    lacks: list[Lack]
    address: str
    file: bytes
    preview: str

    @property
    def pdf(self) -> bytes:
        """The leaflet as it is printed, with its code. Raises PdfNotInstalledError."""
        shown = self.preview
        if self.address:
            shown = shown.replace(escape(QR_PLACE), qr.image(self.address))
        return pdf.printed(page.standing(shown, self.kind.label, page.LEAFLET))


def kind_of(key: str) -> LetterKind:
    """Return the kind of a leaflet. Raises NotFoundError."""
    kind = TEMPLATED.get(key)
    if kind is None or kind.to is not Addressee.PUBLIC:
        raise NotFoundError("没有这种材料。")
    return kind


def address_of(agency_id: int, today: date) -> str:
    """Return where requests are made online; what belongs to the deployment is never another agency's."""
    rows = office.practice_of(agency_id).rows_on(today)
    row = rows.get("online_application")
    is_ours = db.session.get_one(Agency, agency_id).code == DEFAULT
    return str(row.value) if row is not None and (is_ours or row.own) else ""


def made(agency_id: int, key: str, *, today: date) -> Leaflet:
    """Return the leaflet of today, with what it still lacks. Raises NotFoundError, UnreadableFileError."""
    kind, by = kind_of(key), sender(agency_id, today, today=today)
    address = address_of(agency_id, today)
    facts = leaflet.values(kind, by, address, today, office.rules(today).online_receipt)
    chosen = template.current(agency_id, kind)
    filled = chosen.filled(facts)
    shown = isolated.read(page.fragment, filled) if chosen.version else page.fragment(filled)
    if address:
        picture = qr.png(address)
        filled = isolated.read(qr.put, filled, picture) if chosen.version else qr.put(filled, picture)
    return Leaflet(kind, list(leaflet.lacking(facts, by)), address, filled, shown)


def whole(agency_id: int, key: str, *, today: date) -> Leaflet:
    """Return a leaflet that lacks nothing. Raises InvalidDetailError naming what it lacks, NotFoundError."""
    leaflet_made = made(agency_id, key, today=today)
    if leaflet_made.lacks:
        what = joined(
            (Phrase("%(label)s（%(law)s）", label=lack.label, law=lack.law) for lack in leaflet_made.lacks),
            "；",
        )
        raise InvalidDetailError("还不能制作，缺少：%(what)s。", what=what)
    return leaflet_made
