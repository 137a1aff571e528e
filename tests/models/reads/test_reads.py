"""Every named read that takes an agency returns what is that agency's alone."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, select, update

from tests import case_files
from tests.jobs.test_jobs import load, received
from tests.whole_office import MAILBOX, NOW, TODAY, fill_all
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.likeness import Rarity
from tracker.domain.case.rules import Rules
from tracker.domain.letter.service import Attempt
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.remedy import TOTAL
from tracker.models import reads, tally
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.outbox import SENT, Message
from tracker.models.reads.applicant import Person
from tracker.models.reads.case import CaseFilter
from tracker.models.reads.counted import Counted
from tracker.models.reads.repeated import KEPT
from tracker.models.reads.worklist import WorklistFilter, WorklistReader
from tracker.models.supervision import Training
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.services.job import reminder
from tracker.services.letter import letter as letters
from tracker.services.letter import service
from tracker.services.letter.letter import Typed
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.office.actor import Actor, system
from tracker.services.office.agency import default_agency
from tracker.services.register import register as registers

# A part of reads: a condition; the reads made of it are asked.
PARTS = {"case.handler_names"}
GIVEN: dict[str, Any] = {
    "first": 2025, "last": 2026, "on": TODAY, "soon": TODAY + timedelta(days=30), "until": TODAY + timedelta(days=300),
    "years": [2025, 2026], "figures": (tally.RECEIVED, tally.OUTCOME), "keys": ["事项a"], "people": [Person("丁一")], "name": "丁一", "names": ["市政府网站"],
    "model": Training, "counting": Rules(), "cell": TOTAL, "row": "1", "column": ApplicantKind.NATURAL_PERSON.value,
    "series": "收", "serial": 1, "reader": WorklistReader(), "number": "复议9号", "kind": "receipt", "unit_scope": None, "letter_ids": [1, 2, 3],
    "tracking": "1012345678901", "archive_number": "归-1", "closed_by": TODAY, "person": "林静", "id_number": "",
    "contact_number": "LXF-2026-0001", "contact_id": 3, "mailbox": MAILBOX, "since": NOW - timedelta(days=1),
    "sha256": sha256(case_files.pdf()).hexdigest(), "why": "mistake", "applicant_id": 1,
}  # fmt: skip
WANTED = {"worklist": WorklistFilter(), "counted": Counted(tally.ARRIVED, 2026)}
ANSWERED = (
    {"step": "accept", "on": "2026-01-13"},
    {"step": "charge", "on": "2026-01-14", "amount": "100"},
    {"step": "pay", "on": "2026-01-15", "amount": "100"},
)
EACH: dict[str, list[Any]] = {
    "year": [2025, 2026], "kept": list(KEPT), "register": list(BY_NAME.values()), "typed": ["A-9", "预算", "赵六", "〔2026〕1号", "停车"],
}  # fmt: skip


def named_reads() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public function of the room that takes an agency."""
    for found in pkgutil.iter_modules(reads.__path__):
        module = importlib.import_module(f"{reads.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "agency_id" in inspect.signature(function).parameters:
                yield f"{found.name}.{name}", function


def asked(function: Callable[..., Any], agency_id: int) -> Iterator[Any]:
    """Yield the answers to the read, asked for each year and each register that it takes."""
    calls: list[dict[str, Any]] = [{"agency_id": agency_id}]
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "wanted":
            wanted = WANTED.get(function.__module__.rpartition(".")[2], CaseFilter())
            calls = [{**call, name: wanted} for call in calls]
        elif name in EACH:
            calls = [{**call, name: value} for call in calls for value in EACH[name]]
        elif parameter.default is parameter.empty and name != "agency_id":
            calls = [{**call, name: GIVEN[name]} for call in calls]
    yield from (function(**call) for call in calls)


def something(answer: Any) -> bool:
    """Return whether an answer tells of any row."""
    if isinstance(answer, Select):
        return bool(db.session.execute(answer).all())
    if isinstance(answer, list | tuple) and any(isinstance(part, Select) for part in answer):
        return any(map(something, answer))
    if isinstance(answer, Rarity):
        return answer != Rarity.of([])
    if isinstance(answer, Mapping):
        return any(answer.values())
    if isinstance(answer, Iterator):
        return bool(list(answer))
    return any(answer) if isinstance(answer, tuple) else bool(answer)


def fill_more() -> None:
    """Give the office what the reads below ask for besides: an answer, a fee, an item to publish."""
    load(
        received(
            "2026-01-12", "A-9", *ANSWERED, {"step": "answer", "outcome": "disclosed", "on": "2026-02-05"}
        )
    )
    agency_id = default_agency().id
    _about_a_person(system(agency_id))
    reminder.remind(on=TODAY, now=NOW)
    with transaction() as session:
        session.execute(update(Message).values(status=SENT))
    item = {
        "title": "年度预算",
        "category": "guide",
        "unit": "规划股",
        "drafted_by": "周明",
        "created_on": "2026-03-10",
    }
    registers.keep(
        BY_NAME["publications"], item, by=registers.By(actor=system(agency_id), today=TODAY, now=NOW)
    )


def _about_a_person(head: Actor) -> None:
    """Let one who works here be known from a letter, a request, a consultation, a service; and refuse a request."""
    who = {"kind": "natural_person", "name": "林静"}
    consulted = {"step": "consult", "on": "2026-01-14", "party": "third_party", "name": "林静"}
    refused = {"step": "answer", "outcome": "refused_internal_affairs", "on": "2026-02-05"}
    load(
        {**received("2026-01-12", "A-10", ANSWERED[0], consulted), "applicant": who},
        {**received("2026-01-12", "A-12"), "applicant": who},
        received("2026-01-12", "A-11", refused),
    )
    came = ContactData(form="letter", arrived_on=TODAY, person="林静", summary="询问")
    registration.register(came, triage="other", actor=head, today=TODAY, now=NOW)
    case_id = db.session.scalar(select(Case.id).where(Case.number == "A-10"))
    made = letters.make(
        case_id, Typed(kind="receipt", on=TODAY, facts={"materials": "1份"}), actor=head, today=TODAY, now=NOW
    )
    signed = Attempt(way="in_person", handed_on=TODAY, received_on=TODAY, signer="林静")
    by = Serving(actor=head, today=TODAY, now=NOW)
    service.record(made.id, signed, ServiceExtras(), case_id=case_id, by=by)


def test_an_agency_without_rows_reads_none_of_another_s(app):
    fill_all()
    fill_more()
    with transaction():
        empty = Agency(code="other", name="别的机关")
        db.session.add(empty)
    found = [(name, read) for name, read in named_reads() if name not in PARTS]

    told = {name for name, read in found if any(map(something, asked(read, empty.id)))}
    silent = {name for name, read in found if not any(map(something, asked(read, 1)))}

    assert len(found) > 30
    assert sorted(told) == []
    assert sorted(silent) == []
