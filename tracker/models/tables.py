"""Every table of the program, imported once so that the metadata is whole."""

from tracker.models.agency import Agency, ChainHead, Counter, Unit
from tracker.models.applicant import Applicant
from tracker.models.calendar import CalendarDay, CalendarNotice, OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.contact import Contact, ContactAct
from tracker.models.user import AuditEntry, User, UserRole

ALL = (
    Agency,
    Applicant,
    AuditEntry,
    CalendarDay,
    CalendarNotice,
    Case,
    CaseEvent,
    ChainHead,
    Contact,
    ContactAct,
    Counter,
    OfficeFact,
    Unit,
    User,
    UserRole,
)
