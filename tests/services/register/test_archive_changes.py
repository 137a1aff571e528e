"""What comes to a case after it was archived: noticed whenever it was begun, held by the file made anew."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy.orm.exc import StaleDataError

from tests import letters as made_up
from tests.services.register.test_archive import case, head, keep, opened, take, waiting  # noqa: F401
from tests.services.register.test_bundle import scan, words
from tests.statements import listened, plan
from tracker.domain.errors import InvalidDetailError
from tracker.domain.letter.index import BY_KEY
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.reads import archiving as reads_archiving
from tracker.models.reads.letter import letters_of
from tracker.services.case import agreement, file
from tracker.services.case.evidence import Upload
from tracker.services.letter import letter as letters
from tracker.services.register import archive, dossier
from tracker.services.register import register as registers

LATER = reads_archiving.CHANGES[reads_archiving.OTHER]
RAISED = {"kind": "reconsideration", "organ": "区政府", "filed_on": "2026-03-16"}


def add(row, who, at, pages=1):
    file.keep(row, "other", [Upload("说明.pdf", scan(pages))], actor=who, now=at)


def entered(who, clock, name, raw):
    by = registers.By(actor=who, today=clock.today, now=clock())
    return registers.keep(BY_NAME[name], raw, by=by)


def test_what_was_begun_before_the_act_and_kept_after_it_is_noticed(case, keep, head, clock):  # noqa: F811
    keep()
    add(case, head, clock() - timedelta(hours=1))

    assert archive.state_of(case).changes == [LATER]
    assert waiting(case) == [case.number]
    keep()
    assert waiting(case) == []


def test_a_suit_that_is_led_to_another_case_is_noticed(case, keep, head, clock):  # noqa: F811
    row = entered(head, clock, "remedies", {**RAISED, "case_number": case.number})
    keep(despite="先归档")
    assert waiting(case) == []
    by = registers.By(actor=head, today=clock.today, now=clock())
    registers.keep(BY_NAME["remedies"], {"case_number": ""}, by=by, row_id=row.id, version=row.version)

    assert archive.state_of(case).changes == [reads_archiving.CHANGES[reads_archiving.REMEDY]]
    assert waiting(case) == [case.number]


def test_what_comes_while_the_papers_are_read_archives_nothing(case, head, clock):  # noqa: F811
    came = []

    def reading(details, step):
        if not came:
            came.append(step)
            add(case, head, clock())
        return words(details, step)

    typed = archive.ToArchive(number="A", on=clock.today, retention="30")
    with pytest.raises(StaleDataError):
        archive.archived(case.id, typed, details=reading, actor=head, today=clock.today, now=clock())
    assert archive.state_of(case).act is None


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("complaints", {"received_on": "2026-03-16", "matter": "答复不清", "source": "citizen"}, "答复不清"),
        ("corrections", {"received_on": "2026-03-16", "record": "门牌号有误"}, "门牌号有误"),
    ],
)
def test_what_a_register_says_of_the_case_is_in_its_file(case, keep, head, clock, name, raw, said):  # noqa: F811
    keep()
    entered(head, clock, name, {**raw, "case_number": case.number})

    assert archive.state_of(case).changes == [LATER]
    told = [one for one in dossier.archived(case, words) if one.name == BY_NAME[name].title]
    assert [said in one.content.decode() for one in told] == [True]


def test_what_was_agreed_of_service_is_noticed_and_held(case, keep, head, clock):  # noqa: F811
    keep()
    agreement.record(case, electronic=False, told_by="", known_from="电话询问", actor=head, now=clock())

    assert archive.state_of(case).changes == [LATER]
    told = [one.content.decode() for one in dossier.archived(case, words) if one.name == "送达约定"]
    assert ["不同意" in one and "电话询问" in one for one in told] == [True]


def test_the_answer_is_lacking_where_only_another_letter_is_there(case, head, clock):  # noqa: F811
    def lacks():
        return [one for one in archive.lacking(case, dossier.archived(case, words)) if "本件答复" in one]

    before, (answer,) = lacks(), letters_of(case)
    receipt = made_up.typed(BY_KEY["receipt"], facts={"materials": "1份"})
    letters.make(case.id, receipt, actor=head, today=clock.today, now=clock())
    case.state = "disclosed"  # of another answer than the letter gives

    assert (before, answer.voided) == ([], None)
    with db.session.no_autoflush:
        assert len(lacks()) == 1


def test_a_file_with_changes_is_not_handed_over_and_its_supplement_is(case, keep, head, clock):  # noqa: F811
    def hand():
        when = {"on": clock.today, "today": clock.today, "now": clock()}
        return archive.transferred([case.id], receiver="测区档案馆", number="1", actor=head, **when)

    def due():
        query = reads_archiving.to_transfer(case.agency_id, date(2026, 12, 31))
        return [row.case_id for row in db.session.scalars(query)]

    keep()
    add(case, head, clock())
    with pytest.raises(InvalidDetailError, match="归档以后有变动"):
        hand()
    keep()
    assert (hand(), due()) == (1, [])
    add(case, head, clock(), pages=3)
    keep()
    assert due() == [case.id]
    assert (hand(), due()) == (1, [])
    with pytest.raises(InvalidDetailError, match="已经移交"):
        hand()


def test_the_class_is_explained_as_it_was_proposed_on_the_day_of_the_act(case, keep, head, clock):  # noqa: F811
    keep()
    entered(head, clock, "remedies", {**RAISED, "case_number": case.number})

    told = json.loads(opened(take(case, head, clock))["metadata.json"])
    assert told["retention"]["practice"]["for"] == "不予公开、部分公开"


def test_what_came_is_looked_for_by_the_case_and_never_through_a_whole_book(on_sqlite):
    with listened(db.engine) as statements:
        reads_archiving.to_archive(1)
    with db.engine.connect() as connection:
        lines = [line for one in statements.selects for line in plan(connection, *one)]

    books = [line for line in lines if "book_acts" in line]
    assert books
    assert all("row_id=?" in line for line in books), lines
