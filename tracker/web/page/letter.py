"""How what letters state, and what is said in their sign-offs, is shown."""

from collections.abc import Callable

from tracker.domain.case import sign_off
from tracker.domain.letter.index import BY_KEY
from tracker.services.case import ask
from tracker.web.page.text import word

STATIONS = {str(station): label for station, label in sign_off.STATION_LABELS.items()}
VERDICTS = {str(verdict): label for verdict, label in sign_off.VERDICT_LABELS.items()}
STANDS = {str(stand): label for stand, label in sign_off.STAND_LABELS.items()}
FILTERS: dict[str, Callable[[str], str]] = {
    "station": lambda code: word(STATIONS.get(code, "拟稿人")),
    "verdict": lambda code: word(VERDICTS.get(code, code)),
    "stand": lambda code: word(STANDS.get(code, code)),
    "asked_step": lambda name: word(ask.label(name)),
    "fact": word,
    "letter_kind": lambda key: BY_KEY[key].label if key in BY_KEY else key,
}
