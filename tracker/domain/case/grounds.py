"""Whether a step has the facts that it needs: ground of a refusal, way of service, length of a term.

The same findings bind a person at a form (check.objections) and are shown of a register that was read in
(check.irregularities), which stays as it was recorded.

Law: 条例第15、30、32、33、36条; 档案法第15条第2款; 国办公开办函〔2016〕235号.
"""

from collections.abc import Iterator

from tracker.domain.case import basis, mixed
from tracker.domain.case.event import Entry
from tracker.domain.case.finding import Irregularity
from tracker.domain.case.outcome import BY_CODE
from tracker.domain.case.standing import Standing
from tracker.domain.law import party, term
from tracker.domain.message import Phrase

SERVICE_LAW = "国办公开办函〔2016〕235号"
ON_THE_SPOT, NO_SERVICE = "on_the_spot", "none"
THIRD_PARTY_RIGHTS = "refused_third_party_rights"


def of_answer(standing: Standing, entry: Entry) -> Iterator[Irregularity]:
    """Yield what an answer lacks beside the facts that its letter states."""
    if entry.step not in BY_CODE:
        return
    yield from _service(standing, entry)
    yield from _days(entry)
    if THIRD_PARTY_RIGHTS in stated(entry) and consented(standing):
        message = Phrase("征求过的第三方都同意公开，以保护第三方合法权益为由不予公开缺少依据。")
        yield Irregularity("no_ground", message, "条例第15条")


def stated(entry: Entry) -> set[str]:
    """Return the outcomes that an answer states: its own, and those of its items."""
    return {entry.step, *(part.outcome for part in mixed.parts_of(entry.details))}


def consented(standing: Standing) -> bool:
    """Return whether every third party that was asked agreed to disclosure (第15条)."""
    asked = [c.opinion for c in standing.consultations if c.party == party.THIRD_PARTY]
    return bool(asked) and set(asked) == {"agrees"}


def objected(standing: Standing) -> bool:
    """Return whether a third party objected to disclosure (第32条)."""
    asked = [c for c in standing.consultations if c.party == party.THIRD_PARTY]
    return any(c.opinion == "objects" for c in asked)


def overrides_objection(standing: Standing, entry: Entry) -> bool:
    """Return whether the answer may give what a third party objected to (第32条).

    An answer whose items withhold the third party's own part gives it nothing to answer.
    """
    return objected(standing) and THIRD_PARTY_RIGHTS not in stated(entry)


def needs_service(entry: Entry) -> bool:
    """Return whether the end is one that the applicant is told of, and no internal closing record."""
    if entry.step not in BY_CODE or entry.step in mixed.LAPSES:
        return False
    return basis.remedy_of(entry.step, basis.basis_of(entry.details).get(basis.END, "")) != "N"


def _service(standing: Standing, entry: Entry) -> Iterator[Irregularity]:
    method = entry.details.get("method")
    if needs_service(entry) and method in (None, "", NO_SERVICE):
        yield Irregularity("no_service", Phrase("未写明送达方式，送达之日没有证明。"), SERVICE_LAW)
    if method == ON_THE_SPOT and entry.on not in (standing.received_on, standing.start_on):
        message = Phrase(
            "当场答复只能在收到申请（或者补正）当日（%(start_on)s），不能是%(on)s。",
            start_on=standing.start_on,
            on=entry.on,
        )
        yield Irregularity("not_on_the_spot", message, "条例第33条第1款")


def _days(entry: Entry) -> Iterator[Irregularity]:
    for key, value in basis.basis_of(entry.details).items():
        if key == basis.TRANSFER.key and value > entry.on.isoformat():
            message = Phrase("移交期限至%(value)s，答复时尚未届满，仍由本机关答复。", value=value)
            yield Irregularity("before_transfer", message, basis.TRANSFER.law)
        elif key.endswith("_on") and value > entry.on.isoformat():
            message = Phrase(
                "“%(label)s”（%(value)s）晚于送达日期。",
                label=basis.label(key, basis.basis_of(entry.details)),
                value=value,
            )
            yield Irregularity("basis_after_service", message, BY_CODE[entry.step].law)


def of_supplement(standing: Standing, entry: Entry) -> Iterator[Irregularity]:
    """Yield a supplement term too short to be called reasonable (第30条)."""
    deadline = entry.day("deadline_on") if entry.step == "ask_supplement" else None
    if deadline is None:
        return
    begin = max(entry.on, entry.day("received_on") or entry.on)
    if deadline < standing.calendar.add(begin, term.SUPPLEMENT_LEAST.days):
        days = max(standing.calendar.count(begin, deadline), 0)
        message = Phrase("补正期限只有%(days)s个工作日，难以认为是合理的补正期限。", days=days)
        yield Irregularity("short_supplement", message, term.SUPPLEMENT_LEAST.law)


def of_consultation(standing: Standing, entry: Entry) -> Iterator[Irregularity]:
    """Yield a consultation that was begun on the last day of the term. standing: before the step."""
    answer = standing.due() if entry.step == "consult" else None
    if answer and entry.on == answer.on:
        message = Phrase(
            "答复期限当日（%(on)s）才征求意见，须有不能更早征求的理由。",
            on=answer.on,
        )
        yield Irregularity("last_day_consultation", message, "条例第33条第3款（实务）")
