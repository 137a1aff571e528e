"""What a password must be: long and mixed, none of the first guesses, nothing of the login (身份鉴别)."""

import pytest

from tracker.domain.errors import InvalidDetailError
from tracker.domain.office import password


@pytest.mark.parametrize(
    "good", ["Long-enough-1", "Tr0ub4dor&3x", "Much-longer-1", "河道2026整治Abc", "x9K-pq7-Lm2"]
)
def test_a_long_mixed_password_that_nobody_guesses_is_taken(good):
    password.check(good, "lin")


@pytest.mark.parametrize("simple", ["", "short", "alllowercase1", "NOLOWER12345", "nodigits-here"])
def test_a_short_or_simple_one_is_refused(simple):
    with pytest.raises(InvalidDetailError, match="至少10位"):
        password.check(simple)


@pytest.mark.parametrize(
    "common",
    [
        "Password123!",
        "P@ssw0rd2026",
        "Admin@123456",
        "Welcome-2026",
        "Qwerty12345!",
        "Abcd1234!@#$",
        "1qaz2wsx3EDC",
        "Aa1111111111",
        "Zhengfu@2026",
        "XinxiGongkai1!",
        "987654321Aa!",
        "Asdfgh-12345",
        "WoAiNi1314!!",
        "Test-Test-Test1",
    ],
)
def test_what_people_type_first_is_refused_whatever_stands_around_it(common):
    with pytest.raises(InvalidDetailError, match="常见"):
        password.check(common)


@pytest.mark.parametrize("inside", ["Xlin.jing-77", "77-LIN.JING-x"])
def test_the_login_is_not_in_it(inside):
    with pytest.raises(InvalidDetailError, match="用户名"):
        password.check(inside, "lin.jing")


def test_one_of_a_megabyte_is_refused_before_anything_is_done_with_it():
    with pytest.raises(InvalidDetailError, match="1024"):
        password.check("Aa1-" * 250_000)
    password.check("Aa1-" + "字" * 300 + "xyzzy")
