"""Agents, guardians, wishes: kept encrypted beside the request, found, corrected with a reason, in no chain."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import registering
from tests.case_files import pdf
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RepresentativeData, RequestData
from tracker.domain.case.wish import Wishes
from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import CaseEvent
from tracker.models.reads.applicant import cases_of_person
from tracker.models.reads.case import CaseFilter, cases_matching, shown_cases
from tracker.models.user import AuditEntry
from tracker.services.case import applicant, file, step
from tracker.services.case.applicant import ApplicantChange, RepresentativeChange
from tracker.services.case.evidence import Upload
from tracker.services.operations import inspection

NUMBER = "11010519491231002X"


def person(name: str, **more) -> ApplicantData:
    return ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name, **more)


def agent(name: str = "王五五", place: int = 0, **more) -> RepresentativeData:
    told = person(name, id_kind="resident_id", id_number=NUMBER, phone="13900001111", gets_letters=True)
    term = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
    return RepresentativeData(
        **{"role": "agent", "person": told, "place": place, "scope": "special", **term, **more}
    )


def guardian(name: str = "李大四", place: int = 1) -> RepresentativeData:
    return RepresentativeData(role="guardian", person=person(name, address="中山路1号"), place=place)


@pytest.fixture
def registrar(actor):
    return actor(Role.REGISTRAR)


@pytest.fixture
def ask(registrar, clock):
    def make(*people: ApplicantData, acting=(), wishes=None, channel=Channel.IN_PERSON, subject="规划图"):
        first, *further = people
        request = RequestData(
            applicant=first,
            arrival=Arrival(channel=channel, arrived_on=date(2026, 3, 2)),
            subject=subject,
            further=tuple(further),
            representatives=tuple(acting),
            wishes=wishes or Wishes(),
        )
        return registering.register(request, actor=registrar, today=clock.today, now=clock())

    return make


@pytest.fixture
def case(ask):
    people = [person("李小四", phone="139", id_number=NUMBER), person("赵六六")]
    wishes = Wishes(form="paper", way="post", purpose="写论文", help="视力一级")
    return ask(*people, acting=[guardian(), agent(place=2)], wishes=wishes)


@pytest.fixture
def correct(registrar, clock):
    def run(case, *, first=None, acting=(), further=(), wishes=None):
        told = first or applicant.data_of(case.applicant)
        words = {"reason": "来件写明", "actor": registrar, "now": clock(), "today": clock.today}
        return applicant.correct(case.id, told, further, representatives=acting, wishes=wishes, **words)

    return run


def acting(case) -> list[tuple[str, str, str | None]]:
    db.session.expire_all()
    rows = case.applicant.representatives
    return [(row.role, row.name, row.acts_for.name if row.acts_for else None) for row in rows]


# -- registered ---------------------------------------------------------------------------------------


def test_who_acts_is_kept_beside_who_asks_and_counts_as_nobody(case):
    assert acting(case) == [("guardian", "李大四", "李小四"), ("agent", "王五五", "赵六六")]
    assert [one.name for one in case.applicant.people] == ["李小四", "赵六六"]
    assert [row.people for row in shown_cases([case.id])] == [2]
    assert applicant.wishes_of_row(case.applicant) == Wishes(
        form="paper", way="post", purpose="写论文", help="视力一级"
    )


def test_a_search_finds_the_case_by_the_agent_who_is_no_applicant_for_that(case, agency_id):
    assert db.session.scalars(cases_matching(agency_id, CaseFilter(text="王五五"))).unique().all() == [case]
    assert cases_of_person(agency_id, name="王五五") == []
    assert cases_of_person(agency_id, name="赵六六") == [case]


def test_the_chain_and_the_log_hold_none_of_them_and_the_columns_nothing_readable(case):
    db.session.expire_all()
    told = json.dumps([row.details for row in db.session.scalars(select(CaseEvent))], ensure_ascii=False)
    told += json.dumps([row.details for row in db.session.scalars(select(AuditEntry))], ensure_ascii=False)
    columns = "id_number, phone, address, purpose, help"
    kept = [
        bytes(each)
        for row in db.session.execute(text(f"SELECT {columns} FROM applicants"))
        for each in row
        if each
    ]

    for word in ("王五五", "李大四", NUMBER, "写论文", "视力一级", "13900001111"):
        assert word not in told
        assert not any(word.encode() in each for each in kept)
    assert len(kept) == 7


def test_a_look_shows_them_and_is_logged(case, registrar, clock):
    first, second, of_first, of_second = step.reveal(case.id, actor=registrar, now=clock())

    assert (first["help"], second["name"]) == ("视力一级", "赵六六")
    assert (of_first["address"], of_second["id_number"]) == ("中山路1号", NUMBER)
    assert db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()[-1] == "revealed"


def test_a_wrong_number_is_refused_until_a_reason_keeps_it_and_a_right_one_forgets_the_reason(ask):
    wrong = {"id_kind": "resident_id", "id_number": "110105194912310021"}
    with pytest.raises(InvalidDetailError, match="第1申请人的证件号码"):
        ask(person("李四", **wrong))
    assert db.session.scalar(select(Applicant.id)) is None

    kept = ask(person("李四", **wrong, id_kept="证件如此"))
    right = ask(person("李四", id_number=NUMBER, id_kept="证件如此"), subject="另一事项")
    assert (kept.applicant.id_kept, right.applicant.id_kept) == ("证件如此", None)


def test_a_missing_authority_is_asked_for_and_stops_nothing(case, registrar, clock):
    assert step.lacking(case) == ["委托书", "监护关系的证明"]

    paper = Upload("委托书.pdf", pdf("委托书"))
    file.keep(case, "authority", [paper], actor=registrar, now=clock())
    assert step.lacking(case) == ["委托书", "监护关系的证明"]  # one file is not the proof of both

    other = Upload("出生证明.pdf", pdf("出生证明"))
    file.keep(case, "authority", [other], actor=registrar, now=clock())
    assert step.lacking(case) == []


def test_an_oral_request_says_what_it_lacks(ask):
    case = ask(person("李四", phone="139"), channel=Channel.ORAL)
    told = ask(
        person("李四", phone="139"),
        channel=Channel.ORAL,
        wishes=Wishes(filled_by="林静", read_back_on=date(2026, 3, 2)),
        subject="另一事项",
    )

    assert step.unproved(case) == ["代为填写的人", "读给申请人确认的日期"]
    assert step.unproved(told) == []


def test_another_agency_is_acted_for_by_nobody_of_this_one(case):
    with transaction():
        other = Agency(code="other", name="别的机关")
        db.session.add(other)
        db.session.flush()
        theirs = Applicant(agency_id=other.id, kind="natural_person", name="外人")
        db.session.add(theirs)
        db.session.flush()
        key = theirs.id
    with pytest.raises(DBAPIError, match="another agency"), transaction():
        db.session.execute(
            text("UPDATE applicants SET acts_for_id = :key WHERE role = 'agent'"), {"key": key}
        )


# -- corrected ----------------------------------------------------------------------------------------


def test_a_representative_is_added_corrected_and_removed_with_a_reason(case, correct, clock):
    of_first, of_second = case.applicant.representatives
    lines = [ApplicantChange(applicant.data_of(case.applicant.further[0]), case.applicant.further[0].id)]
    correct(
        case,
        further=lines,
        acting=[
            RepresentativeChange(guardian("李大四四"), of_first.id),
            RepresentativeChange(agent(place=2), of_second.id, is_removed=True),
            RepresentativeChange(agent("孙七七")),
        ],
    )

    assert acting(case) == [("guardian", "李大四四", "李小四"), ("agent", "孙七七", None)]
    details = applicant.corrections(case)[-1].details
    assert {key: details[key] for key in ("added", "corrected", "removed", "people")} == {
        "added": 1, "corrected": 1, "removed": 1, "people": 2,
    }  # fmt: skip
    assert list(inspection.inspect(today=clock.today)) == []


def test_nobody_acts_for_somebody_who_is_removed(case, correct):
    second, (_of_first, of_second) = case.applicant.further[0], case.applicant.representatives
    gone = [ApplicantChange(person("赵六六"), second.id, is_removed=True)]
    with pytest.raises(InvalidDetailError, match="代理的申请人已删除"):
        correct(case, further=gone, acting=[RepresentativeChange(agent(place=2), of_second.id)])

    correct(case, further=gone, acting=[RepresentativeChange(agent(), of_second.id, is_removed=True)])
    assert acting(case) == [("guardian", "李大四", "李小四")]
    assert [one.name for one in case.applicant.people] == ["李小四"]


def test_an_applicant_is_not_removed_while_a_line_that_is_not_shown_acts_for_him(case, correct):
    gone = [ApplicantChange(person("赵六六"), case.applicant.further[0].id, is_removed=True)]
    with pytest.raises(InvalidDetailError, match="代理的申请人已删除"):
        correct(case, further=gone)


def test_a_line_of_another_case_is_refused(case, ask, correct):
    other = ask(person("钱一"), acting=[agent("外人")], subject="另一事项")
    with pytest.raises(NotFoundError):
        correct(case, acting=[RepresentativeChange(agent(), other.applicant.representatives[0].id)])
    with pytest.raises(NotFoundError):
        correct(case, acting=[RepresentativeChange(agent(), case.applicant.further[0].id)])


def test_wishes_are_corrected_and_the_same_again_is_no_correction(case, correct):
    correct(case, wishes=Wishes(form="electronic", way="email"))
    assert applicant.wishes_of_row(case.applicant) == Wishes(form="electronic", way="email")

    with pytest.raises(InvalidDetailError, match="没有更正任何内容"):
        correct(case, wishes=Wishes(form="electronic", way="email"))
    with pytest.raises(InvalidDetailError, match="读给申请人确认"):
        correct(case, wishes=Wishes(read_back_on=date(2026, 3, 1)))
