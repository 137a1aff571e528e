"""The settings of the running process, for as long as a test runs."""

from dataclasses import replace

from tracker.config import PLACES, Settings
from tracker.models.base import db
from tracker.services.office import office, setting


def with_values(settings: Settings, **values) -> Settings:
    """Return the settings with these values in their groups, by the names that they have alone."""
    for name, value in values.items():
        place = PLACES[name]
        group = getattr(settings, place.group) if place.group else settings
        changed = replace(group, **{place.key: value})
        settings = replace(settings, **{place.group: changed}) if place.group else changed
    return settings


def set_to(**values) -> None:
    """Let the running office have these settings, the running transaction too."""
    office.current["settings"] = with_values(office.settings(), **values)
    db.session().info.pop(setting.SETTINGS, None)
