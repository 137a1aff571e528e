"""Every table of the program, imported once so that the metadata is whole."""

from functools import cache

from sqlalchemy import JSON, MetaData, Table, text
from sqlalchemy.types import TypeDecorator

from tracker.models.agency import Agency, ChainHead, Counter, Unit
from tracker.models.applicant import Applicant
from tracker.models.archiving import Archiving
from tracker.models.base import Base, db, transaction
from tracker.models.calendar import CalendarDay, CalendarNotice, OfficeFact
from tracker.models.case import Case, CaseEvent
from tracker.models.case_file import CaseFile, WithdrawnFile
from tracker.models.case_follow import CaseFollow
from tracker.models.case_note import InternalNote
from tracker.models.case_text import CaseText
from tracker.models.contact import Contact, ContactAct, PendingRequest
from tracker.models.delegation import DelegationEnd, DelegationRow
from tracker.models.duty import OpenDuty
from tracker.models.evidence import Evidence
from tracker.models.follow_up import (
    Complaint,
    Conversion,
    GuideUpdate,
    PersonalAnswer,
    PersonalRequest,
    RecordCorrection,
    RefusalReview,
)
from tracker.models.imported import ImportedFile, ImportedRow
from tracker.models.incoming import IncomingMail
from tracker.models.job import JobRun, JobTrouble, OverdueFlag, ReportDraft
from tracker.models.journal import JournalEntry, JournalForm, JournalHead
from tracker.models.letter import Letter, LetterTemplate, SkippedNumber, VoidedLetter
from tracker.models.list_choice import ListChoice
from tracker.models.normative import DecisionCount, NormativeDocument
from tracker.models.outbox import Message
from tracker.models.payment import Payment
from tracker.models.posted_form import PostedForm
from tracker.models.practice import PracticeRow
from tracker.models.publication import Medium, Publication, PublicationMedium
from tracker.models.redaction import Redaction, RedactionDraft
from tracker.models.register import RegisterAct, StagedFile
from tracker.models.remedy import Reanswer, RemedyCase, RemedyStep
from tracker.models.report import EditionCase, ReceivedReport, ReportEdition, ReportOffice, ReportText
from tracker.models.service import LetterService, ServiceResult
from tracker.models.service_agreement import ServiceAgreement
from tracker.models.setting import SettingRow
from tracker.models.sign_in import FormerPassword, SignInLimit, UserSession
from tracker.models.sign_off import SignOff, SignOffOpinion
from tracker.models.step_ask import AskEnd, StepAsk
from tracker.models.supervision import Accountability, Assessment, Training
from tracker.models.tally import Tally
from tracker.models.upload import UploadedFile
from tracker.models.user import AuditEntry, FormerName, User, UserRole

ALL = (
    Complaint,
    Conversion,
    GuideUpdate,
    RecordCorrection,
    RefusalReview,
    Accountability,
    Agency,
    Applicant,
    Archiving,
    AskEnd,
    Assessment,
    AuditEntry,
    RegisterAct,
    CalendarDay,
    CalendarNotice,
    Case,
    CaseEvent,
    CaseFile,
    CaseFollow,
    CaseText,
    InternalNote,
    ChainHead,
    Contact,
    ContactAct,
    Counter,
    DecisionCount,
    DelegationEnd,
    DelegationRow,
    Evidence,
    FormerName,
    ImportedFile,
    ImportedRow,
    IncomingMail,
    JobRun,
    JobTrouble,
    JournalEntry,
    JournalForm,
    JournalHead,
    EditionCase,
    FormerPassword,
    Letter,
    LetterService,
    LetterTemplate,
    ListChoice,
    Medium,
    Message,
    NormativeDocument,
    OfficeFact,
    OpenDuty,
    OverdueFlag,
    Payment,
    PendingRequest,
    PersonalAnswer,
    PersonalRequest,
    PostedForm,
    PracticeRow,
    Publication,
    PublicationMedium,
    Reanswer,
    ReceivedReport,
    Redaction,
    RedactionDraft,
    RemedyCase,
    RemedyStep,
    ReportDraft,
    ReportEdition,
    ReportOffice,
    ReportText,
    ServiceAgreement,
    ServiceResult,
    SettingRow,
    SignInLimit,
    SignOff,
    SignOffOpinion,
    SkippedNumber,
    StagedFile,
    StepAsk,
    Tally,
    Training,
    Unit,
    UploadedFile,
    User,
    UserRole,
    UserSession,
    VoidedLetter,
    WithdrawnFile,
)


@cache
def stored() -> tuple[Table, ...]:
    """Return every table with the types that are stored, parents before children."""
    plain = MetaData()
    for table in Base.metadata.sorted_tables:
        for column in table.to_metadata(plain).columns:
            if isinstance(column.type, TypeDecorator):
                column.type = column.type.impl_instance
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return tuple(plain.sorted_tables)


@cache
def stored_by_name() -> dict[str, Table]:
    """Return the stored tables by their names."""
    return {table.name: table for table in stored()}


def count_anew() -> None:
    """Let the database count its tables, one at a time: by what it knows of them it chooses among indexes.

    PostgreSQL does so by itself where it may; SQLite is never told of it otherwise.
    """
    for table in stored():
        with transaction():
            db.session.execute(text(f"ANALYZE {table.name}"))
