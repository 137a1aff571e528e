"""Letters of a test: an office that may write them, a case worked to where a kind may be sent, its facts, a reader."""

from datetime import date, datetime
from io import BytesIO

from docx import Document

from tests import registering
from tests.practice import set_practice
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.event import Entry
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.letter.kind import LetterKind
from tracker.models.case import Case
from tracker.services.case import step
from tracker.services.letter.letter import AHEAD, Typed
from tracker.services.office.actor import Actor

APPLICANT, SUBJECT = "王一", "2025年桥梁检测报告（测桥〔2025〕3号）"
PRACTICE = {
    "document_code": "测城管",
    "letter_contact": "测试路1号，0396-1234567",
    "upper_organ": "某区人民政府",
    "court": "某区人民法院",
    "online_reconsideration": "某区行政复议网上平台",
}
THIRD = {"party": "third_party", "name": "某公司"}
# What comes before a letter may be sent: step, day, details.
WORKED: dict[str, list[tuple[str, str, dict]]] = {
    "closed_supplement_lapsed.lapsed": [
        (
            "ask_supplement",
            "2026-03-03",
            {"items": "哪一座桥", "deadline_on": "2026-03-10", "received_on": "2026-03-04"},
        )
    ],
    "closed_fee_lapsed.lapsed": [("charge", "2026-03-03", {"amount": "100", "received_on": "2026-03-04"})],
    "unable_still_unclear.unclear": [
        ("ask_supplement", "2026-03-03", {"items": "哪一座桥", "deadline_on": "2026-03-10"}),
        ("receive_supplement", "2026-03-05", {}),
    ],
    "third_party_told": [("consult", "2026-03-03", THIRD)],
    "consultation_told": [("consult", "2026-03-03", THIRD)],
}


def set_up(**more: str) -> None:
    """Give the office what its letters need of it."""
    set_practice(**{**PRACTICE, **more})


def worked(kind: LetterKind, *, by: Actor, today: date, now: datetime, received: str = "2026-03-02") -> Case:
    """Return a request that was worked, step by step, to where the letter may be sent."""
    words = {"actor": by, "today": today, "now": now}
    arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date.fromisoformat(received))
    who = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=APPLICANT, phone="13800000000")
    case = registering.register(
        RequestData(applicant=who, arrival=arrival, subject=SUBJECT, unit=None), **words
    )
    for name, on, details in WORKED.get(kind.key, ()):
        step.take(case.id, Entry(name, date.fromisoformat(on), details), **words)
    return case


def stated(kind: LetterKind) -> dict[str, str]:
    """Return something for every fact that is typed for the kind."""
    facts = {ask.key: "2026-03-05" if ask.is_day else f"写明{ask.key}" for ask in kind.asks}
    if kind.tells_of_step:
        facts |= {key: "2026-03-31" for key in AHEAD if key in facts}
    numbers = {"days": "20", "amount": "100", "count": "12"}
    return facts | {key: number for key, number in numbers.items() if key in facts}


def typed(kind: LetterKind, on: str = "2026-03-16", **more) -> Typed:
    return Typed(**{"kind": kind.key, "on": date.fromisoformat(on), "facts": stated(kind), **more})


def text_of(file: bytes) -> str:
    """Return what another reader finds in a Word file: its paragraphs, then the cells of its tables."""
    document = Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
