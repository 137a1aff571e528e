"""Who comes in, who waits, and what the audit log keeps of it (GB/T 22239-2019 身份鉴别)."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.permission import Role
from tracker.models.base import db, transaction
from tracker.models.sign_in import SignInLimit, UserSession
from tracker.models.user import AuditEntry, User
from tracker.services.job import job
from tracker.services.office import attempt, session, user
from tracker.services.office.actor import Actor

RIGHT = "Long-enough-1"
OWN = {"address": "10.0.0.8"}
STRANGER = {"address": "10.0.0.66"}


@pytest.fixture
def lin(app, agency_id, clock) -> User:
    row, once = user.create_by_command(
        agency_id=agency_id, login="lin", name="林静", roles=[Role.REGISTRAR], now=clock()
    )
    user.change_password(row.id, once, RIGHT, actor=of(row), now=clock())
    return row


def of(row: User) -> Actor:
    return Actor(row.name, row.role_set, row.agency_id, row.id)


def tries(clock, password: str = "wrong", login: str = "lin", **more) -> str:
    """Try once; return the words of the refusal, empty where the person came in."""
    try:
        user.sign_in(login, password, now=clock(), **more)
    except user.SignInError as error:
        return str(error)
    return ""


# -- waiting ----------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_waits_half_a_minute_in_the_same_words(lin, clock):
    said = {tries(clock, **OWN) for _ in range(5)}

    said.add(tries(clock, RIGHT, **OWN))
    assert said == {user.REFUSED}
    clock.forward(seconds=31)
    assert tries(clock, RIGHT, **OWN) == ""


def test_every_further_wrong_password_is_waited_for_twice_as_long_and_never_more_than_a_quarter_of_an_hour(
    lin, clock
):
    for _ in range(5):
        tries(clock, **OWN)
    for seconds in (30, 60, 120, 240, 480, 900, 900):
        clock.forward(seconds=seconds - 1)
        assert tries(clock, RIGHT, **OWN), seconds
        clock.forward(seconds=2)
        tries(clock, **OWN)


def test_a_try_during_the_wait_lengthens_nothing(lin, clock):
    for _ in range(5):
        tries(clock, **OWN)
    for _ in range(40):
        tries(clock, **OWN)

    clock.forward(seconds=31)
    assert tries(clock, RIGHT, **OWN) == ""


def test_a_stranger_elsewhere_does_not_lock_the_person_out(lin, clock):
    for _minute in range(60):
        tries(clock, **STRANGER)
        clock.forward(minutes=1)

    assert tries(clock, RIGHT, **STRANGER) != ""
    assert tries(clock, RIGHT, **OWN) == ""


def test_a_stranger_at_the_same_address_does_not_lock_out_the_persons_own_device(lin, clock):
    for _minute in range(60):
        tries(clock, **OWN)
        clock.forward(minutes=1)

    assert tries(clock, RIGHT, **OWN) != ""
    assert tries(clock, RIGHT, **OWN, devices={lin.id: "d1"}) == ""


def test_a_stolen_device_has_its_own_few_tries(lin, clock):
    for _ in range(10):
        tries(clock, **OWN, devices={lin.id: "d1"})

    assert tries(clock, RIGHT, **OWN, devices={lin.id: "d1"}) != ""
    assert tries(clock, RIGHT, **OWN, devices={lin.id: "d2"}) == ""


def test_a_guess_spread_over_many_addresses_is_waited_for_a_minute_at_most(lin, clock):
    for number in range(60):
        tries(clock, address=f"10.1.0.{number}")

    assert tries(clock, RIGHT, address="10.9.9.9") != ""
    clock.forward(seconds=61)
    assert tries(clock, RIGHT, address="10.9.9.9") == ""


def test_one_address_that_tries_many_people_waits_for_all_of_them(lin, clock):
    for number in range(60):
        tries(clock, login=f"somebody{number}", **STRANGER)

    assert tries(clock, RIGHT, **STRANGER) != ""
    assert tries(clock, RIGHT, **OWN) == ""


def test_two_addresses_of_one_ipv6_network_are_one(lin, clock):
    for number in range(5):
        tries(clock, address=f"2001:db8:1:1::{number}")

    assert tries(clock, RIGHT, address="2001:db8:1:1::77") != ""
    assert tries(clock, RIGHT, address="2001:db8:1:2::77") == ""


def test_a_reset_password_ends_the_waits(lin, clock):
    for _ in range(8):
        tries(clock, **OWN)

    assert tries(clock, user.set_password("lin", now=clock()), **OWN) == ""


def test_what_was_tried_long_ago_is_forgotten_and_removed(lin, clock):
    for _ in range(4):
        tries(clock, **OWN)
    clock.forward(hours=25)
    tries(clock, **OWN)
    assert tries(clock, RIGHT, **OWN) == ""

    clock.forward(days=40)
    job.tidy(on=clock.today, now=clock())
    assert db.session.scalars(select(SignInLimit)).all() == []


# -- the same answer ------------------------------------------------------------------------------------


def test_unknown_wrong_waiting_closed_long_and_outdated_are_told_the_same(lin, agency_id, clock):
    user.create_by_command(agency_id=agency_id, login="new", name="新", roles=[Role.HEAD], now=clock())
    with transaction():
        db.session.execute(update(User).where(User.login == "admin").values(active=False))
    for _ in range(6):
        tries(clock, login="waiting", **OWN)

    said = [
        tries(clock, **OWN),
        tries(clock, login="nobody", **OWN),
        tries(clock, login="waiting", **OWN),
        tries(clock, login="admin", **OWN),
        tries(clock, RIGHT + "x" * 1_000_000, **OWN),
        tries(clock, login="\x00" * 3, **OWN),
        tries(clock, "wrong\x00", **OWN),
    ]

    assert set(said) == {user.REFUSED}


def test_a_one_time_password_ends_after_a_day(agency_id, clock):
    for hours, comes_in in ((23, True), (25, False)):
        login = f"new{hours}"
        _row, once = user.create_by_command(
            agency_id=agency_id, login=login, name="新人", roles=[Role.HEAD], now=clock()
        )
        clock.forward(hours=hours)
        assert (tries(clock, once, login=login) == "") is comes_in

    once = user.set_password("new25", now=clock())
    clock.forward(hours=25)
    assert tries(clock, once, login="new25") != ""


def test_what_is_typed_as_an_unknown_login_is_never_kept_in_the_clear(lin, clock):
    """People type their password there; every agency's auditor reads the log."""
    tries(clock, login="My-Secret-Pass-1", **OWN)
    tries(clock, login="My-Secret-Pass-1", **OWN)
    tries(clock, login="other", **OWN)

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "sign_in_failed")).all()
    words = [f"{entry.actor} {entry.target} {entry.details}" for entry in entries]
    assert not [each for each in words if "Secret" in each or "other" in each]
    assert [entry.target for entry in entries[:2]] == [attempt.mark("My-Secret-Pass-1")[:8]] * 2
    assert entries[2].target != entries[0].target
    limits = db.session.scalars(select(SignInLimit.key)).all()
    assert not [key for key in limits if "Secret" in key]


