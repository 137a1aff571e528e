"""Which rows of a register are there: none comes twice, no month stands beside its whole year."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tracker.domain.message import Phrase, joined
from tracker.domain.register.normative import DECISIONS
from tracker.domain.register.register import Register

WHOLE_YEAR = 0


class KnownRows:
    """Rows of a register of which no two are the same."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._keys: set[tuple[Any, ...]] = set()
        self._months: dict[tuple[Any, ...], set[int]] = defaultdict(set)

    def add(self, values: Mapping[str, Any]) -> None:
        """Know of a row that is there."""
        self._keys.add(self._key(values))
        if self.register.name == DECISIONS.name:
            self._months[values["year"], values["unit"]].add(values["month"])

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.register.identity)

    def against(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return why a row cannot stand beside the others, by field; empty where it can."""
        if self._key(values) in self._keys:
            what = joined((self.register.field(name).label for name in self.register.identity), "、")
            return {
                self.register.identity[0]: Phrase("已有%(labels)s相同的记录，请修改原记录。", labels=what)
            }
        if self.register.name != DECISIONS.name:
            return {}
        months = self._months[values["year"], values["unit"]]
        if months and (values["month"] == WHOLE_YEAR or WHOLE_YEAR in months):
            return {"month": Phrase("同一单位同一年，或逐月填报，或只填全年一行，两者并存会重复计数。")}
        return {}
