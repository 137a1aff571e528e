"""Many people at once: what each line would do before anything is kept, then all of them or none."""

import pytest
from sqlalchemy import func, select

from tracker.domain.errors import InvalidDetailError, NotPermittedError
from tracker.domain.permission import Role
from tracker.models.agency import Agency
from tracker.models.base import db, transaction
from tracker.models.user import User
from tracker.services.office import people, user

LIST = """林静\tlinjing\t规划股\t登记员\tlin@example.org
周明\tzhouming\t\t承办人
坏邮箱\tbad\t\t承办人\ta@b@c
周二\tzhouming\t\t承办人
陈立\tchenli\t规划股\t负责人、审核人
系统\txitong\t\t承办人
"""


def how_many() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(User))


def looked_at(text: str, actor) -> str:
    """Return the mark of what a look at the list shows."""
    return people.mark(people.understood(text, actor=actor))


def test_each_line_has_its_fate_and_nothing_is_kept(app, planning, actor):
    before = how_many()

    lines = people.understood(LIST, actor=actor(Role.ADMINISTRATOR))

    problems = {line.login: line.problem for line in lines}
    assert problems["linjing"] == problems["chenli"] == ""
    assert problems["zhouming"] == "名单中有两行用同一个用户名。"
    assert "不是有效的邮箱地址" in problems["bad"]
    assert "程序记载时所用的名称" in problems["xitong"]
    assert how_many() == before


def test_the_good_lines_are_made_and_their_passwords_open(app, planning, actor, clock):
    administrator = actor(Role.ADMINISTRATOR)

    seen = looked_at(LIST, administrator)
    made = people.create(LIST, looked_at=seen, actor=administrator, now=clock())

    assert [each.name for each in made] == ["林静", "陈立"]
    row = user.sign_in("chenli", made[1].password, now=clock())
    assert (row.role_set, row.unit.name) == ({Role.HEAD, Role.REVIEWER}, "规划股")
    assert row.must_change_password
    again = {line.login: line.problem for line in people.understood(LIST, actor=administrator)}
    assert again["linjing"] == "已经有这位用户，不再新建。"
    with pytest.raises(InvalidDetailError, match="没有可以新建的人"):
        people.create(LIST, looked_at=seen, actor=administrator, now=clock())


@pytest.mark.parametrize(
    "text",
    [
        "赵坏\tzhouming\t承办人",
        "周明\tzhaohuai\t承办人",
        "周明\tzhouming\t系统管理员、负责人",
        "周明\tzhouming\t承办人\tzhou@example.org",
        "周明\tzhouming\t承办人\n林静\tlinjing\t登记员",
    ],
)
def test_nobody_is_made_who_was_not_looked_at(app, actor, clock, text):
    before, administrator = how_many(), actor(Role.ADMINISTRATOR)
    seen = looked_at("周明\tzhouming\t承办人", administrator)

    for mark in (seen, ""):
        with pytest.raises(InvalidDetailError, match="刚刚变了"):
            people.create(text, looked_at=mark, actor=administrator, now=clock())

    assert how_many() == before


def test_logins_are_one_whatever_their_case_and_other_agencies_people_stay_unknown(app, actor, clock):
    administrator = actor(Role.ADMINISTRATOR)
    with transaction():
        other = Agency(code="other", name="乙局")
        db.session.add(other)
        db.session.flush()
        user.add(
            agency_id=other.id, login="WangWu", name="王五", roles=[Role.HANDLER], now=clock(),
            secret=user.one_time(),
        )  # fmt: skip

    told = people.understood(
        "王五，wangwu，登记员\n李四，LiSi，登记员\n李四二，lisi，登记员", actor=administrator
    )

    assert [line.problem for line in told] == [
        "这个用户名已有人使用。",
        *["名单中有两行用同一个用户名。"] * 2,
    ]
    with pytest.raises(InvalidDetailError, match="已有人使用"):
        user.create(login="WANGWU", name="某人", roles=[Role.HANDLER], actor=administrator, now=clock())


def test_a_list_that_is_too_long_is_refused_whole(on_sqlite, actor):
    with pytest.raises(InvalidDetailError, match="至多40000字"):
        people.understood("周明\tzhou\t承办人\n" + " " * 40_000, actor=actor(Role.ADMINISTRATOR))


@pytest.mark.parametrize(("text", "words"), [("", "名单是空的"), ("周明\tzhou\t承办人\n" * 201, "至多200人")])
def test_an_empty_list_and_one_too_long_are_refused(on_sqlite, actor, text, words):
    with pytest.raises(InvalidDetailError, match=words):
        people.understood(text, actor=actor(Role.ADMINISTRATOR))


def test_an_administrator_alone_makes_people(on_sqlite, actor):
    with pytest.raises(NotPermittedError):
        people.understood(LIST, actor=actor(Role.HEAD))
