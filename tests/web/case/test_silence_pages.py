"""A silence on the pages: proposed the day after its term, taken by a person, resting on its article."""

import json
import re
from datetime import date
from html import unescape

import pytest

from tests.histories import line
from tracker.domain.case.event import Entry
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.services.case import ledger
from tracker.services.exchange import importing
from tracker.services.operations import inspection

REQUEST = {
    "form": "visit",
    "arrived_on": "2026-03-02",
    "person": "欧阳一一",
    "triage": "request",
    "kind": "natural_person",
    "channel": "in_person",
    "subject": "河道整治工程招标文件",
}
CONSULT = {"party": "third_party", "name": "甲公司", "received_on": "2026-03-11"}


@pytest.fixture
def office_on(sign_in, clock):
    """Sign in on a day: ``office_on("2026-03-09")``."""

    def enter(day: str):
        clock.set(day)
        return sign_in(Role.REGISTRAR, Role.HANDLER, Role.HEAD)

    return enter


@pytest.fixture
def office(office_on):
    return office_on("2026-03-09")


@pytest.fixture
def case_id(office) -> int:
    return int(office.post("/register", REQUEST).location.rsplit("/", 1)[1])


def take_proposal(office, case_id: int, on: str):
    """Follow the button of the proposal box and send its form as it stands."""
    page = office.get(f"/cases/{case_id}").text
    address = unescape(re.search(r'id="proposals".*?href="([^"]+)"', page, re.DOTALL)[1])
    form = office.get(address).text
    fields = dict(re.findall(r'<input id="\w+" name="(\w+)"[^>]*? value="([^"]*)"', form))
    fields |= {
        name: unescape(text) for name, text in re.findall(r'name="(\w+)"[^>]*>([^<]*)</textarea>', form)
    }
    fields |= dict(
        re.findall(r'<select id="\w+" name="(\w+)".*?<option value="([^"]+)" selected', form, re.DOTALL)
    )
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    return office.post(address.split("?")[0], {**fields, "version": version, "act": "take", "on": on})


def details(case_id: int) -> dict:
    return db.session.get_one(Case, case_id).events[-1].details


def test_a_lapse_is_proposed_the_day_after_and_closes_nothing_by_itself(office, office_on, case_id):
    sent = {"items": "写明文件名称", "deadline_on": "2026-03-31", "received_on": "2026-03-09"}
    office.step(case_id, "ask_supplement", "2026-03-09", **sent)
    office = office_on("2026-03-31")
    assert 'id="proposals"' not in office.get(f"/cases/{case_id}").text
    assert "逾期未补正" not in office.get("/?only=proposed").text

    office = office_on("2026-04-01")
    assert "逾期未补正，可按放弃申请结案" in office.get("/?only=proposed").text
    assert db.session.get_one(Case, case_id).state == "supplement"
    answer = take_proposal(office, case_id, "2026-04-01")

    assert answer.status_code == 303, answer.text
    assert db.session.get_one(Case, case_id).state == "closed_supplement_lapsed"
    assert "条例第30条" in details(case_id)["reason"]
    assert "逾期未补正" not in office.get("/?only=proposed").text


def test_a_third_party_that_is_silent_neither_agrees_nor_objects(office, office_on, case_id):
    """Edge case 5: the office decides; the entry says so (第32条)."""
    office.step(case_id, "consult", "2026-03-09", **CONSULT)
    office = office_on("2026-04-02")

    assert "由本机关依照条例决定是否公开" in office.get(f"/cases/{case_id}").text
    answer = take_proposal(office, case_id, "2026-04-02")

    assert answer.status_code == 303, answer.text
    assert (details(case_id)["opinion"], db.session.get_one(Case, case_id).state) == ("none", "processing")
    assert "条例第32条" in details(case_id)["reason"]
    assert db.session.get_one(Case, case_id).due_on.isoformat() == "2026-04-23"


def test_a_co_maker_that_is_silent_has_agreed(office, office_on, case_id):
    """Edge case 6 (第34条); the words are kept even where the person leaves them out."""
    office.step(case_id, "consult", "2026-03-09", party="co_maker", name="规划局", received_on="2026-03-09")
    office = office_on("2026-03-31")

    silent = {"consultation": "co_maker|规划局", "opinion": "none", "reason": ""}
    assert office.step(case_id, "end_consultation", "2026-03-31", **silent).status_code == 303

    assert "视为同意公开（条例第34条）" in details(case_id)["reason"]
    assert "逾期未答复：视为同意公开（条例第34条）" in office.get(f"/cases/{case_id}").text


