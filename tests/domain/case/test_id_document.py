"""Documents of identity: a wrong check digit is told, what has none is taken as it is typed."""

import pytest

from tracker.domain.case.id_document import FAULTS, IdKind, fault, is_credit_code, label

RIGHT, WRONG = "11010519491231002X", "110105194912310021"
CODE = "91350100M000100Y43"  # the example of GB 32100-2015


@pytest.mark.parametrize(
    ("kind", "number", "wrong"),
    [
        (IdKind.RESIDENT, RIGHT, ""),
        (IdKind.RESIDENT, RIGHT.lower(), ""),
        (IdKind.RESIDENT, "110105 19491231 002X", ""),
        (IdKind.RESIDENT, WRONG, FAULTS[0]),
        (IdKind.RESIDENT, "11010519491331002X", FAULTS[0]),  # no such month
        (IdKind.RESIDENT, "110105491231002", ""),  # of before 2013, without a check digit
        (IdKind.RESIDENT, "12345", FAULTS[0]),
        ("", WRONG, FAULTS[0]),  # it looks like one
        ("", RIGHT, ""),
        ("", "E12345678", ""),
        ("", "914403001922038216", ""),  # a credit code of digits alone
        (IdKind.CREDIT_CODE, CODE, ""),
        (IdKind.CREDIT_CODE, CODE[:-1] + "4", FAULTS[1]),
        (IdKind.CREDIT_CODE, WRONG, FAULTS[1]),
        (IdKind.CREDIT_CODE, "91350100I000100Y43", FAULTS[1]),  # I, O, S, V and Z are no signs of it
        (IdKind.PASSPORT, WRONG, ""),
        (IdKind.OTHER, WRONG, ""),
        (IdKind.RESIDENT, "  ", ""),
    ],
)
def test_a_number_is_told_wrong_by_its_check_digit_alone(kind, number, wrong):
    assert fault(kind, number) == wrong


def test_one_changed_sign_of_a_credit_code_is_always_told():
    changed = [f"{CODE[:place]}{sign}{CODE[place + 1 :]}" for place in range(18) for sign in "0123456789ABC"]

    assert is_credit_code(CODE)
    assert [code for code in changed if code != CODE and is_credit_code(code)] == []


def test_a_kind_that_is_none_is_shown_as_it_is():
    assert [label("passport"), label("damaged"), label("")] == ["护照", "damaged", ""]
