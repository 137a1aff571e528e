"""English is complete: every word of a page has its translation, with the same places for values."""

import ast
import re

import pytest

from benchmarks import words
from tracker.domain.case import rules
from tracker.domain.errors import NotPermittedError
from tracker.domain.message import CHINESE, translate
from tracker.domain.permission import Role

words.tables()  # now, before a test has a table of its own
# Where Chinese is put together of pieces: papers and letters, commands, the sample, what is read by patterns.
PAPERS = (
    "cli/", "domain/calendar/notice", "domain/letter/", "domain/report/", "migrations/", "rendering/",
    "services/letter/", "services/operations/demo", "services/operations/restore",
)  # fmt: skip
PIECED = {
    # patterns of what is read
    "domain/case/personal.py", "domain/contact/scan.py", "domain/exchange/request_remark.py",
    "domain/law/secrecy.py", "domain/message.py", "domain/reading.py", "reading/spreadsheet/row_kind.py",
    # tables, whose texts are messages once they are whole
    "domain/case/outcome.py", "domain/case/workflow.py", "domain/register/normative.py",
    "domain/register/remedy.py", "web/calendar/calendar.py",
    # what is written to applicants or stands in an export, a ledger, a file's name
    "domain/case/applicant.py", "domain/case/approval.py", "domain/case/consultation.py", "domain/case/fee.py",
    "domain/case/representative.py", "domain/case/sentence.py", "domain/exchange/request_cell.py",
    "domain/law/forum.py", "mail/compose.py", "services/calendar/calendar.py", "services/case/agreement.py",
    "services/case/delivery.py", "services/case/file.py", "services/contact/importing.py",
    "services/contact/registration.py", "services/exchange/spreadsheet.py", "services/exchange/writer.py",
    "services/operations/sample.py", "services/register/bundle.py", "services/register/dossier.py",
    "services/register/held.py", "services/register/importing.py", "services/register/package.py",
    "services/register/paper.py", "services/report/report.py", "web/case/bulk.py", "web/case/case.py",
    "web/contact/contact.py", "web/letter/template.py", "web/register/archive.py", "web/register/bundle.py",
    "web/register/file.py", "web/register/personal.py", "web/report/report.py",
}  # fmt: skip
LATER = {"worded"}  # messages whose values are given where they are said
NAMED = re.compile(r"%\((\w+)\)s")
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


def test_a_message_is_given_every_value_that_it_has_a_place_for():
    """Else it fails as it is said, which may be the day on which a disk is full."""
    lacking = [
        (file.name, call.args[0].value, place)
        for file in sorted((words.ROOT / "tracker").rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
        if isinstance(call.args[0].value, str) and ast.unparse(call.func) not in LATER
        for place in set(NAMED.findall(call.args[0].value)) - {named.arg for named in call.keywords}
        if None not in {named.arg for named in call.keywords}
    ]

    assert lacking == []


def test_no_sentence_of_a_page_is_put_together_of_pieces():
    """As by an f-string: what is kept of it, and what is read of it, would stay Chinese."""
    pieced = {
        str(file.relative_to(words.ROOT / "tracker"))
        for file in sorted((words.ROOT / "tracker").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and CHINESE.search(ast.unparse(node))
    }

    assert sorted(file for file in pieced - PIECED if not file.startswith(PAPERS)) == []


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
