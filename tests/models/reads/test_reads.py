"""Every named read that takes an agency returns what is that agency's alone."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select

from tests import case_files
from tests.jobs.test_jobs import load, received
from tests.whole_office import NOW, TODAY, fill_all
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.likeness import Rarity
from tracker.domain.case.rules import Rules
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.remedy import TOTAL
from tracker.models import reads, tally
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.reads.applicant import Person
from tracker.models.reads.case import CaseFilter
from tracker.models.reads.worklist import WorklistFilter
from tracker.models.supervision import Training
from tracker.services.office.actor import system
from tracker.services.office.agency import default_agency
from tracker.services.register import register as registers

# A part of reads: a condition; the reads made of it are asked.
PARTS = {"case.handler_names"}
GIVEN: dict[str, Any] = {
    "first": 2025, "last": 2026, "on": TODAY, "soon": TODAY + timedelta(days=30), "until": TODAY + timedelta(days=300),
    "years": [2025, 2026], "figures": (tally.RECEIVED, tally.OUTCOME), "keys": ["事项a"], "people": [Person("丁一")], "name": "丁一", "names": ["市政府网站"],
    "model": Training, "counting": Rules(), "cell": TOTAL, "row": "1", "column": ApplicantKind.NATURAL_PERSON.value,
    "series": "收", "number": "复议9号", "kind": "receipt", "unit_scope": None, "letter_ids": [1, 2, 3],
    "sha256": sha256(case_files.pdf()).hexdigest(),
}  # fmt: skip
ANSWERED = (
    {"step": "accept", "on": "2026-01-13"},
    {"step": "charge", "on": "2026-01-14", "amount": "100"},
    {"step": "pay", "on": "2026-01-15", "amount": "100"},
)
EACH: dict[str, list[Any]] = {"year": [2025, 2026], "register": list(BY_NAME.values())}


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
            wanted = WorklistFilter() if "worklist" in function.__module__ else CaseFilter()
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
    if isinstance(answer, list) and any(isinstance(part, Select) for part in answer):
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
