"""Several people in one request: one case, the first named counted, everybody found (practice), on both databases."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm.exc import StaleDataError

from tests import registering
from tests.histories import text
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.errors import InvalidDetailError, NotFoundError, NotPermittedError
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.reads.applicant import cases_of_person
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import CaseFilter, cases_matching
from tracker.models.reads.table3 import cases_of_cell
from tracker.models.user import AuditEntry
from tracker.services.case import alike, applicant, fee, step
from tracker.services.case.applicant import ApplicantChange
from tracker.services.exchange import exporting, importing
from tracker.services.operations import inspection

NATURAL, BUSINESS = ApplicantKind.NATURAL_PERSON, ApplicantKind.BUSINESS
SUBJECT = "申请公开翠湖路危房改造工程第18号楼的评估报告"


def person(name: str, kind: ApplicantKind = NATURAL, **more: str) -> ApplicantData:
    return ApplicantData(kind=kind, name=name, **more)


@pytest.fixture
def registrar(actor):
    return actor(Role.REGISTRAR)


@pytest.fixture
def ask(registrar, clock):
    """Register a request of the people, the first named first."""

    def make(*people: ApplicantData, subject: str = SUBJECT, on: str = "2026-03-02"):
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=date.fromisoformat(on))
        first, *further = people
        request = RequestData(applicant=first, arrival=arrival, subject=subject, further=tuple(further))
        return registering.register(request, actor=registrar, today=clock.today, now=clock())

    return make


@pytest.fixture
def joint(ask):
    return ask(person("张三", id_number="110101"), person("李四", phone="139"), person("丙公司", BUSINESS))


@pytest.fixture
def correct(registrar, clock):
    def run(
        case, first: ApplicantData, *lines: ApplicantChange, reason: str = "来件写明", by=registrar, **more
    ):
        return applicant.correct(case.id, first, lines, reason=reason, actor=by, now=clock(), **more)

    return run


def names(case) -> list[str]:
    db.session.expire_all()
    kept = db.session.get_one(Case, sa_inspect(case).identity)
    return [who.name for who in kept.applicant.people]


# -- registered ---------------------------------------------------------------------------------------


def test_several_people_are_one_case_in_the_column_of_the_first(joint, agency_id):
    assert names(joint) == ["张三", "李四", "丙公司"]
    assert count_rows(cases_of_cell(agency_id, 2026, "1", NATURAL.value)) == 1
    assert count_rows(cases_of_cell(agency_id, 2026, "1", BUSINESS.value)) == 0


@pytest.mark.parametrize("word", ["张三", "李 四", "丙公司", "危房 李四"])
def test_a_search_finds_the_case_by_any_of_the_people_once(joint, ask, agency_id, word):
    ask(person("钱一"), subject="另一事项")

    assert db.session.scalars(cases_matching(agency_id, CaseFilter(text=word))).unique().all() == [joint]
    assert count_rows(cases_matching(agency_id, CaseFilter(text=word))) == 1


def test_no_word_is_found_across_two_people(joint, agency_id):
    assert count_rows(cases_matching(agency_id, CaseFilter(text="三李"))) == 0


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([person("张三"), person(" ")], "第2申请人"),
        ([person(""), person("李四")], "第1申请人"),
        ([person("张三"), person("李四"), person("张　三")], "第3申请人与第1申请人"),
        ([person("张三", id_number="1"), person("张三", id_number="1")], "第2申请人与第1申请人"),
    ],
)
def test_a_nameless_or_doubled_applicant_is_refused_by_place(ask, people, words):
    with pytest.raises(InvalidDetailError, match=words):
        ask(*people)

    assert db.session.scalar(select(func.count()).select_from(Applicant)) == 0


def test_contact_of_any_one_suffices(joint, ask):  # 第29、30条
    alone = ask(person("张三"), person("李四"), subject="另一事项")

    assert step.lacking(joint) == []
    assert step.lacking(alone) == ["联系方式", "身份证明"]


def test_a_look_at_the_data_shows_everybody_and_is_logged_once(joint, registrar, clock):
    seen = step.reveal(joint.id, actor=registrar, now=clock())

    assert [(who["name"], who["phone"]) for who in seen] == [("张三", ""), ("李四", "139"), ("丙公司", "")]
    looks = select(AuditEntry).where(AuditEntry.act == "revealed", AuditEntry.target == joint.number)
    assert len(db.session.scalars(looks).all()) == 1


# -- counted ------------------------------------------------------------------------------------------


def test_a_joint_request_is_a_piece_of_the_first_named_alone(joint, ask):  # 109号第4条
    of_first = ask(person("张三", id_number="110101"), subject="二")
    of_second = ask(person("李四"), subject="三")
    together = ask(person("李四"), person("张三", id_number="110101"), subject="四")

    assert fee.pieces_before(of_first) == 1
    assert fee.pieces_before(of_second) == 0
    assert fee.pieces_before(together) == 1


def test_a_joint_request_counts_once_among_those_who_ask_alike(joint, registrar):  # 第44条第1款
    found = alike.look(registrar, subject=SUBJECT, name="钱一", on=date(2026, 3, 9))

    assert found.others == 1


def test_each_of_the_people_is_known_and_the_most_of_one_person_counts(joint, ask, registrar):  # 第35条
    ask(person("李四"), subject="二")
    ask(person("赵五"), subject="三")
    further = [("李四", "natural_person", ""), ("王六", "natural_person", "")]

    found = alike.look(registrar, subject="某事", name="赵五", further=further, on=date(2026, 3, 9))

    assert (found.in_month, found.in_year) == (2, 2)
    assert len([one for one in found.alike if one.same_person]) == 3


def test_other_requests_of_any_of_the_people_are_shown_with_the_case(joint, ask, registrar):
    first, second = ask(person("李四"), subject="二"), ask(person("丙公司", BUSINESS), subject="三")

    assert step.related(joint, registrar) == [second, first]
    assert step.related(first, registrar) == [joint]


# -- corrected ----------------------------------------------------------------------------------------


def test_people_are_added_corrected_and_removed_with_a_reason_that_is_kept(joint, correct):
    second, third = joint.applicant.further
    before = joint.version

    correct(
        joint,
        person("张三丰", id_number="110101"),
        ApplicantChange(person("李四", phone="138"), second.id),
        ApplicantChange(person(""), third.id, is_removed=True),
        ApplicantChange(person("王五")),
        version=before,
    )

    assert names(joint) == ["张三丰", "李四", "王五"]
    assert joint.applicant.further[0].phone == "138"
    assert joint.version == before + 1
    assert [entry.details for entry in applicant.corrections(joint)] == [
        {"reason": "来件写明", "added": 1, "corrected": 2, "removed": 1, "people": 3}
    ]
    assert list(inspection.inspect(today=date(2026, 3, 16))) == []


def test_a_corrected_name_is_the_one_that_is_found(joint, correct, agency_id):
    second = joint.applicant.further[0]

    correct(joint, person("张三", id_number="110101"), ApplicantChange(person("司马七七"), second.id))

    assert count_rows(cases_matching(agency_id, CaseFilter(text="司马七七"))) == 1
    assert count_rows(cases_matching(agency_id, CaseFilter(text="李四"))) == 0
    assert cases_of_person(agency_id, name="司马七七") == [joint]


def test_rows_that_no_line_names_stay(joint, correct):
    correct(joint, person("张三", id_number="110102"))

    assert names(joint) == ["张三", "李四", "丙公司"]


def test_what_changes_nothing_or_gives_no_reason_is_refused(joint, correct):
    as_it_is = person("张三", id_number="110101")

    with pytest.raises(InvalidDetailError, match="没有更正"):
        correct(joint, as_it_is)
    with pytest.raises(InvalidDetailError, match="理由"):
        correct(joint, person("张四"), reason=" ")
    with pytest.raises(InvalidDetailError, match="第一申请人"):
        correct(joint, person(""))

    assert names(joint)[0] == "张三"
    assert applicant.corrections(joint) == []


def test_a_person_of_another_case_is_not_corrected_through_this_one(joint, ask, correct):
    other = ask(person("钱一"), person("孙二"), subject="另一事项")

    with pytest.raises(NotFoundError):
        correct(joint, person("张三"), ApplicantChange(person("周九"), other.applicant.further[0].id))

    assert names(other) == ["钱一", "孙二"]


def test_a_second_writer_and_who_may_not_register_are_refused(joint, correct, actor):
    with pytest.raises(StaleDataError):
        correct(joint, person("张四"), version=joint.version - 1)
    with pytest.raises(NotPermittedError):
        correct(joint, person("张四"), by=actor(Role.AUDITOR))

    assert names(joint)[0] == "张三"


# -- in and out ---------------------------------------------------------------------------------------


def test_the_export_names_everybody_who_asks_together(joint, ask, app):
    ask(person("钱一"), subject="另一事项")

    result = app.test_cli_runner().invoke(args=["tracker", "export"])

    assert (result.exit_code, result.stderr) == (0, "")
    head, first, second = map(json.loads, result.stdout.splitlines())
    assert head == {"format": "tracker-history/1.3"}
    assert [one["name"] for one in first["joint"]] == ["李四", "丙公司"]
    assert "joint" not in second


def test_an_export_of_requests_of_one_person_each_is_whole(ask, app):
    ask(person("钱一"))

    result = app.test_cli_runner().invoke(args=["tracker", "export"])

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("told", ["张三", "张三、李四、丙公司", "张三等3人"])
def test_an_import_knows_the_request_by_its_first_or_all_names_and_keeps_everybody(joint, clock, told):
    lines = list(exporting.histories(now=clock()))[1:]
    lines[0]["applicant"]["name"] = told

    result = importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())

    assert (result.unchanged, result.added) == (1, 0)
    assert names(joint) == ["张三", "李四", "丙公司"]


def test_an_import_of_other_people_under_the_number_is_refused(joint, clock):
    lines = list(exporting.histories(now=clock()))[1:]
    lines[0]["applicant"]["name"] = "李四"

    with pytest.raises(importing.ImportRefusedError, match="另一件申请"):
        importing.import_histories(text(lines).splitlines(), today=clock.today, now=clock())
