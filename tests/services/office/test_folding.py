"""Search and names even out width, case, dashes and blanks alike, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select, text, update

from tests import registering
from tests.conftest import settings_of
from tests.models.test_upgrade import make_older
from tracker.app import create_app
from tracker.domain.case import likeness
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.case.withdrawal import MISTAKE
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models import migrate
from tracker.models.applicant import Applicant
from tracker.models.base import Base, db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.case_text import CaseText
from tracker.models.contact import Contact
from tracker.models.reads import alike as reads_alike
from tracker.models.reads.applicant import cases_of_person, earlier_in_month
from tracker.models.reads.base import count_rows
from tracker.models.reads.case import CaseFilter, cases_matching
from tracker.models.reads.contact import contacts_matching
from tracker.models.supervision import Training
from tracker.services.case import alike, file, search_text, withdrawal
from tracker.services.case.withdrawal import Withdrawal
from tracker.services.contact import contact as contacts
from tracker.services.contact import registration
from tracker.services.contact.contact import ContactData
from tracker.services.office import searched, store
from tracker.services.operations import inspection
from tracker.services.register import register as registers

pytestmark = pytest.mark.both  # search and uniqueness


@pytest.fixture
def register(app, actor, clock):
    def make(name: str, subject: str = "规划图", on: date | None = None) -> Case:
        who = ApplicantData(kind=ApplicantKind.NATURAL_PERSON, name=name)
        arrival = Arrival(channel=Channel.IN_PERSON, arrived_on=on or clock.today)
        request = RequestData(applicant=who, arrival=arrival, subject=subject)
        return registering.register(request, actor=actor(Role.HEAD), today=clock.today, now=clock())

    return make


@pytest.mark.parametrize(
    "typed",
    [
        "ysq-2026", "ＹＳＱ－２０２６", "YSQ–2026", "YSQ—2026", "ysq‐2026",
        "张三", "张　三", "三 张", "张\u00a0三", "ems回执", "ＥＭＳ", "回执（abc）",
    ],
)  # fmt: skip
def test_a_case_is_found_however_its_number_name_or_subject_is_typed(register, agency_id, typed):
    register("张　三", subject="EMS 回执(ＡＢＣ）100%")

    assert count_rows(cases_matching(agency_id, CaseFilter(text=typed))) == 1


@pytest.mark.parametrize("typed", ["李四", "ysq-2027", "%", "_", "\\", "2026\n规划"])
def test_a_case_is_not_found_by_what_it_does_not_say(register, agency_id, typed):
    register("张三")

    assert count_rows(cases_matching(agency_id, CaseFilter(text=typed))) == (
        1 if typed == "2026\n规划" else 0
    )


def test_two_ways_to_type_a_name_are_one_person_for_earlier_requests_and_for_the_fee(
    register, actor, agency_id, clock
):
    first = register("张三", on=date(2026, 3, 3))
    second = register("张　三", on=date(2026, 3, 4))

    assert [case.id for case in earlier_in_month(second)] == [first.id]
    assert {case.id for case in cases_of_person(agency_id, name="张 三")} == {first.id, second.id}
    found = alike.look(actor(Role.HEAD), subject="", name=" 张\u3000三 ", on=clock.today)
    assert found.in_month == 2


def test_alike_requests_are_found_across_widths(register, agency_id):
    words = "申请公开ＡＢＣ产业园征收补偿安置方案及评估报告"
    kept = register("张三", subject=words)
    for n in range(3):
        register("李四", subject=f"食品安全抽检结果名单第{n}批")
    keys = likeness.keys("申请公开ABC产业园征收补偿安置方案及评估报告", reads_alike.rarity(agency_id))

    assert [case.id for case in reads_alike.candidates(agency_id, keys)] == [kept.id]


def test_contacts_are_found_the_same_way(app, actor, agency_id, clock):
    data = ContactData(
        form="letter", arrived_on=clock.today, person="张　三", summary="询问 ＥＭＳ－１２３ 的下落"
    )
    registration.register(data, actor=actor(Role.HEAD), today=clock.today, now=clock())

    for typed in ("张三", "ems-123", "EMS–123"):
        assert count_rows(contacts_matching(agency_id, text=typed)) == 1
    assert count_rows(contacts_matching(agency_id, text="ems-124")) == 0


@pytest.fixture
def visit(app, actor, clock):
    data = ContactData(form="visit", arrived_on=clock.today, person="张三", summary="询问规划")
    by = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
    return registration.register(data, triage="consultation", **by)


def keep_file(target, name: str, by, now) -> CaseFile:
    """Keep a file of that name with a request, or with a letter, visit or call."""
    row = CaseFile(purpose="other", name=name, type="application/pdf", told=[])
    with store.ready(name.encode()) as stored, transaction():
        return file.add(target, row, stored, actor=by, now=now)


def test_a_contact_is_found_by_what_was_told_its_result_and_who_received_it(visit, actor, agency_id, clock):
    by = {"actor": actor(Role.HEAD), "today": clock.today, "now": clock()}
    contacts.tell(visit.id, "请向自然资源局咨询", **by)
    contacts.close(visit.id, "已电话答复", on=clock.today, **by)

    for typed in ("自然资源局", "电话答复", visit.received_by, "询问规划"):
        assert count_rows(contacts_matching(agency_id, text=typed)) == 1, typed
    assert list(searched.stale()) == []


def test_a_contact_and_a_request_are_found_by_the_names_of_their_files(
    visit, register, actor, agency_id, clock
):
    by, case = actor(Role.HEAD), register("李四")
    version = visit.version
    keep_file(visit, "现场 照片.pdf", by, clock())
    keep_file(case, "红线图（ＣＡＤ）.pdf", by, clock())
    contacts.tell(visit.id, "已告知", actor=by, today=clock.today, now=clock(), version=version)

    assert count_rows(contacts_matching(agency_id, text="现场照片.pdf")) == 1
    assert count_rows(cases_matching(agency_id, CaseFilter(text="红线图 cad"))) == 1
    assert (list(searched.stale()), list(search_text.stale())) == ([], [])


def test_the_masked_name_of_a_withdrawn_file_is_found_and_its_old_one_no_longer(
    visit, register, actor, agency_id, clock
):
    by, case = actor(Role.HEAD), register("李四")
    for target in (visit, case):
        kept = keep_file(target, f"王麻子{target.id}的档案.pdf", by, clock())
        typed = Withdrawal(why=MISTAKE, reason="错传", is_masked=True)
        withdrawal.withdraw(kept, target, typed, actor=by, now=clock())

    assert count_rows(contacts_matching(agency_id, text="王麻子")) == 0
    assert count_rows(cases_matching(agency_id, CaseFilter(text="王麻子"))) == 0
    assert (list(searched.stale()), list(search_text.stale())) == ([], [])


def test_what_is_searched_of_files_is_made_anew_where_it_was_lost(visit, register, actor, agency_id, clock):
    by, case = actor(Role.HEAD), register("李四")
    for target in (visit, case):
        keep_file(target, f"红线图{target.id}.pdf", by, clock())
    with transaction():
        db.session.execute(update(Contact).values(folded="别的字"))
        db.session.execute(update(CaseText).values(folded="别的字"))

    assert (searched.mend(now=clock()) > 0, search_text.mend(now=clock())) == (True, 1)
    assert count_rows(contacts_matching(agency_id, text="红线图")) == 1
    assert count_rows(cases_matching(agency_id, CaseFilter(text="红线图"))) == 1


def test_an_upgrade_folds_what_older_versions_kept(tmp_path):
    (tmp_path / "office").mkdir()
    app = create_app(settings_of(tmp_path / "office"))
    with app.app_context():
        make_older(db.engine, "0016")
        with db.engine.begin() as connection:
            for statement in (
                "INSERT INTO agencies (id, code, name) VALUES (1, 'default', '甲局')",
                "INSERT INTO applicants (id, agency_id, kind, name) VALUES (1, 1, 'natural_person', '张　三')",
                "INSERT INTO cases (id, agency_id, number, applicant_id, subject, registered_at, version, state,"
                " channel, applicant_kind, due_is_provisional) VALUES (1, 1, 'ＹＳＱ－７', 1, '规 划 图',"
                " '2026-03-02 01:00:00', 1, 'received', 'in_person', 'natural_person', 0)",
            ):
                connection.execute(text(statement))
        migrate.upgrade()

        assert db.session.scalar(select(Applicant.folded)) == "张三"
        assert db.session.scalar(select(Case.folded)) == "ysq-7\n规划图"
        assert count_rows(cases_matching(1, CaseFilter(text="YSQ-7"))) == 1
        db.session.remove()
        db.engine.dispose()


TRAINING = {
    "held_on": "2026-02-03",
    "topic": "《条例》 培训",
    "form": "meeting",
    "people": "20",
    "hours": "2",
}
MODELS = {model for _noun, model, _columns in searched.SOURCES}


def test_every_table_that_keeps_folded_words_is_checked():
    tables = {table.name for table in Base.metadata.sorted_tables if "folded" in table.columns}

    texts = CaseText.__tablename__  # services/case/search_text
    assert tables == {*(model.__tablename__ for model in MODELS), texts}


@pytest.mark.parametrize("model", [Case, Applicant, Contact, Training], ids=lambda m: m.__tablename__)
@pytest.mark.parametrize("left", ["", "别的字"])
def test_folded_words_that_were_changed_or_left_stale_are_named_and_made_anew(
    register, actor, clock, model, left
):
    register("张　三", subject="ＥＭＳ回执")
    registration.register(
        ContactData(form="letter", arrived_on=clock.today, person="李四", summary="道路"),
        actor=actor(Role.HEAD), triage="consultation", today=clock.today, now=clock(),
    )  # fmt: skip
    registers.keep(
        BY_NAME["trainings"],
        TRAINING,
        by=registers.By(actor=actor(Role.HEAD), today=clock.today, now=clock()),
    )
    assert list(searched.stale()) == []

    with transaction():
        row_id = db.session.scalars(select(model.id).order_by(model.id)).first()
        right = db.session.scalar(select(model.folded).where(model.id == row_id))
        db.session.execute(update(model).where(model.id == row_id).values(folded=left))

    found = [one for one in inspection.inspect(today=clock.today) if "folded" in one.message]
    assert [one.where.endswith(f"第{row_id}行") for one in found] == [True]
    assert searched.mend(now=clock()) == 1
    assert db.session.scalar(select(model.folded).where(model.id == row_id)) == right
    assert list(inspection.inspect(today=clock.today)) == []
    assert searched.mend(now=clock()) == 0
