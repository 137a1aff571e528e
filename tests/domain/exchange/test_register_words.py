"""Words that real registers use: each is read as what it means, or asked about; none is taken in silence."""

import json
from pathlib import Path

import pytest

from tracker.domain.exchange import header, outcome_words, request_table
from tracker.domain.exchange.header import Columns
from tracker.domain.exchange.request_column import READ
from tracker.domain.register import register, wording
from tracker.domain.register.index import BY_NAME

WORDS = json.loads((Path(__file__).parents[2] / "data" / "register_words.json").read_text(encoding="utf-8"))
ROW = {"received_on": "2025/3/3", "kind": "公民", "channel": "当面"}
PROPOSED = "拟"


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return each word with what it stands under."""
    return [(meaning, word) for meaning, words in table.items() for word in words.split()]


def columns_of(name: str) -> Columns:
    return Columns.of(READ if name == "requests" else BY_NAME[name].fields)


def head(word: str, name: str = "requests") -> header.TableHead:
    return header.find([["甲乙丙", word]], columns_of(name))


@pytest.mark.parametrize(
    ("table", "label", "word"),
    [(table, *pair) for table, headings in WORDS["headings"].items() for pair in pairs(headings)],
)
def test_a_heading_of_registers_names_its_column(table, label, word):
    found = head(word, table)

    assert [columns_of(table).labels[name] for name in found.places] == [label]
    assert found.doubts == []


@pytest.mark.parametrize("word", WORDS["headings in doubt"].split())
def test_a_heading_that_may_be_another_day_is_asked_about(word):
    [(place, said)] = header.find([["受理编号", word]], columns_of("requests")).doubts

    assert place == 1
    assert said.startswith("可能是")
    assert said.endswith("请核对。")


@pytest.mark.parametrize("word", WORDS["notes"].split())
def test_a_heading_that_no_field_has_claims_none(word):
    found = head(word)

    assert (found.places, found.doubts) == ({}, [])


def said_of(column: str, word: str) -> tuple[object, str]:
    """Return the code that a word is read as, and what is refused or asked about it."""
    cells = {**ROW, column: word}
    values, wrong = request_table.values(cells)
    return values.get(column), (wrong | request_table.doubtful(cells)).get(column, "")


@pytest.mark.parametrize(
    ("column", "code", "word"),
    [(column, *pair) for column, words in WORDS["values"].items() for pair in pairs(words)],
)
def test_a_way_of_applying_or_a_kind_of_person_is_read(column, code, word):
    assert said_of(column, word) == (code, "")


@pytest.mark.parametrize(("column", "word"), pairs(WORDS["values in doubt"]))
def test_a_word_for_two_columns_of_the_report_is_asked_about(column, word):
    _code, said = said_of(column, word)

    assert word in said
    assert "请改写" in said or "不是可选的" in said


@pytest.mark.parametrize(("code", "word"), pairs(WORDS["outcomes"]))
def test_an_outcome_is_read(code, word):
    found = outcome_words.ending(word)

    assert (found.code if found else "open") == code


@pytest.mark.parametrize("word", WORDS["outcomes in doubt"].split())
def test_an_outcome_without_a_safe_reading_is_refused_with_what_it_may_mean(word):
    with pytest.raises(ValueError, match="可能是") as caught:
        outcome_words.ending(word)
    assert str(caught.value).count("、") >= 1


@pytest.mark.parametrize(("word", "status"), WORDS["documents"].items())
def test_what_a_review_of_documents_says_ends_only_what_it_ends(word, status):
    documents = BY_NAME["normative-documents"]
    cells: dict[str, object] = {"status": word, "valid_until": WORDS["endless"]}

    told = wording.read(documents.name, cells)

    assert register.read(documents.field("status"), cells["status"]) == status
    assert cells["valid_until"] is None
    assert ("status" in told) is (word.startswith(PROPOSED) or word.endswith("年"))


@pytest.mark.parametrize(("word", "code"), WORDS["remedies"].items())
def test_a_result_of_a_remedy_is_read(word, code):
    assert register.read(BY_NAME["remedies"].field("result"), word) == code


def test_a_month_is_read_and_a_quarter_refused_since_counts_are_kept_by_month():
    month = BY_NAME["decision-counts"].field("month")

    assert [register.read(month, word) for word in WORDS["months"].split()] == list(range(1, 13))
    for word in WORDS["quarters"].split():
        with pytest.raises(ValueError, match=f"“{word}”不是可选的月份"):
            register.read(month, word)
