"""What is practice is told apart from law: one table, every rule with its reason and what would settle it."""

import inspect

import pytest

from tracker.config import PLACES
from tracker.domain.case import rules
from tracker.domain.case.rules import KEYS, Rules
from tracker.domain.office.practice import PARTS, PRACTICES, SETTINGS


@pytest.mark.parametrize("rule", PRACTICES, ids=lambda rule: rule.key)
def test_a_rule_says_what_it_asks_why_and_what_would_settle_it(rule):
    assert rule.part in PARTS
    assert all((rule.asks, rule.does, rule.reason, rule.settled))
    assert bool(rule.setting) is not bool(rule.fixed), "a setting, or why there is none"


def test_no_rule_and_no_setting_stands_twice():
    keys, settings = [rule.key for rule in PRACTICES], [rule.setting for rule in PRACTICES if rule.setting]

    assert len(set(keys)) == len(keys)
    assert len(set(settings)) == len(settings)


def test_every_value_of_the_practice_is_in_the_table_and_every_one_of_the_table_can_be_set():
    of_the_agency = {"agency_level", "court"}  # beside upper_organ, which the table names for the three

    assert set(KEYS) - of_the_agency == SETTINGS


def test_every_value_of_the_practice_says_what_it_is():
    assert [key for key in KEYS if key not in inspect.getdoc(Rules)] == []


def test_no_value_of_the_practice_is_a_setting_of_a_machine():
    assert set(KEYS) & PLACES.keys() == set()


@pytest.mark.parametrize("key", KEYS)
def test_a_default_is_possible_and_reads_as_it_is_written(key):
    default = KEYS[key].default

    assert rules.read(key, rules.written(default)) == default
