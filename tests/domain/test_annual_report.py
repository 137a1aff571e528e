"""Table 3: its rows and columns, its four identities, and what a person reads where one breaks."""

from datetime import date

import pytest

from tracker.domain import annual_report as report
from tracker.domain.applicant import ApplicantKind
from tracker.domain.channel import Channel, receipt
from tracker.domain.errors import InvalidDetailError
from tracker.domain.outcome import BY_CODE, OUTCOMES
from tracker.domain.permission import GRANTS, Action, Role, may, own_unit_only

SOUND = {("1", "business"): 3, ("2", "business"): 1, ("3.1", "business"): 2, ("4", "business"): 2}


def test_the_table_has_25_rows_and_7_columns():
    table = report.empty()

    assert sum(len(row) for row in table.values()) == 175
    assert report.ROWS[:3] == ("1", "2", "3.1")
    assert report.ROWS[-2:] == ("3.7", "4")


@pytest.mark.parametrize(
    ("family", "rows"),
    [("refused_", 8), ("unable_", 3), ("not_processed_", 5), ("closed_", 3)],
)
def test_each_family_has_the_rows_of_the_form(family, rows):  # 国办公开办函〔2021〕30号
    assert len([code for code in BY_CODE if code.startswith(family)]) == rows


def test_every_outcome_has_a_row_of_its_own_an_article_and_a_notice():
    assert len({outcome.row for outcome in OUTCOMES}) == len(OUTCOMES) == 21
    assert all(outcome.law and outcome.notice and outcome.label for outcome in OUTCOMES)


def test_totals_are_sums():
    table = report.cells({("3.1", "business"): 2, ("3.3.8", "ngo"): 5})

    assert table["3.7"] == {**dict.fromkeys(ApplicantKind, 0), "business": 2, "ngo": 5, "total": 7}


def test_a_sound_table_has_no_finding():
    assert report.identities(report.cells(SOUND)) == []


@pytest.mark.parametrize(
    ("row", "column", "check"),
    [("1", "business", "col_balance"), ("3.1", "business", "result_sum"), ("3.3.1", "total", "row_sum")],
)
def test_a_broken_identity_is_named_with_its_place(row, column, check):
    table = report.cells(SOUND)
    table[row][column] += 1

    found = report.identities(table)

    assert check in [finding.check for finding in found]
    assert all(finding.where and finding.message.endswith("。") for finding in found)


def test_what_was_carried_out_last_year_is_carried_in_this_year():
    this_year, last_year = report.cells(SOUND), report.cells({("1", "ngo"): 1, ("4", "ngo"): 1})

    found = [f for f in report.identities(this_year, last_year) if f.check == "cross_year"]

    assert {finding.where for finding in found} == {"商业企业", "社会公益组织"}


# -- 第31条: the day of receipt ------------------------------------------------------------------------

ARRIVED, SIGNED, CONFIRMED = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


@pytest.mark.parametrize(
    ("channel", "on", "law"),
    [
        (Channel.IN_PERSON, ARRIVED, "第（一）项"),
        (Channel.ORAL, ARRIVED, "第29、31条"),
        (Channel.REGISTERED_MAIL, SIGNED, "第（二）项"),
        (Channel.ORDINARY_MAIL, CONFIRMED, "第（二）项"),
        (Channel.ONLINE, CONFIRMED, "第（三）项"),
        (Channel.EMAIL, CONFIRMED, "第（三）项"),
        (Channel.FAX, CONFIRMED, "第（三）项"),
    ],
)
def test_the_channel_decides_which_day_is_the_day_of_receipt(channel, on, law):
    found = receipt(channel, arrived_on=ARRIVED, signed_on=SIGNED, confirmed_on=CONFIRMED)

    assert found.on == on
    assert law in found.law


@pytest.mark.parametrize("channel", [Channel.REGISTERED_MAIL, Channel.ORDINARY_MAIL, Channel.ONLINE])
def test_the_day_that_the_receipt_rests_on_must_be_known(channel):
    with pytest.raises(InvalidDetailError, match="请填写"):
        receipt(channel, arrived_on=ARRIVED)


# -- who may -----------------------------------------------------------------------------------------


def test_every_action_is_in_the_table_of_grants():
    assert set(GRANTS) == set(Action)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.REGISTER, {Role.REGISTRAR, Role.HANDLER, Role.HEAD}),
        (Action.HANDLE, {Role.HANDLER, Role.HEAD}),
        (Action.ANSWER, {Role.HANDLER, Role.HEAD}),
        (Action.EXTEND, {Role.HEAD}),  # 第33条第2款
        (Action.CORRECT, {Role.HEAD}),
        (Action.USERS, {Role.ADMINISTRATOR}),
        (Action.CALENDAR, {Role.ADMINISTRATOR, Role.HEAD}),
    ],
)
def test_the_grants_are_those_of_the_office(action, roles):
    assert {role for role in Role if role is not Role.SYSTEM and may([role], action)} == roles


def test_an_administrator_reads_no_case():
    assert not may([Role.ADMINISTRATOR], Action.READ)


@pytest.mark.parametrize(
    ("roles", "narrowed"),
    [
        ([Role.HANDLER], True),
        ([Role.HANDLER, Role.HEAD], False),
        ([Role.AUDITOR], False),
        ([Role.SYSTEM], False),
    ],
)
def test_a_handler_and_no_more_is_narrowed_to_the_own_unit(roles, narrowed):
    assert own_unit_only(roles) is narrowed