def test_a_failed_try_of_a_known_person_is_kept_with_its_address(lin, clock):
    tries(clock, **STRANGER)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "sign_in_failed")).one()
    assert (entry.actor, entry.address, entry.succeeded, entry.agency_id) == (
        "lin",
        "10.0.0.66",
        False,
        lin.agency_id,
    )


# -- sessions -------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(lin, clock):
    person = lin.id

    def enter(**more) -> str:
        return session.start(person, now=clock(), **more)

    return enter


def test_a_session_is_kept_by_its_digest_and_shows_where_it_is(signed_in, lin, clock):
    token = signed_in(address="10.0.0.8", browser="Firefox" * 100)

    row = session.open_of(lin.id, now=clock())[0]
    assert (row.address, len(row.browser)) == ("10.0.0.8", 200)
    assert token not in (row.token_hash, str(row.id))
    assert session.of(token, now=clock()).actor == of(lin)
    assert session.of(row.token_hash, now=clock()) is None


def test_who_can_write_the_database_alone_opens_no_session_and_moves_none_to_another(signed_in, lin, clock):
    """Without the office's key the digest of a token of one's own cannot be made."""
    token, admin = signed_in(), user.by_login("admin")
    with transaction():
        own = hashlib.sha256(b"1.mine").hexdigest()
        values = {"user_id": admin.id, "token_hash": own, "started_at": clock(), "seen_at": clock()}
        db.session.add(UserSession(**values))
        db.session.execute(update(UserSession).where(UserSession.user_id == lin.id).values(user_id=admin.id))

    assert session.of("1.mine", now=clock()) is None
    assert session.of(token, now=clock()) is None