def test_another_organ_that_is_silent_has_not_agreed(office, office_on, case_id):
    """Only co-makers are deemed to consent (第34条); who else is asked is not (第33条第3款、第17条)."""
    office.step(case_id, "consult", "2026-03-09", party="agency", name="保密局", received_on="2026-03-09")
    office = office_on("2026-03-31")
    shown = office.get(f"/cases/{case_id}").text
    assert "视为同意" not in shown
    assert "由本机关决定（条例第33条第3款）" in shown

    assert take_proposal(office, case_id, "2026-03-31").status_code == 303

    assert details(case_id)["party"] == "other_agency"
    assert "第33条第3款" in details(case_id)["reason"]
    assert "视为同意" not in office.get(f"/cases/{case_id}").text


def test_the_two_kinds_of_organ_are_two_choices_of_the_form(office, case_id):
    """第34条 and 第33条第3款."""
    page = office.get(f"/cases/{case_id}/steps/consult").text

    assert "共同制作机关（第34条）" in page
    assert "其他机关（第33条第3款、第17条）" in page


def test_a_correction_can_tell_an_organ_of_an_old_record_apart(office, clock, case_id, actor):
    """What was recorded as one of the two kinds is read as a co-maker until somebody says otherwise."""
    words = {"party": "agency", "name": "规划局", "received_on": "2026-03-09"}
    with transaction():
        case = db.session.get_one(Case, case_id)
        asked = Entry("consult", date(2026, 3, 9), words)
        ledger.record(case, asked, actor=actor(Role.HEAD), today=clock.today, now=clock())
    seq = db.session.get_one(Case, case_id).events[-1].seq
    assert "原记录未区分" in office.get(f"/cases/{case_id}").text

    form = {"on": "2026-03-09", "party": "agency", "name": "规划局", "why": "规划局不是共同制作机关"}
    version = str(db.session.get_one(Case, case_id).version)
    answer = office.post(f"/cases/{case_id}/corrections/{seq}", {**form, "version": version})

    assert answer.status_code == 303, answer.text
    assert details(case_id)["with"]["party"] == "other_agency"


def test_a_silence_recorded_too_early_needs_a_reason(office, office_on, case_id):
    office.step(case_id, "consult", "2026-03-09", **CONSULT)
    office = office_on("2026-04-01")
    silent = {"consultation": "third_party|甲公司", "opinion": "none"}

    refused = office.step(case_id, "end_consultation", "2026-04-01", **silent)

    assert refused.status_code == 422
    assert "尚未届满" in refused.text


def test_what_a_silence_allows_is_restated_and_checked(office, clock, case_id):
    office.step(case_id, "charge", "2026-03-09", amount="100", received_on="2026-03-09")
    case = db.session.get_one(Case, case_id)

    assert (case.proposed, case.proposed_on.isoformat()) == ("closed_fee_lapsed", "2026-04-08")
    assert list(inspection.inspect(today=clock.today)) == []


@pytest.mark.parametrize(
    ("notice", "lapse", "words"),
    [
        ({"step": "ask_supplement", "deadline_on": "2026-01-20"}, "closed_supplement_lapsed", "逾期不补正"),
        ({"step": "charge", "amount": "100"}, "closed_fee_lapsed", "逾期不缴费"),
    ],
)
def test_a_case_says_by_which_lapse_it_was_closed(office, clock, notice, lapse, words):
    """Two outcomes have ends of one key: the words are those of the outcome that was recorded."""
    sent = {"on": "2026-01-06", "received_on": "2026-01-06", **notice}
    answer = {"step": "answer", "on": "2026-03-02", "outcome": lapse, "basis": {"end": "lapsed"}}
    told = line("business", "A-1", [{"step": "receive", "on": "2026-01-05"}, sent, answer])
    header = json.dumps({"format": "tracker-history/1.2"})
    importing.import_histories([header, json.dumps(told)], today=clock.today, now=clock())

    page = office.get(f"/cases/{db.session.query(Case.id).scalar()}").text

    assert f"情形：{words}" in page
