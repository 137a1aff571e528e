"""The case file of a closed case (归档): what it lacks, archiving it, handing it over. Nothing is deleted.

Archiving is an act of its own and no step of the ledger: it changes neither the case nor any count. What
comes to the case afterwards puts it back among the files to be archived.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.sign_off import Stand
from tracker.domain.case.state import VOID
from tracker.domain.errors import InvalidDetailError, NotFoundError, StepNotAllowedError
from tracker.domain.letter.index import BY_KEY as KINDS_OF_LETTERS
from tracker.domain.message import Phrase, Statutory, joined, worded
from tracker.domain.packing import as_text
from tracker.domain.permission import Action
from tracker.domain.register import archive
from tracker.domain.register.archive import ARCHIVED, TRANSFERRED, Proposed
from tracker.domain.register.exhibit import Exhibit
from tracker.domain.register.remedy import KINDS
from tracker.models.archiving import Archiving
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.cipher import Unreadable
from tracker.models.letter import Letter
from tracker.models.reads import archiving as reads_archiving
from tracker.models.reads.base import among
from tracker.models.reads.letter import letters_of
from tracker.models.reads.remedy import reanswers_of, remedies_of
from tracker.models.reads.service import services_of
from tracker.models.reads.sign_off import rounds_of
from tracker.services.case import review, step
from tracker.services.letter import duty as letter_duty
from tracker.services.office import agency, audit, office
from tracker.services.office.actor import Actor
from tracker.services.register import dossier, paper

ON_PAPER = {way.value for way in archive.ON_PAPER}
NOT_ARCHIVED = worded("勾选的案卷中有一件没有归档，请重新打开列表。")
PERSONAL = ("name", *paper.PERSONAL, *paper.WISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToArchive:
    """What is typed of the act. despite: why it is archived although something is missing."""

    number: str
    on: date
    retention: str
    reason: str = ""
    despite: str = ""


@dataclass(frozen=True, slots=True)
class FileState:
    """Where the file of a case stands: the act in force, and what came after it."""

    act: Archiving | None
    changes: list[str]
    transferred: Archiving | None

    @property
    def is_done(self) -> bool:
        """Whether it is archived with everything that the case holds."""
        return self.act is not None and not self.changes


def state_of(case: Case) -> FileState:
    """Return where the file of a case stands."""
    acts = reads_archiving.archivings_of(case)
    done = [row for row in acts if row.act == ARCHIVED]
    gone = [row for row in acts if row.act == TRANSFERRED]
    changes = (
        [reads_archiving.CHANGES[code] for code in reads_archiving.changes_since(done[-1])] if done else []
    )
    return FileState(done[-1] if done else None, changes, gone[-1] if gone else None)


def check_closed(case: Case) -> None:
    """Raise StepNotAllowedError where a case has no file to be archived yet."""
    if case.state == VOID:
        raise StepNotAllowedError("本件已作废，不归档：记录保留在系统中。")
    if case.closed_on is None:
        raise StepNotAllowedError("本件尚未办结：办结以后才能归档。")


def proposed(case: Case, today: date) -> Proposed:
    """Return how long the file is to be kept, by the practice of the day."""
    rules = office.rules_of(case.agency_id, today)
    return archive.retention(rules, case.state, is_contested=bool(remedies_of(case)))


def lacking(case: Case, papers: Sequence[Exhibit], *, read: bool = True) -> list[str]:
    """Return what the file lacks, or what still runs, in words; nothing is left out silently.

    read: every file is read; else only whether it lies there is known: for a page that is looked at.
    """
    return [*_lost(case, papers, read=read), *_open_letters(case), *_open_rounds(case), *_open_remedies(case)]


def _lost(case: Case, papers: Sequence[Exhibit], *, read: bool) -> Iterator[str]:
    for one in papers:
        if not one.is_there or (read and one.content is None):
            yield Phrase("“%(name)s”的原件已丢失或者被改动", name=one.name)
    everybody = (*case.applicant.people, *case.applicant.representatives)
    if any(isinstance(getattr(who, key), Unreadable) for who in everybody for key in PERSONAL):
        yield Phrase("申请人、代理人的个人信息不能解密")
    if case.channel in ON_PAPER and not any(_is_application(one) for one in papers):
        yield Phrase("没有申请材料的扫描件、照片（案件文件“申请材料”或者收件证据）")
    if case.state in BY_CODE and not any(_answers(letter) for letter in letters_of(case)):
        yield Phrase("系统中没有本件答复的文书：纸质、以前制作的答复请作为案件文件上传，并在理由中写明")


def _answers(letter: Letter) -> bool:
    """Return whether a letter, that was not voided, gives the answer with which its request ended."""
    kind = KINDS_OF_LETTERS.get(letter.kind)
    return (
        letter.voided is None
        and letter.reanswer_id is None
        and kind is not None
        and kind.outcome == letter.case.state
    )


def _is_application(one: Exhibit) -> bool:
    return one.is_there and (
        one.name.startswith("申请材料：") or (one.kind == "receipt" and one.ending != paper.WRITTEN)
    )


def _open_letters(case: Case) -> Iterator[str]:
    services = services_of(case)
    for letter in reversed(letters_of(case)):
        rows = services.get(letter.id, [])
        title = Statutory(letter.title)
        named = (
            Phrase("%(title)s（%(number)s）", title=title, number=letter.number) if letter.number else title
        )
        if letter_duty.duties_of(letter, rows):
            yield Phrase("%(named)s尚未送达", named=named)
            continue
        standing = [row for row in rows if not row.stands.is_void]
        proofs = [row.sha256 for row in standing] + [each.sha256 for row in standing for each in row.results]
        if standing and not any(proofs) and not any(row.message for row in standing):
            yield Phrase("%(named)s的送达没有凭证", named=named)


def _open_rounds(case: Case) -> Iterator[str]:
    newest = {row.matter: row for row in sorted(rounds_of(case), key=lambda row: row.round)}
    for row in newest.values():
        stand, _station = review.stand_of(row)
        if stand is Stand.PENDING:
            yield Phrase("第%(round)s轮审批尚未结束", round=row.round)
        if stand is Stand.DAMAGED:
            yield Phrase("第%(round)s轮审批的记录不能读取", round=row.round)


def _open_remedies(case: Case) -> Iterator[str]:
    for row in remedies_of(case):
        if not row.closed_on:
            yield Phrase(
                "%(kinds)s %(value)s尚未审结",
                kinds=KINDS.get(row.kind, row.kind),
                value=row.number or row.organ,
            )
        for each in reanswers_of(row):
            if not each.served_on:
                yield Phrase(
                    "%(remedy_number)s责令的重新答复尚未送达",
                    remedy_number=each.remedy_number,
                )


def archived(
    case_id: int,
    typed: ToArchive,
    *,
    details: paper.Details,
    actor: Actor,
    today: date,
    now: datetime,
    version: int | None = None,
) -> Archiving:
    """Archive the file of a closed case: keep its number, day and class, and what was missing.

    version: of the case as the person saw it; another one raises StaleDataError (409).

    Raises InvalidDetailError naming what to do, StepNotAllowedError, NotPermittedError.
    """
    actor.require(Action.ARCHIVE)
    case = step.find(case_id, actor)
    check_closed(case)
    seen = _seen(case)
    papers = dossier.archived(case, details)  # every file is read: nobody waits for it
    missing = lacking(case, papers)
    with transaction():
        agency.lock(actor.agency_id)
        case = step.find(case_id, actor)
        check_closed(case)
        _check_same(case, seen, version)
        _check(case, typed, missing, today)
        row = Archiving(
            agency_id=case.agency_id,
            case_id=case.id,
            act=ARCHIVED,
            number=typed.number.strip(),
            on=typed.on,
            retention=typed.retention,
            reason=_reason(typed, missing),
            proposed_for=proposed(case, today).why,
            lacking=[as_text(each) for each in missing],
            seq=seen.seq,
            papers=len(papers),
            held_remedies=seen.marks[reads_archiving.REMEDY],
            held_papers=seen.marks[reads_archiving.OTHER],
            recorded_by=actor.name,
            recorded_at=now,
        )
        db.session.add(row)
        told: dict[str, Any] = {"number": row.number, "retention": row.retention, "lacking": len(missing)}
        where: dict[str, Any] = {"target": case.number, "agency_id": case.agency_id}
        audit.note("archived", actor=actor.name, now=now, **where, **told)
    return row


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a case held at one moment: its version, its last entry, the marks of everything else."""

    version: int
    seq: int
    marks: dict[str, int]


