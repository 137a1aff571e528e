"""Every table of the program, imported once so that the metadata is whole."""

from tracker.models.agency import Agency, ChainHead, Counter, Unit
from tracker.models.applicant import Applicant
from tracker.models.book import BookAct, StagedFile
from tracker.models.calendar import CalendarDay, CalendarNotice, OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.contact import Contact, ContactAct, PendingRequest
from tracker.models.duty import OpenDuty
from tracker.models.evidence import Evidence
from tracker.models.job import JobRun, JobTrouble, OverdueFlag, ReportDraft
from tracker.models.normative import DecisionCount, NormativeDocument
from tracker.models.outbox import Message
from tracker.models.publication import Medium, Publication, PublicationMedium
from tracker.models.remedy import RemedyCase
from tracker.models.report import EditionCase, ReceivedReport, ReportEdition, ReportOffice, ReportText
from tracker.models.supervision import Accountability, Assessment, Training
from tracker.models.user import AuditEntry, FormerName, User, UserRole

ALL = (
    Accountability,
    Agency,
    Applicant,
    Assessment,
    AuditEntry,
    BookAct,
    CalendarDay,
    CalendarNotice,
    Case,
    CaseEvent,
    ChainHead,
    Contact,
    ContactAct,
    Counter,
    DecisionCount,
    Evidence,
    FormerName,
    JobRun,
    JobTrouble,
    EditionCase,
    Medium,
    Message,
    NormativeDocument,
    OfficeFact,
    OpenDuty,
    OverdueFlag,
    PendingRequest,
    Publication,
    PublicationMedium,
    ReceivedReport,
    RemedyCase,
    ReportDraft,
    ReportEdition,
    ReportOffice,
    ReportText,
    StagedFile,
    Training,
    Unit,
    User,
    UserRole,
)
