"""What is said of a case: an irregularity that is shown, an objection that binds a person at a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Irregularity:
    """Something done late, twice or without what it rests on."""

    code: str
    message: str
    law: str


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a person may not do this now. ``final`` cannot be overridden."""

    message: str
    law: str
    final: bool = False
