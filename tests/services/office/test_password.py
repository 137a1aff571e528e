"""Passwords are hashed and verified while nobody waits for the database."""

import sqlite3

import pytest
from argon2 import PasswordHasher

from tracker.domain.errors import InvalidDetailError
from tracker.domain.permission import Role
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

NEW = "Much-longer-1"


@pytest.fixture
def writers_beside(on_sqlite, monkeypatch):
    """Try to write from another connection whenever a password is hashed or verified; tell how it went."""
    path = on_sqlite.extensions["tracker.settings"].database_url.removeprefix("sqlite:///")
    went: list[str] = []

    def beside(name: str):
        real = getattr(PasswordHasher, name)

        def act(self, *words):
            with sqlite3.connect(path, timeout=0, isolation_level=None) as other:
                try:
                    other.execute("BEGIN IMMEDIATE")
                    other.execute("ROLLBACK")
                    went.append("free")
                except sqlite3.OperationalError as error:
                    went.append(f"{name}: {error}")
            other.close()
            return real(self, *words)

        monkeypatch.setattr(PasswordHasher, name, act)

    beside("hash")
    beside("verify")
    return went


def new_person(agency_id, clock, login="lin", roles=(Role.REGISTRAR,)):
    return user.create_by_command(agency_id=agency_id, login=login, name="林静", roles=roles, now=clock())


def test_no_password_is_hashed_or_verified_while_a_write_is_open(writers_beside, clock):
    agency_id = default_agency().id
    row, once = new_person(agency_id, clock)
    head = Actor(row.name, row.role_set, agency_id, row.id)
    user.sign_in("lin", once, now=clock())
    for login, password in (("lin", "wrong"), ("nobody", "wrong")):
        with pytest.raises(user.SignInError):
            user.sign_in(login, password, now=clock())
    user.change_password(row.id, once, NEW, actor=head, now=clock())
    user.set_password("lin", now=clock())
    administrator = Actor("管理员", frozenset({Role.ADMINISTRATOR}), agency_id)
    user.reset_password(row.id, actor=administrator, now=clock())

    assert len(writers_beside) == 8
    assert set(writers_beside) == {"free"}


def test_the_first_administrator_is_made_without_holding_up_a_writer(writers_beside, clock):
    setup.initialise(None, fallback="本机关", now=clock())

    assert writers_beside == ["free"]


def test_a_password_that_was_reset_meanwhile_opens_nothing(on_sqlite, clock, monkeypatch):
    agency_id = default_agency().id
    row, once = new_person(agency_id, clock)
    person = Actor(row.name, row.role_set, agency_id, row.id)
    real, fresh = PasswordHasher.verify, []

    def verify(self, *words):
        matched = real(self, *words)
        if not fresh:
            fresh.append(user.set_password("lin", now=clock()))
        return matched

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    with pytest.raises(user.SignInError):
        user.sign_in("lin", once, now=clock())
    fresh_then = fresh.pop()
    with pytest.raises(InvalidDetailError, match="刚刚"):
        user.change_password(row.id, fresh_then, NEW, actor=person, now=clock())

    assert user.sign_in("lin", fresh[-1], now=clock()).login == "lin"
