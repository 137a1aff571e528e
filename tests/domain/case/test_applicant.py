"""Names of those who ask together: told apart from one name, and written by files in several ways."""

import pytest

from tracker.domain.case.applicant import ApplicantKind, is_of_several, is_written, twice

NATURAL, BUSINESS = ApplicantKind.NATURAL_PERSON, ApplicantKind.BUSINESS


@pytest.mark.parametrize(
    "name",
    [
        "张三、李四", "张三，李四", "张三,李四；王五", "张三/李四", "张三\n李四", "张三 李四", "张三和李四", "欧阳一一与诸葛二二",
        "张三等2人", "张三等二十三人", "张三等", "张三等人", "张三等多人", "张三 等 3 位", "张三（代表）、李四", "1.张三 2.李四",
        "买买提·阿不都、阿依古丽", "张三＆李四", "Smith, John",
    ],
)  # fmt: skip
def test_a_name_that_looks_like_several_is_told(name):
    assert is_of_several(name, NATURAL)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "张三",
        "张 三",
        "张　三",
        "张和平",
        "吴与",
        "买买提·阿不都",
        "John Smith",
        "张三（李四代）",
        "张三,男",
        "张三、",
        "何及",
    ],
)
def test_the_name_of_one_person_is_taken_as_it_is(name):
    assert not is_of_several(name, NATURAL)


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("甲商贸有限公司、乙商贸有限公司", True),
        ("甲商贸有限公司等3家", True),
        ("Example Co., Ltd.", False),
        ("和平商贸有限公司", False),
        ("上海与北京商贸有限公司", False),
        ("北京 甲商贸有限公司", False),
    ],
)
def test_the_name_of_a_body_is_several_only_by_a_sign_between_names(name, several):
    assert is_of_several(name, BUSINESS) is several


@pytest.mark.parametrize("told", ["张三", "张　三", "张三、李四", "张三等2人", "张三等２位"])
def test_a_file_may_name_the_first_or_all_or_the_first_with_the_number(told):
    assert is_written(told, ["张三", "李四"])


@pytest.mark.parametrize("told", ["李四", "张三等3人", "李四、张三", "张三、李四、王五", ""])
def test_a_file_that_names_others_names_another_request(told):
    assert not is_written(told, ["张三", "李四"])


def test_two_of_one_name_are_told_apart_by_the_number_of_an_identity():
    assert twice([("张三", ""), ("李四", ""), ("张　三", "")]) == (1, 3)
    assert twice([("张三", "1"), ("李四", "1"), ("张三", "2")]) is None