def _reason(typed: ToArchive, missing: Sequence[str]) -> str:
    reasons = [each.strip() for each in (typed.reason, typed.despite if missing else "")]
    return "；".join(filter(None, reasons))


def _check_same(case: Case, seen: _Seen, version: int | None) -> None:
    """Raise StaleDataError where the person saw another version, or something came meanwhile."""
    if version is not None and case.version != version:
        raise StaleDataError(f"case {case.number}: version {version} is not {case.version}")
    if _seen(case) != seen:
        raise StaleDataError(f"case {case.number}: something came to it while its file was read")


def _seen(case: Case) -> _Seen:
    seq = max((event.seq for event in case.events), default=0)
    return _Seen(case.version, seq, reads_archiving.marks_of(case))


def _check(case: Case, typed: ToArchive, missing: Sequence[str], today: date) -> None:
    """Raise InvalidDetailError where the act cannot be kept so."""
    number = typed.number.strip()
    if not number or len(number) > archive.LONGEST_NUMBER:
        raise InvalidDetailError(
            "请填写归档号，不超过%(longest_number)s个字。",
            longest_number=archive.LONGEST_NUMBER,
        )
    if any(row.case_id != case.id for row in reads_archiving.with_number(case.agency_id, number)):
        raise InvalidDetailError("归档号“%(number)s”已经用于另一件申请。", number=number)
    _check_day(case, typed.on, today)
    _check_retention(case, typed, today)
    if missing and not typed.despite.strip():
        raise InvalidDetailError(
            "案卷还缺%(count)s项：%(names)s。仍要归档的，请写明理由。",
            count=len(missing),
            names=joined(missing, "；"),
        )
    last = reads_archiving.in_force(case)
    same = last and (last.number, last.on, last.retention) == (number, typed.on, typed.retention)
    if same and last and not reads_archiving.changes_since(last):
        raise StepNotAllowedError("本件已经归档，以后没有变动。")


