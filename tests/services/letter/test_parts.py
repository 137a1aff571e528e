"""The items of a mixed answer are stated with the letter: what was signed, and what was made, is what is served."""

from datetime import date

import pytest

from tests.letters import typed
from tests.services.letter.test_leaving import at, serve, signed
from tests.services.letter.test_service import posted
from tests.services.letter.test_sign_off import case_of, office, person
from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter import index
from tracker.services.letter import letter as letters
from tracker.services.letter import service, sign_off
from tracker.services.letter.service import ServiceExtras, Serving

__all__ = ["at", "office", "person"]
PARTIAL = index.BY_KEY["partially_disclosed.separated"]
PARTS = [
    {"content": "检测报告正文", "outcome": "disclosed", "end": "given"},
    {"content": "检测人员名单", "outcome": "refused_third_party_rights", "reason": "个人信息"},
]
OTHERS = [PARTS[0], {**PARTS[1], "reason": "其他理由"}]
REVIEWED = {"reviewer": "何法", "reviewed_on": "2026-03-16", "review": "可以公开"}


def made(office, case, **more):
    return letters.make(case.id, typed(PARTIAL, **more), actor=office["handler"], **office["moment"])


def posting(office, letter, parts):
    by = Serving(actor=office["handler"], **office["moment"])
    given = ServiceExtras(override="照此登记", parts=parts, reviewed=REVIEWED)
    return service.record(letter.id, posted(date(2026, 3, 16)), given, case_id=letter.case_id, by=by)


def test_what_the_letter_states_is_served_and_other_items_are_refused(office):
    case = case_of(office, PARTIAL)
    letter = made(office, case, parts=PARTS)
    with pytest.raises(InvalidDetailError, match="与文书所载的不同"):
        posting(office, letter, OTHERS)

    posting(office, letter, ())
    assert case.entries[-1].details["parts"] == PARTS
    assert case.state == "partially_disclosed"


def test_items_that_contradict_the_answer_make_no_letter(office):
    case = case_of(office, PARTIAL)
    with pytest.raises(InvalidDetailError, match="缺少理由"):
        made(office, case, parts=[PARTS[0], {**PARTS[1], "reason": ""}])
    with pytest.raises(InvalidDetailError, match="本件应计入"):
        made(office, case, parts=PARTS[:1])


def test_a_letter_that_was_made_without_items_answered_none(office):
    case = case_of(office, PARTIAL)
    letter = made(office, case)
    with pytest.raises(InvalidDetailError, match="文书没有载明分项"):
        posting(office, letter, PARTS)

    posting(office, letter, ())
    assert "parts" not in case.entries[-1].details
    assert case.state == "partially_disclosed"


def test_what_was_signed_without_items_is_not_served_with_any(office, at):
    case = case_of(office, PARTIAL)
    row = signed(office, case, PARTIAL)
    letter = sign_off.make(row.id, date(2026, 3, 16), actor=office["handler"], **office["moment"])
    with pytest.raises(InvalidDetailError, match="文书没有载明分项"):
        posting(office, letter, PARTS)

    serve(office, letter, "2026-03-16")
    assert "parts" not in case.entries[-1].details


def test_what_was_signed_with_its_items_is_made_and_served_with_them(office, at):
    case = case_of(office, PARTIAL)
    row = signed(office, case, PARTIAL, parts=PARTS)
    with pytest.raises(InvalidDetailError, match="与签批的内容不同"):
        made(office, case, parts=OTHERS)
    letter = sign_off.make(row.id, date(2026, 3, 16), actor=office["handler"], **office["moment"])

    serve(office, letter, "2026-03-16")
    assert case.entries[-1].details["parts"] == PARTS
