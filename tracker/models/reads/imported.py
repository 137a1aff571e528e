"""Files by which old registers came in."""

from sqlalchemy import Select, select

from tracker.models.imported import ImportedFile

NEWEST_FIRST = (ImportedFile.id.desc(),)


def imported_files(agency_id: int) -> Select[tuple[ImportedFile]]:
    """Return the agency's imports, as a query."""
    return select(ImportedFile).where(ImportedFile.agency_id == agency_id)
