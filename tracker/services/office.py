"""The office that this process serves: its calendar and its practice."""

from tracker.config import Settings
from tracker.domain.calendar import WorkCalendar, shipped
from tracker.domain.clock import Rules

current: dict[str, Settings] = {}  # filled by create_app: one office a process


def calendar() -> WorkCalendar:
    """Return the calendar that the running transaction counts by."""
    return shipped()


def settings() -> Settings:
    """Return the settings of the running office."""
    found: Settings = current["settings"]
    return found


def rules() -> Rules:
    """Return the office's practice where the law is silent."""
    return rules_of(settings())


def rules_of(settings: Settings) -> Rules:
    """Return the clock's rules from the settings."""
    return Rules(
        union_of_consultations=settings.union_of_consultations,
        payment_restarts=settings.payment_restarts,
        extension_ends_on_restart=settings.extension_ends_on_restart,
        year_of_result=settings.year_of_result,
    )
