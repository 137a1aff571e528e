"""A pasted list of people: each part is told by what it is, in any order, with any separator."""

import pytest

from tracker.domain.office.people import BY_WORD, ROLE_WORDS, read
from tracker.domain.permission import PEOPLE, Role

UNITS = ("办公室", "规划股")


@pytest.mark.parametrize(
    "text",
    [
        "林静\tlinjing\t办公室\t登记员、承办人\tlin@example.org",
        "林静,linjing,办公室,登记员/承办人,lin@example.org",
        "林静，linjing，办公室，登记 承办，lin@example.org",
        "林静、linjing、办公室、登记员、承办人、lin@example.org",
        "linjing\tlin@example.org\t登记员\t承办人\t办公室\t林静",
        " 林静  linjing 办公室 登记员+承办人 lin@example.org ",
    ],
)
def test_a_line_is_understood_in_any_order_and_with_any_separator(text):
    (line,) = read(text, UNITS)

    assert (line.name, line.login, line.unit, line.email) == ("林静", "linjing", "办公室", "lin@example.org")
    assert set(line.roles) == {Role.REGISTRAR, Role.HANDLER}
    assert line.problem == ""


def test_empty_lines_and_headings_are_left_out_and_lines_keep_their_numbers():
    lines = list(read("姓名\t用户名\t角色\n\n林静\tlinjing\t登记员\n\n周明\tzhou\t承办人\n", UNITS))

    assert [(line.number, line.name) for line in lines] == [(3, "林静"), (5, "周明")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("林静\t登记员", "缺用户名。"),
        ("linjing\t登记员", "缺姓名。"),
        ("林静\tlinjing", "缺角色。"),
        ("林静\tlinjing\t市场股\t登记员", "看不懂“市场股”：不是单位、角色、邮箱、用户名或者姓名。"),
        ("林静\tlinjing\t股长", "“股长”是职务，不说明角色：请写登记员、承办人、负责人等。"),
        ("副主任\t林静\tlinjing", "“副主任”是职务，不说明角色：请写登记员、承办人、负责人等。"),
        ("林静\tlinjing\t管理", "“管理”是职务，不说明角色：请写登记员、承办人、负责人等。"),
        ("角色\t钱七\tqianqi\t登记员", "看不懂“钱七”：不是单位、角色、邮箱、用户名或者姓名。"),
        ("林静\tlinjing\tzhou\t登记员", "看不懂“zhou”：不是单位、角色、邮箱、用户名或者姓名。"),
    ],
)
def test_a_line_that_nobody_can_be_made_of_says_why(text, problem):
    (line,) = read(text, UNITS)

    assert line.problem == problem


def test_every_role_that_a_person_may_hold_has_its_words_and_no_word_means_two():
    assert set(ROLE_WORDS) == set(PEOPLE)
    assert len(BY_WORD) == sum(len(words) for words in ROLE_WORDS.values())
