"""Words in the reader's language. What is said is data: its Chinese, and the values that are put into it.

A message is Simplified Chinese with places for values (``%(day)s``). The Chinese is its name in the one
catalogue of messages (``tracker/translations``, gettext), where its English stands; ``python3 dev.py words``
names what has none.
"""

import gettext
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: dict[Language, str] = {"zh": "中文", "en": "English"}
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", CATALOGUES, [language], fallback=True)


@lru_cache(maxsize=4096)
def template(language: str, text: str, context: str = "") -> str:
    """Return the message in the language with the places for its values, as the catalogue has it."""
    catalogue = _catalogue(language)
    return catalogue.pgettext(context, text) if context else catalogue.gettext(text)


def translate(language: str, text: str, /, *, context: str = "", **values: object) -> str:
    """Return the message in the language, its values put in; without a translation it stays Chinese.

    context: where the same Chinese has another English: ``mail``, ``explanation``; a page has none.
    """
    if not text:
        return ""
    translated = template(language, text, context)
    return translated % values if values else translated
