"""What a person chose for a file: kept as JSON, put in the place of its words, given to its headings."""

import pytest

from tracker.domain.case.outcome import OUTCOMES
from tracker.domain.exchange import choice, header, outcome_words, request_table
from tracker.domain.exchange.choice import Choices, SheetChoice
from tracker.domain.exchange.header import Columns
from tracker.domain.exchange.request_column import READ

COLUMNS = Columns.of(READ)
LABELS = choice.labels_of(READ)


def test_choices_come_back_from_json_as_they_were():
    chosen = Choices({"台账": SheetChoice(False, 3, {2: "name", 4: ""})}, {"answer": {"已办结": "disclosed"}})

    assert choice.of_json(choice.as_json(chosen)) == chosen
    assert (bool(chosen), bool(Choices())) == (True, False)


def test_a_word_is_decided_wherever_it_stands_whatever_blanks_are_in_it():
    chosen = Choices(words={"kind": {"法人": "business"}})

    said, before = choice.reworded({"kind": " 法 人 ", "name": "法人"}, chosen, LABELS)

    assert (said["kind"], said["name"], before) == ("商业企业", "法人", {"kind": "法 人"})
    assert choice.reworded({"kind": "公民"}, chosen, LABELS) == ({"kind": "公民"}, {})


def test_a_code_that_no_field_has_decides_nothing():
    chosen = Choices(words={"kind": {"法人": "no-such-code"}, "nobody": {"法人": "business"}})

    assert choice.reworded({"kind": "法人"}, chosen, LABELS) == ({"kind": "法人"}, {})


@pytest.mark.parametrize("column", [one for one in READ if one.words], ids=lambda one: one.name)
def test_what_is_written_for_a_choice_is_read_as_that_choice(column):
    for code, label in column.words.items():
        assert request_table.meaning(column.name, label) == code


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda one: one.code)
def test_what_is_written_for_an_outcome_is_read_as_that_outcome(outcome):
    assert outcome_words.ending(outcome.label).code == outcome.code


def test_a_chosen_column_is_its_field_s_and_no_other_column_s():
    rows = [["收到日期", "申请人", "何人", "申请人类型"]]

    head = header.find(rows, COLUMNS, choice=SheetChoice(columns={2: "name"}))

    assert (head.places["name"], head.rivals) == (2, [])


def test_a_column_that_was_chosen_to_be_a_note_claims_nothing():
    rows = [["收到日期", "申请人", "申请人类型", "答复日期", "答复日期"]]
    assert header.find(rows, COLUMNS).doubled == {"answered_on": [3, 4]}

    head = header.find(rows, COLUMNS, choice=SheetChoice(columns={4: ""}))

    assert (head.places["answered_on"], head.doubled) == (3, {})


def test_headings_are_read_from_the_row_that_was_chosen_and_from_none_where_it_is_not_there():
    rows = [["收到日期", "申请人"], ["收到日期", "申请人", "申请人类型"]]

    assert header.find(rows, COLUMNS, choice=SheetChoice(row=1)).row == 0
    assert header.find(rows, COLUMNS, choice=SheetChoice(row=9)).places == {}