def _check_day(case: Case, on: date, today: date) -> None:
    if on > today:
        raise InvalidDetailError("归档日不能晚于今天。")
    if case.closed_on and on < case.closed_on:
        raise InvalidDetailError("归档日早于办结日期（%(closed_on)s）。", closed_on=case.closed_on)


def _check_retention(case: Case, typed: ToArchive, today: date) -> None:
    if typed.retention not in archive.RETENTIONS:
        raise InvalidDetailError("请选择保管期限。")
    wanted = proposed(case, today)
    if archive.is_shorter(typed.retention, wanted.code) and not typed.reason.strip():
        long = archive.RETENTIONS[wanted.code]
        raise InvalidDetailError(
            "保管期限短于本机关设置的%(long)s（%(why)s）：请写明理由。",
            long=long,
            why=wanted.why,
        )


def transferred(
    case_ids: Sequence[int], *, receiver: str, number: str, on: date, actor: Actor, today: date, now: datetime
) -> int:
    """Record that archived files were handed over to the archive; return how many.

    Raises InvalidDetailError, NotFoundError, NotPermittedError; then none was recorded.
    """
    actor.require(Action.ARCHIVE)
    if not case_ids:
        raise InvalidDetailError("请勾选移交的案卷。")
    if not receiver.strip():
        raise InvalidDetailError("请填写接收的档案馆。")
    if on > today:
        raise InvalidDetailError("移交日期不能晚于今天。")
    with transaction():
        agency.lock(actor.agency_id)
        wanted = reads_archiving.archived(actor.agency_id).where(among(Archiving.case_id, case_ids))
        rows = db.session.scalars(wanted.order_by(Archiving.case_id)).unique().all()
        if {row.case_id for row in rows} != set(case_ids):
            raise NotFoundError(NOT_ARCHIVED)
        _check_transfer(rows, on)
        for row in rows:
            db.session.add(
                Archiving(
                    agency_id=row.agency_id,
                    case_id=row.case_id,
                    act=TRANSFERRED,
                    number=number.strip()[: archive.LONGEST_NUMBER],
                    on=on,
                    receiver=receiver.strip()[:100],
                    recorded_by=actor.name,
                    recorded_at=now,
                )
            )
            told: dict[str, Any] = {"number": row.number, "receiver": receiver.strip()}
            where: dict[str, Any] = {"target": row.case.number, "agency_id": row.agency_id}
            audit.note("transferred", actor=actor.name, now=now, **where, **told)
    return len(rows)


def _check_transfer(rows: Sequence[Archiving], on: date) -> None:
    """Raise InvalidDetailError where a file cannot be handed over so: what came since is not in it."""
    gone, changed = reads_archiving.handed_over(rows), reads_archiving.changes(rows)
    for row in rows:
        number = row.case.number
        if row.case_id in gone:
            raise InvalidDetailError("%(number)s已经移交过。", number=number)
        if codes := changed.get(row.id):
            told = "；".join(reads_archiving.CHANGES[code] for code in codes)
            raise InvalidDetailError(
                "%(number)s归档以后有变动（%(told)s）：请先重新归档，再移交。",
                number=number,
                told=told,
            )
        if on < row.on:
            raise InvalidDetailError(
                "移交日期早于%(number)s的归档日（%(on)s）。",
                number=number,
                on=row.on,
            )
