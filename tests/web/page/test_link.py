"""An address of a template is the one that Flask would have made."""

import flask
import pytest

from tracker.web.page.link import url_for

VALUES = {"of": "cases", "proof_of": "services", "language": "zh"}


def values_of(rule, number: int) -> dict[str, object]:
    return {name: VALUES.get(name, number if "int:" in rule.rule else "accept") for name in rule.arguments}


def pages(app) -> list:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_page_has_the_address_that_flask_gives_it_wherever_the_office_stands(app):
    for root in ("", "/yi%20shen", "/office"):
        for number in (1, 987_650_000, 2_147_483_647):
            with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
                for rule in pages(app):
                    given = values_of(rule, number)
                    assert url_for(rule.endpoint, **given) == flask.url_for(rule.endpoint, **given)


@pytest.mark.parametrize("value", ["规划", "a b", "a/b", "1", "", "50%", "%(name)s", "x987650000"])
def test_what_needs_quoting_is_quoted(app, value):
    with app.test_request_context("/"):
        assert url_for("case.index", text=value) == flask.url_for("case.index", text=value)
        given = {"case_id": 7, "name": value or "accept", "text": value}
        assert url_for("step.new", **given) == flask.url_for("step.new", **given)


def test_an_empty_question_is_left_out_and_an_unknown_place_is_refused(app):
    with app.test_request_context("/"):
        assert url_for("case.index", order=None) == "/cases"
        for _ in range(2):
            with pytest.raises(ValueError, match="other"):
                url_for("evidence.new", of="other", of_id=1)
