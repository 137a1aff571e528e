"""What registers say of many cases together: the list of requests that leaves the program names it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload, noload

from tracker.domain.exchange.request_cell import Beside, Signed
from tracker.domain.register.archive import ARCHIVED
from tracker.models.archiving import Archiving
from tracker.models.base import db
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.contact import Contact
from tracker.models.evidence import Evidence
from tracker.models.follow_up import Conversion
from tracker.models.letter import Letter
from tracker.models.reads.base import among
from tracker.models.remedy import RemedyCase
from tracker.models.service import LetterService, ServiceResult
from tracker.models.sign_off import SignOff, SignOffOpinion

NOTE, ASSISTANCE = "note", "assistance"


def of(case_ids: Sequence[int]) -> dict[int, Beside]:
    """Return by case what stands beside its ledger; withdrawn rows are left out."""
    remedies = select(RemedyCase).where(RemedyCase.withdrawn_at.is_(None))
    conversions = select(Conversion).where(Conversion.withdrawn_at.is_(None))
    archived = select(Archiving).where(Archiving.act == ARCHIVED).options(noload(Archiving.case))
    opinions = select(SignOffOpinion, SignOff.case_id, SignOff.kind).join(
        SignOff, SignOff.id == SignOffOpinion.sign_off_id
    )
    signed: dict[int, list[Signed]] = defaultdict(list)
    for row, case_id, kind in db.session.execute(
        opinions.where(SignOff.case_id.in_(case_ids)).order_by(SignOffOpinion.id)
    ).tuples():
        signed[case_id].append(Signed(kind, row))
    noted = select(Evidence).where(Evidence.kind == NOTE)
    asked = select(Letter).where(Letter.kind == ASSISTANCE, ~Letter.voided.has())
    asked, came = asked.options(lazyload("*")), select(Contact).options(lazyload("*"))
    served = select(LetterService).options(joinedload(LetterService.letter).lazyload("*"))
    queries = (remedies, conversions, archived, noted, asked, served, came)
    tables = [_by_case(query, case_ids) for query in queries]
    return {
        case_id: Beside(
            remedies=tables[0][case_id],
            conversions=tables[1][case_id],
            archivings=tables[2][case_id],
            opinions=signed[case_id],
            notes=[row.note for row in tables[3][case_id]],
            assistance=tables[4][case_id],
            services=tables[5][case_id],
            contacts=tables[6][case_id],
        )
        for case_id in case_ids
    }


def files_of_contacts(contact_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return by letter, visit or call the files that came with it; of one withdrawn its new name."""
    withdrawn = WithdrawnFile.file_id == CaseFile.id
    kept = select(CaseFile.contact_id, func.coalesce(WithdrawnFile.name, CaseFile.name))
    kept = kept.outerjoin(WithdrawnFile, withdrawn).where(CaseFile.contact_id.in_(contact_ids))
    shown = select(Evidence.contact_id, Evidence.file_name).where(
        Evidence.contact_id.in_(contact_ids), Evidence.file_name.is_not(None)
    )
    names: dict[int, list[str]] = defaultdict(list)
    for query in (kept.order_by(CaseFile.id), shown.order_by(Evidence.id)):
        for contact_id, name in db.session.execute(query).tuples():
            names[contact_id].append(name)
    return names


def files_of_cases(case_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield case and name of each file of cases, and of what proves a receipt or a service.

    Of a withdrawn file it is its new name. What came with a letter before there was a case is the letter's.
    """
    sent, withdrawn = LetterService, WithdrawnFile.file_id == CaseFile.id
    kept = select(CaseFile.case_id, func.coalesce(WithdrawnFile.name, CaseFile.name))
    results = select(sent.case_id, ServiceResult.file_name).join(sent, sent.id == ServiceResult.service_id)
    for query, of_case, name in (
        (kept.outerjoin(WithdrawnFile, withdrawn), CaseFile.case_id, CaseFile.name),
        (select(Evidence.case_id, Evidence.file_name), Evidence.case_id, Evidence.file_name),
        (
            select(LetterService.case_id, LetterService.file_name),
            LetterService.case_id,
            LetterService.file_name,
        ),
        (results, sent.case_id, ServiceResult.file_name),
    ):
        named = query.where(among(of_case, case_ids), name.is_not(None))
        yield from db.session.execute(named).tuples()


def _by_case(query: Any, case_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Return the rows of a query by the case that they name, in the order in which they came."""
    model = query.column_descriptions[0]["entity"]
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.scalars(query.where(model.case_id.in_(case_ids)).order_by(model.id)):
        rows[row.case_id].append(row)
    return rows
