"""The sample office: in by a click, apart from everything real, out again whole."""

import json

import pytest
from sqlalchemy import func, select

from tests.letters import stated
from tests.web.page.test_pages import REQUEST
from tracker.domain.errors import NotPermittedError, StepNotAllowedError
from tracker.domain.letter import index
from tracker.domain.permission import Role
from tracker.models import append_only
from tracker.models.agency import SAMPLE, Agency
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.letter import LetterTemplate
from tracker.models.outbox import SENT, Message
from tracker.models.tables import stored
from tracker.services.contact import contact, registration
from tracker.services.exchange import exporting, importing
from tracker.services.job import reminder
from tracker.services.letter import electronic
from tracker.services.letter import letter as letters
from tracker.services.letter.service import ServiceExtras, Serving
from tracker.services.mail import outbox
from tracker.services.office import store, user
from tracker.services.office.actor import system
from tracker.services.operations import backup, inspection, sample, start

RUNNING = {"journal", "journal_forms", "journal_head", "audit_entries"}  # tell that it was there


def counts() -> dict[str, int]:
    db.session.rollback()
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in stored()
        if table.name not in RUNNING
    }


def findings(clock) -> list[str]:
    db.session.rollback()
    return [f"{each.where}{each.message}" for each in inspection.inspect(today=clock.today)]


def test_what_went_in_goes_out_entirely_and_the_proof_holds(app, actor, clock):
    administrator = actor(Role.ADMINISTRATOR)
    before = counts()

    people = sample.put_in(actor=administrator, today=clock.today, now=clock())
    assert sample.size() > 100
    assert findings(clock) == []
    copy = backup.make(backup.folder() / "with-sample.zip", now=clock())
    clerk = user.sign_in(people[0].login, people[0].password, now=clock())
    assert db.session.get(Agency, clerk.agency_id).code == SAMPLE
    assert sample.take_out(actor=administrator, now=clock()) > 1000

    after = counts()
    assert {name: (before[name], after[name]) for name in after if after[name] != before[name]} == {}
    assert findings(clock) == []
    assert [head.agency for head in copy.heads if head.agency == SAMPLE] == [SAMPLE]
    assert append_only.missing(db.session.connection()) == []
    assert list(store.files()) == []


def test_it_comes_back_and_goes_again(on_sqlite, actor, clock):
    administrator = actor(Role.ADMINISTRATOR)
    for _ in range(2):
        sample.put_in(actor=administrator, today=clock.today, now=clock())
        sample.take_out(actor=administrator, now=clock())

    with pytest.raises(StepNotAllowedError, match="没有示例机关"):
        sample.take_out(actor=administrator, now=clock())


def test_an_office_with_real_data_takes_no_sample(app, actor, clock):
    data = contact.ContactData(form="letter", arrived_on=clock.today, person="王一", summary="查询")
    registration.register(data, actor=actor(Role.REGISTRAR), today=clock.today, now=clock(), triage=None)

    with pytest.raises(StepNotAllowedError, match="已经有登记"):
        sample.put_in(actor=actor(Role.ADMINISTRATOR), today=clock.today, now=clock())

    assert db.session.scalar(select(func.count()).select_from(Agency)) == 1


def test_a_second_sample_is_refused_and_only_an_administrator_puts_one_in(on_sqlite, actor, clock):
    with pytest.raises(NotPermittedError):
        sample.put_in(actor=actor(Role.HEAD), today=clock.today, now=clock())
    sample.put_in(actor=actor(Role.ADMINISTRATOR), today=clock.today, now=clock())

    with pytest.raises(StepNotAllowedError, match="已经在用"):
        sample.put_in(actor=actor(Role.ADMINISTRATOR), today=clock.today, now=clock())


def test_no_mail_leaves_the_sample_and_real_requests_are_registered_beside_it(on_sqlite, actor, clock):
    sample.put_in(actor=actor(Role.ADMINISTRATOR), today=clock.today, now=clock())
    reminder.remind(on=clock.today, now=clock())
    outbox.deliver(on=clock.today, now=clock())
    data = contact.ContactData(form="letter", arrived_on=clock.today, person="王一", summary="查询")
    registration.register(data, actor=actor(Role.REGISTRAR), today=clock.today, now=clock(), triage=None)

    assert db.session.scalar(select(func.count()).where(Message.status == SENT)) == 0
    sample.take_out(actor=actor(Role.ADMINISTRATOR), now=clock())

    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    assert findings(clock) == []


def test_a_letter_that_was_served_by_mail_in_it_leaves_no_file(app, actor, clock):
    before = counts()
    sample.put_in(actor=actor(Role.ADMINISTRATOR), today=clock.today, now=clock())
    agency = db.session.scalar(select(Agency).where(Agency.code == SAMPLE))
    whose, kind = system(agency.id), index.BY_KEY["receipt"]
    case = db.session.scalars(
        select(Case)
        .where(Case.agency_id == agency.id, Case.closed_on.is_(None), Case.due_on.is_not(None))
        .order_by(Case.id)
    ).first()
    typed = letters.Typed(kind="receipt", on=clock.today, facts=stated(kind), method="email")
    letter = letters.make(case.id, typed, actor=whose, today=clock.today, now=clock())
    by = Serving(actor=whose, today=clock.today, now=clock())
    given = ServiceExtras(place="a@example.org", override="x")
    electronic.send(letter.id, [], given, case_id=letter.case_id, by=by)
    db.session.rollback()

    sample.take_out(actor=actor(Role.ADMINISTRATOR), now=clock())

    assert list(store.files()) == []
    assert {name: count for name, count in counts().items() if count != before[name]} == {}


def test_a_file_that_was_named_again_meanwhile_stays(on_sqlite, actor, clock):
    with store.ready(b"content") as file, transaction():
        store.keep(file)
        agency_id = db.session.scalar(select(Agency.id))
        row = LetterTemplate(
            agency_id=agency_id,
            kind="receipt",
            version=1,
            file_name="a.docx",
            sha256=file.digest,
            size=7,
            kept_by="某人",
            kept_at=clock(),
        )
        db.session.add(row)

    sample.forget_files({file.digest})

    assert store.get(file.digest) == b"content"


def test_the_sample_is_no_import_of_the_office_and_is_not_exported(on_sqlite, actor, clock, sign_in):
    administrator = actor(Role.ADMINISTRATOR)
    agency_id = administrator.agency_id

    def old_register() -> bool:
        db.session.rollback()
        return {step.key: step.is_done for step in start.steps(agency_id, today=clock.today)}["old_register"]

    sample.put_in(actor=administrator, today=clock.today, now=clock())
    assert not old_register()
    sign_in(Role.REGISTRAR, Role.HANDLER).post("/register", REQUEST)

    _header, *lines = exporting.histories(now=clock())

    assert [line["agency"] for line in lines] == ["default"]
    assert exporting.of_sample() > 100
    db.session.rollback()
    sample.take_out(actor=administrator, now=clock())
    assert exporting.of_sample() == 0
    own = [json.dumps(each, ensure_ascii=False) for each in exporting.histories(now=clock())]
    importing.import_histories(own, today=clock.today, now=clock())
    assert old_register()
