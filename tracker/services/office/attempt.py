"""Wrong tries to sign in: a few are free, then each is waited for, longer and longer.

Nobody can lock another person out. A device on which the person signed in before carries a signed
cookie and is counted alone; what strangers try elsewhere does not touch it. Anybody else is counted
by login and address together, and more loosely by login and by address alone, against a guess
that is spread over many addresses or many people. A try during the wait is not looked at and
lengthens nothing, so every wait ends. Practice of GB/T 22239-2019 身份鉴别 (failed tries).
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from tracker.models.base import db, ensure
from tracker.models.cipher import blind_index
from tracker.models.sign_in import SignInLimit

MARK_LENGTH = 32  # of a digest that stands for a login, known or not
ANSWERED_MOST = 16  # doublings beyond which a wait is the longest anyway


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries are free, the first wait, the longest, and the quiet after which all is forgotten."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta

    def wait(self, tries: int) -> timedelta:
        """Return how long to wait after so many wrong tries."""
        if tries < self.free:
            return timedelta(0)
        return min(self.longest, self.first * (1 << min(tries - self.free, ANSWERED_MOST)))


_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
LIMITS = {
    "device": Limit(10, timedelta(seconds=30), timedelta(minutes=15), _DAY),
    "pair": Limit(5, timedelta(seconds=30), timedelta(minutes=15), _DAY),
    "login": Limit(50, timedelta(seconds=5), timedelta(minutes=1), _HOUR),
    "own": Limit(5, timedelta(seconds=30), timedelta(minutes=15), _DAY),
    "address": Limit(50, timedelta(seconds=5), timedelta(minutes=5), _HOUR),
}


def mark(login: str) -> str:
    """Return what stands for a login that somebody typed: a password may have been typed there."""
    return blind_index(login)[:MARK_LENGTH]


def keys_of(login: str, address: str, device: str = "") -> list[str]:
    """Return by what a try is counted, the narrowest first.

    device: the number of a device on which that person signed in before; empty elsewhere.
    """
    if device:
        return [f"device:{device}"]
    whose, place = mark(login), _network(address)
    return [f"pair:{whose}:{place}", f"login:{whose}", f"address:{place}"]


def own_key(user_id: int) -> str:
    """Return by what the tries of somebody signed in at the old password are counted."""
    return f"own:{user_id}"


def _network(address: str) -> str:
    """Return the address, of IPv6 the network that one household has."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:60]
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))  # noqa: PLR2004


def is_waiting(keys: Sequence[str], now: datetime) -> bool:
    """Return whether one of them has to wait."""
    query = select(SignInLimit.key).where(SignInLimit.key.in_(keys), SignInLimit.wait_until > now)
    return db.session.scalar(query.limit(1)) is not None


def count(keys: Sequence[str], now: datetime) -> None:
    """Count a wrong try, in the caller's transaction."""
    for key in sorted(keys):  # always in one order: two at the same moment do not stand in each other's way
        limit = LIMITS[key.partition(":")[0]]
        ensure(SignInLimit, key=key, tries=0, last_at=now)
        row = db.session.get_one(SignInLimit, key, with_for_update=True, populate_existing=True)
        tries = 0 if now - row.last_at > limit.forgotten else row.tries
        row.tries, row.last_at = tries + 1, now
        wait = limit.wait(row.tries)
        row.wait_until = now + wait if wait else None


def forget(keys: Sequence[str]) -> None:
    """Forget the tries of the narrowest key, after a sign-in: who has an account clears no other's."""
    db.session.execute(delete(SignInLimit).where(SignInLimit.key == keys[0]))


def forget_login(login: str) -> None:
    """Forget every wait for a login: its password was reset."""
    whose = mark(login)
    mine = or_(SignInLimit.key == f"login:{whose}", SignInLimit.key.startswith(f"pair:{whose}:"))
    db.session.execute(delete(SignInLimit).where(mine))


def tidy(now: datetime) -> None:
    """Remove what is forgotten, in the caller's transaction."""
    db.session.execute(delete(SignInLimit).where(SignInLimit.last_at < now - _DAY))