def test_a_session_ends_at_sign_out_for_good(signed_in, clock):
    token, other = signed_in(), signed_in()
    session.end(token, now=clock())

    assert session.of(token, now=clock()) is None
    assert session.of(other, now=clock()) is not None


def test_a_session_ends_when_nobody_moves_and_after_a_days_work_whoever_moves(signed_in, clock):
    def moves() -> bool:
        db.session.remove()  # as each request has a database session of its own
        return session.of(token, now=clock()) is not None

    token = signed_in()
    for _ in range(24 * 2):
        clock.forward(minutes=14)
        assert moves()
    clock.forward(minutes=31)
    assert not moves()

    token, start = signed_in(), clock()
    while moves():
        clock.forward(minutes=15)
    assert timedelta(hours=12) <= clock() - start <= timedelta(hours=12, minutes=15)


def test_a_person_signs_out_elsewhere(signed_in, lin, clock):
    here, there, far = signed_in(), signed_in(), signed_in()
    current, other = session.of(here, now=clock()).session_id, session.of(there, now=clock()).session_id

    session.end_elsewhere(current, other, actor=of(lin), now=clock())
    assert [session.of(token, now=clock()) is None for token in (here, there, far)] == [False, True, False]
    session.end_elsewhere(current, None, actor=of(lin), now=clock())
    assert [session.of(token, now=clock()) is None for token in (here, there, far)] == [False, True, True]


def test_nobody_ends_another_persons_session(signed_in, lin, agency_id, clock):
    token = signed_in()
    theirs = session.of(token, now=clock()).session_id
    admin = user.by_login("admin")

    with pytest.raises(NotFoundError):
        session.end_elsewhere(0, theirs, actor=of(admin), now=clock())
    session.end_elsewhere(0, None, actor=of(admin), now=clock())
    assert session.of(token, now=clock()) is not None


def test_a_reset_a_change_and_the_end_of_an_account_end_every_session(signed_in, lin, actor, clock):
    first = signed_in()
    user.set_password("lin", now=clock())
    assert session.of(first, now=clock()) is None

    second = signed_in()
    administrator = actor(Role.ADMINISTRATOR)
    words = {"name": "林静", "email": "", "unit_id": None, "roles": [Role.REGISTRAR], "active": False}
    user.update(lin.id, **words, actor=administrator, now=clock())
    assert session.of(second, now=clock()) is None


def test_old_sessions_are_removed(signed_in, clock):
    signed_in()
    clock.forward(days=31)
    job.tidy(on=clock.today, now=clock())

    assert db.session.scalars(select(UserSession)).all() == []


# -- the password itself ----------------------------------------------------------------------------------


def test_the_last_five_passwords_are_not_taken_again(lin, clock):
    words = [f"Fresh-{name}-77" for name in ("river", "stone", "cloud", "maple", "tiger", "lemon")]
    before = RIGHT
    for word in words[:5]:
        user.change_password(lin.id, before, word, actor=of(lin), now=clock())
        before = word

    for used in words[:4]:
        with pytest.raises(InvalidDetailError, match="最近5次"):
            user.change_password(lin.id, before, used, actor=of(lin), now=clock())
    user.change_password(lin.id, before, RIGHT, actor=of(lin), now=clock())  # the sixth before
    assert tries(clock, RIGHT) == ""


@pytest.mark.parametrize("name", ["林\n静", "林静\r\nBcc: x@y.z", "林\x00静"])
def test_a_name_that_could_write_a_header_is_refused(agency_id, name, clock):
    with pytest.raises(InvalidDetailError, match="控制字符"):
        user.create_by_command(agency_id=agency_id, login="x", name=name, roles=[Role.HEAD], now=clock())


def test_who_sits_down_at_an_open_session_guesses_the_old_password_no_faster_than_at_the_door(lin, clock):
    def said(old: str) -> str:
        with pytest.raises(InvalidDetailError) as refused:
            user.change_password(lin.id, old, "Fresh-river-77", actor=of(lin), now=clock())
        return str(refused.value)

    assert {said(f"Guess-{number}-now") for number in range(5)} == {"原密码不正确。"}
    assert "次数过多" in said(RIGHT)
    assert (
        len(db.session.scalars(select(AuditEntry).where(AuditEntry.act == "password_not_changed")).all()) == 5
    )

    clock.forward(seconds=31)
    user.change_password(lin.id, RIGHT, "Fresh-river-77", actor=of(lin), now=clock())
    assert tries(clock, "Fresh-river-77") == ""
