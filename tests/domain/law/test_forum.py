"""Before whom an answer is contested is a fact of the office."""

import pytest

from tracker.domain.case.rules import KEYS
from tracker.domain.law import forum
from tracker.domain.law.term import REPORT_TERMS


@pytest.mark.parametrize(
    ("level", "organ", "law"),
    [
        ("department", "本级人民政府", "第24条第1款第（一）项"),
        ("government", "上一级人民政府", "第24条第1款第（二）项"),
        ("province", "本机关", "第24条第2款"),
        ("vertical", "上一级主管部门", "第27条"),
    ],
)
def test_each_level_of_organ_has_its_own_line_of_reconsideration(level, organ, law):
    found = forum.of(level, "", "")

    assert (found.organ, found.court, found.named) == (organ, "有管辖权的人民法院", False)
    assert law in found.law


def test_the_names_that_the_office_sets_are_the_ones_that_are_printed():
    """An organ of a development zone has its line set, not guessed."""
    found = forum.of("department", "某市人民政府", "某区人民法院")

    assert (found.organ, found.court, found.named) == ("某市人民政府", "某区人民法院", True)


def test_every_level_that_may_be_set_has_a_line_and_a_day_of_its_report():
    assert set(KEYS["agency_level"].metadata["choices"]) == set(forum.LEVELS) == set(REPORT_TERMS)
