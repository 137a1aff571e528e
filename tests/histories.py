"""Case histories made up for tests: lawful lines of the exchange format that must count to a table."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from tracker.domain.calendar.calendar import shipped
from tracker.domain.case import basis
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.outcome import BY_CODE, OUTCOMES

DATA = Path(__file__).parent / "data"
CODE_OF_ROW = {outcome.row: outcome.code for outcome in OUTCOMES}
Line = dict[str, object]
Table = Mapping[str, Mapping[str, int]]


def published(name: str) -> tuple[int, dict[str, dict[str, int]]]:
    """Return the year and table 3 of a published report: row → column → figure."""
    report = json.loads((DATA / "reports" / f"{name}.json").read_text(encoding="utf-8"))
    return report["year"], report["table3"]


def line(kind: str, number: str, events: list[dict[str, object]], **more: object) -> Line:
    """Return one line of a history file."""
    words = {"number": number, "channel": "in_person", "subject": f"事项{number}", **more}
    return {**words, "applicant": {"kind": kind, "name": f"申请人{number}"}, "events": events}


def receive(on: date) -> dict[str, object]:
    """Return the first event."""
    return {"step": "receive", "on": on.isoformat()}


def answered(code: str, received_on: date) -> list[dict[str, object]]:
    """Return the events of a request that ends with the outcome within its terms."""
    add = shipped().add

    def at(day: date, step: str, **keys: object) -> dict[str, object]:
        return {"step": step, "on": day.isoformat(), **keys}

    events = [receive(received_on)]
    served_on = add(received_on, 9)
    if code in ("closed_supplement_lapsed", "unable_still_unclear"):
        deadline = add(received_on, 10)
        events.append(at(add(received_on, 2), "ask_supplement", deadline_on=deadline.isoformat()))
        served_on = add(deadline, 2)
        if code == "unable_still_unclear":
            events.append(at(add(received_on, 5), "receive_supplement"))
    if code == "closed_fee_lapsed":
        events.append(at(add(received_on, 2), "charge", amount="80"))
        served_on = add(received_on, 24)
    if code == "refused_third_party_rights":
        who = {"party": "third_party", "name": "第三方"}
        events.append(at(add(received_on, 1), "consult", **who))
        events.append(at(add(received_on, 6), "end_consultation", opinion="objects", **who))
    reason = "写明理由" if BY_CODE[code].needs_reason else None
    return [*events, at(served_on, "answer", outcome=code, reason=reason)]


def spread(first: date, last: date, count: int) -> list[date]:
    """Return that many working days from the first to the last."""
    span = (last - first).days
    found = []
    for place in range(count):
        day = first + timedelta(days=place * span // max(1, count - 1) if count > 1 else span // 2)
        while not shipped().is_working_day(day):
            day += timedelta(days=1)
        found.append(day)
    return found


def counting_to(table: Table, year: int, prefix: str = "T") -> Iterator[Line]:
    """Yield histories that must count to the table in the year, column by column.

    Carried-in requests came in the December before; those carried out come in this December.
    """
    for kind in ApplicantKind:
        carried_in, new = table["2"][kind], table["1"][kind]
        carried_out = table["4"][kind]
        results = [code for row, code in CODE_OF_ROW.items() for _ in range(table[row][kind])]
        assert carried_in + new == len(results) + carried_out, (year, kind)
        early = spread(date(year - 1, 12, 2), date(year - 1, 12, 30), carried_in)
        within = spread(date(year, 1, 2), date(year, 10, 20), max(0, len(results) - carried_in))
        days = [*early, *within]
        number = 0
        for received_on, code in zip(days, results, strict=False):
            number += 1
            if received_on in early:
                yield line(kind, f"{prefix}-{kind}-{number}", late_start(code, received_on, year))
            else:
                yield line(kind, f"{prefix}-{kind}-{number}", answered(code, received_on))
        still_open = early[len(results) :]
        fresh = spread(date(year, 12, 3), date(year, 12, 30), new - len(within))
        for received_on in [*still_open, *fresh]:
            number += 1
            yield line(kind, f"{prefix}-{kind}-{number}", [receive(received_on)])


def late_start(code: str, received_on: date, year: int) -> list[dict[str, object]]:
    """Return the events of a request received in the December before and ended in the year."""
    first = shipped().add(date(year, 1, 4), 1)
    events = answered(code, first)
    return [receive(received_on), *events[1:]]


def text(lines: list[Line] | Iterator[Line]) -> str:
    """Return the file: a header and one case a line."""
    rows = [{"format": "tracker-history/1"}, *lines]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def stated(code: str, end: str = "") -> dict[str, str]:
    """Return a complete basis of an answer: what its notice must state, of the end named or the first."""
    chosen = next(e for e in basis.ENDS[code] if e.key == end or not end)
    words = {ask.key: "2025-01-02" if ask.is_day else f"写明{ask.key}" for ask in chosen.asks}
    return {basis.END: chosen.key, **words}


def typed(code: str, end: str = "") -> dict[str, str]:
    """Return the same as the fields of the form; nothing for a step that is no answer."""
    if code not in basis.ENDS:
        return {}
    found = stated(code, end)
    chosen = found.pop(basis.END)
    return {
        "end": chosen,
        "method": "post",
        **{f"basis_{chosen}_{key}": words for key, words in found.items()},
    }
