"""English is complete: every word of a page has its translation, with the same places for values."""

import ast
import re

import pytest

from benchmarks import words
from tracker.domain.case import rules
from tracker.domain.errors import NotPermittedError
from tracker.domain.message import translate
from tracker.domain.permission import Role

words.tables()  # now, before a test has a table of its own
PLACES = re.compile(r"%\(\w+\)s|%%")


def test_every_message_of_code_and_templates_has_its_english():
    assert words.missing() == [], "run: python3 dev.py words, and translate what it names"


def test_no_message_hides_where_the_catalogue_does_not_look_for_it():
    """As inside an f-string: its English would be forgotten without a word."""
    said = {text for _context, text in words.messages()}
    hidden = [
        (file.name, call.args[0].value)
        for file in sorted((words.ROOT / "tracker").rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in words.KEYWORDS
        if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value not in said
    ]

    assert hidden == []


def test_a_translation_has_the_places_for_values_that_its_message_has():
    wrong = [
        message.id
        for message in words.kept()
        if message.id and sorted(PLACES.findall(message.id)) != sorted(PLACES.findall(message.string))
    ]

    assert wrong == []


def test_what_the_program_reads_is_what_was_translated():
    for message in words.kept():
        if message.id:
            assert translate("en", message.id, context=message.context or "") == message.string, message.id


@pytest.mark.parametrize("path", ["/", "/register", "/cases", "/contacts", "/what-if"])
def test_a_page_in_english_is_english(on_sqlite, sign_in, path):
    browser = sign_in(Role.HEAD)

    page = browser.get(f"{path}?language=en").text

    assert '<html lang="en">' in page
    assert ">Worklist<" in page
    assert ">工作台<" not in page


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def test_an_error_that_has_its_words_itself_has_its_english():
    assert translate("en", NotPermittedError().message) == "Your role has no permission for this."
    assert "such as 1 3 5" in translate("en", rules.refusal_of_text("escalation_days", "很多"))
