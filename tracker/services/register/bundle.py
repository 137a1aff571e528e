"""The evidence bundle of a reconsideration or suit: every paper that its request holds, listed and numbered.

It is made of the ledger, the letters as they were frozen and the evidence that was kept. It names the
applicant, so that making it is logged as a look at personal data is.
"""

import hashlib
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.permission import ACTION_LABELS, Action
from tracker.domain.register.exhibit import Exhibit
from tracker.domain.register.remedy import KINDS
from tracker.models.base import transaction
from tracker.models.case import Case
from tracker.models.remedy import RemedyCase
from tracker.reading import isolated
from tracker.reading.isolated import Limits
from tracker.rendering import pdf
from tracker.rendering.bundle import page, sheet
from tracker.rendering.bundle.sheet import Sheets
from tracker.services.office import agency, audit
from tracker.services.office.actor import Actor
from tracker.services.register import paper
from tracker.services.register.paper import Details

LIMITS = Limits(memory=1024, seconds=180, size=200, answer=200)
TITLE = "证据目录"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The papers of a case with what was made of them: the list of evidence, and all papers as one PDF."""

    exhibits: list[Exhibit]
    catalogue: bytes
    sheets: Sheets

    @property
    def lost(self) -> list[str]:
        """The names of the papers whose file is gone or was changed."""
        return [one.name for one in self.exhibits if one.content is None]


def case_of(row: RemedyCase, actor: Actor) -> Case:
    """Return the request that a reconsideration or suit is about, where the actor may see it.

    Raises InvalidDetailError where none is named, NotFoundError, NotPermittedError.
    """
    if row.agency_id != actor.agency_id:
        raise NotFoundError("没有这条记录。")
    if row.case is None:
        raise InvalidDetailError("没有关联本机关的申请：请在这条记录中填写关联受理编号，才能汇集证据。")
    if not actor.reaches(row.agency_id, row.case.unit_id):
        raise NotPermittedError(ACTION_LABELS[Action.READ])
    return row.case


def make(
    row: RemedyCase,
    details: Details,
    *,
    actor: Actor,
    today: date,
    now: datetime,
    chosen: Collection[str] | None = None,
) -> Bundle:
    """Make the bundle; who made it, and of what, is logged.

    chosen: the keys of the papers that go in; None for those that go in unless somebody says otherwise.

    Raises InvalidDetailError, NotPermittedError, PdfNotInstalledError, UnreadableFileError.
    """
    case = case_of(row, actor)
    held = paper.held(case, details)
    papers = [one for one in held if (one.is_chosen if chosen is None else one.key in chosen)]
    if not papers:
        raise InvalidDetailError("请选择至少一件材料；材料有变动的，请重新打开这一页。")
    printed = [paper.printed(one) for one in papers]
    sheets, refused = isolated.read(sheet.together, printed, limits=LIMITS), []
    if sheets.refused:  # what cannot be taken has a page that says so
        refused = sheets.refused
        for place in refused:
            printed[place] = "pdf", pdf.printed(page.stand_in(papers[place]))
        sheets = isolated.read(sheet.together, printed, limits=LIMITS)
    heads = [
        f"{KINDS[row.kind]}：{row.number or '（案号未填）'}　{row.organ}",
        f"申请受理编号：{case.number}",
        f"提交人：{agency.name_of(case.agency_id)}　制作日期：{today}",
    ]
    listed = page.catalogue(TITLE, heads, papers, sheets.pages, refused)
    with transaction():
        what: dict[str, Any] = {"number": case.number, "rows": len(papers)}
        target = row.number or row.organ
        audit.note("bundle_made", actor=actor.name, now=now, target=target, agency_id=row.agency_id, **what)
    return Bundle(papers, pdf.printed(listed), sheets)


def whole(bundle: Bundle) -> bytes:
    """Return the list of evidence and all papers as one PDF: the papers' pages have their numbers."""
    return isolated.read(sheet.joined, bundle.catalogue, bundle.sheets.pdf, limits=LIMITS)


def archive(bundle: Bundle) -> bytes:
    """Return the list, the papers as one PDF, each paper's original, and their hashes, as a ZIP."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        files = {f"{TITLE}.pdf": bundle.catalogue, "证据.pdf": bundle.sheets.pdf, **dict(_originals(bundle))}
        hashes = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
        for name, content in files.items():
            packed.writestr(name, content)
        packed.writestr("SHA256SUMS.txt", "".join(hashes))
    return out.getvalue()


def _originals(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    for place, one in enumerate(bundle.exhibits, start=1):
        if (content := one.content) is not None:
            yield f"原件/{place:02} {paper.file_name(one.name)}.{one.ending}", content
