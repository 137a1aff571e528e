"""Words in the reader's language. What is said is data: its Chinese, and the values that are put into it.

A message is Simplified Chinese with places for values (``%(day)s``). The Chinese is its name in the one
catalogue of messages (``tracker/translations``, gettext), where its English stands; ``python3 dev.py words``
names what has none.
"""

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

Language = Literal["zh", "en"]
LANGUAGES: dict[Language, str] = {"zh": "中文", "en": "English"}
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
CHINESE = re.compile(r"[\u3400-\u9fff]")
# What the tables of the program call things, and the signs that part what is joined: each has its English.
NAMED: set[str] = {"，", "；", "、", "："}
Key = TypeVar("Key")


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
    if values:
        values = {key: in_language(language, value) for key, value in values.items()}
    elif isinstance(text, Phrase) and not context:
        return text.said(language)
    translated = template(language, text, context)
    return counted(language, translated, values) % values if values else translated


def counted(language: str, message: str, values: Mapping[str, object]) -> str:
    """Return a message, its values not yet put in, with the singular of what is counted once."""
    ones = frozenset(key for key, value in values.items() if str(value) == "1")
    return _singular(message, ones) if ones and language == "en" else message


# What is counted in English messages, as "%(count)s working days": the place, the words before, the noun.
_NOUNS = (
    "acts agencies agents applicants bounces boxes bytes cases cells characters columns contacts copies days "
    "digits entries events fields files findings hours items letters levels lines mails marks minutes "
    "mistakes months pages parts payments people persons pieces places reconsiderations records reports "
    "requests results rows runs seconds steps suits things times units visits years"
)
_COUNTED = re.compile(rf"%\((\w+)\)s ((?:[a-z]+ )?)({'|'.join(_NOUNS.split())})\b( were| are| have)?")
_ODD: dict[str | None, str] = {
    "agencies": "agency", "boxes": "box", "copies": "copy", "entries": "entry", "people": "person",
    " were": " was", " are": " is", " have": " has", None: "",
}  # fmt: skip


@lru_cache(maxsize=1024)
def _singular(translated: str, ones: frozenset[str]) -> str:
    """Return an English message in which what is counted stands once: "1 working day" of "1 working days"."""

    def one(match: re.Match[str]) -> str:
        place, before, noun, verb = match.groups()
        if place not in ones:
            return match[0]
        return f"%({place})s {before}{_ODD.get(noun, noun.removesuffix('s'))}{_ODD[verb]}"

    return _COUNTED.sub(one, translated)


def in_language(language: str, value: Any) -> Any:
    """Return a message in the language; anything else stays what it is: what a person typed, a number."""
    return value.said(language) if isinstance(value, Phrase) else value


class Phrase(str):
    """What is said, in Chinese, that knows how it was made, so that it can be said in another language.

    It is its Chinese wherever a text is wanted: in a file, a letter, the database. A page says it in the
    reader's language.

    template: the message with the places for its values. values: what was put in, other messages too.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Self:
        """Return the message with its values put in; a message that is one already stays itself."""
        if isinstance(template, cls) and not values:
            return template
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = str(template), values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes it anew."""
        return anew, (type(self), self.template, dict(self.values))

    def said(self, language: str) -> str:
        """Return it in the language, its values too."""
        return translate(language, self.template, **self.values) if language != "zh" else str(self)


def anew(kind: type[Phrase], template: str, values: dict[str, Any]) -> Phrase:
    """Return a message that another process made."""
    return kind(template, **values)


class Joined(Phrase):
    """Several messages as one; each is said in the reader's language. values: each by its place."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process makes them anew."""
        return joined, (tuple(self.values.values()), self.template)

    def said(self, language: str) -> str:
        """Return them in the language, one after the other."""
        parts = [str(in_language(language, part)) for part in self.values.values()]
        between = template(language, self.template) if self.template else ""
        if language != "zh" and not between:
            between = " "
        return between.join(parts) if language != "zh" else str(self)


def joined(parts: Iterable[str], between: str = "") -> Joined:
    """Return several messages as one."""
    kept = {str(place): part for place, part in enumerate(parts)}
    made = str.__new__(Joined, between.join(kept.values()))
    made.template, made.values = between, kept
    return made


def changed(message: str, change: Callable[[str], str]) -> str:
    """Return a text after a change; of a message its values are changed, so that it stays one.

    Where that does not come to the same, as where the change meets what joins two values, it is a text.
    """
    if not isinstance(message, Phrase):
        return change(message)
    values = {
        key: changed(value, change) if isinstance(value, str) else value
        for key, value in message.values.items()
    }
    parts = values.values()
    made = (
        joined(parts, message.template)
        if isinstance(message, Joined)
        else type(message)(message.template, **values)
    )
    text = change(str(message))
    return made if made == text else text


class Statutory(Phrase):
    """A name that a statute or a form fixes: said in another language, with the Chinese beside it."""

    __slots__ = ()

    def said(self, language: str) -> str:
        """Return its English with the Chinese beside: Disclosed in part (部分公开)."""
        translated = super().said(language)
        return translated if str(self) in translated else f"{translated} ({self})"


class Citation(Phrase):
    """An article as its decree is cited: 条例第33条第2款, in English 条例, art. 33(2)."""

    __slots__ = ()

    def said(self, language: str) -> str:
        """Return it as the language cites it; the decree keeps its name."""
        return cited(str(self), language)


def by_law(message: str, law: str) -> Phrase:
    """Return a message with the article it rests on behind it."""
    return Phrase("%(message)s（%(law)s）", message=message, law=Citation(law))


def placed(where: str, message: str) -> Phrase:
    """Return a message behind the place that it is about: 1号: the chain is broken."""
    return Phrase("%(where)s：%(message)s", where=where, message=message)


@lru_cache(maxsize=1024)
def cited(value: str, language: str) -> str:
    """Return the article as the language cites it: 条例第33条第2款, 条例, art. 33(2)."""
    if language == "zh":
        return value
    translated = template(language, value)
    if translated != value:
        return translated
    english = _ARTICLE.sub(_english_article, value)
    for chinese, western in _SIGNS:
        english = english.replace(chinese, western)
    return english.replace(", , art.", ", art.").strip()


_ONE = "[0-9一二三四五六七八九十]+"
_ARTICLE = re.compile(
    rf"第({_ONE}(?:[、—]{_ONE})*)条(?:第({_ONE}(?:、{_ONE})*)款)?(?:第([（）、0-9一二三四五六七八九十]+)项)?"
)
_DIGITS = {numeral: str(place) for place, numeral in enumerate("一二三四五六七八九十", start=1)}
_SIGNS = (
    ("（实务）", " (practice)"),
    ("文书要素", "element of the letter"),
    ("条款未明", "article not certain"),
    ("表三", ", table 3"),
    ("表四", ", table 4"),
    ("填报说明", ", notes"),
    ("条例未规定", "not in the 条例"),
    ("：书面撤回", ": withdrawn in writing"),
    ("实务", "practice"),
    ("（", " ("),
    ("）", ")"),
    ("，", "; "),
    ("；", "; "),
    ("、", "; "),
)


def _english_article(match: re.Match[str]) -> str:
    article, clause, item = (_digits(part) if part else "" for part in match.groups())
    english = f", art. {article}"
    if clause:
        english += f"({clause})"
    return f"{english} item {item}" if item else english


def _digits(numerals: str) -> str:
    """Return 3 and 4 of （三）、（四）."""
    plain = "".join(_DIGITS.get(sign, sign) for sign in numerals if sign not in "（）")
    *first, last = plain.replace("—", "–").split("、")
    return f"{', '.join(first)} and {last}" if first else last


class Spoken:
    """Base of the rows of a table whose words a page shows: its texts are messages.

    STATUTORY: the fields that a statute or a form fixes. LAWS: those that name an article. SILENT: those that
    stay Chinese, as what a letter to an applicant says.
    """

    __slots__ = ()
    STATUTORY: ClassVar[tuple[str, ...]] = ()
    LAWS: ClassVar[tuple[str, ...]] = ("law",)
    SILENT: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Make messages of the texts."""
        for field in fields(self):  # type: ignore[arg-type]  # every row of a table is a dataclass
            if field.init and field.name not in self.SILENT:
                value = _spoken(getattr(self, field.name), self._kind(field.name))
                object.__setattr__(self, field.name, value)

    def _kind(self, name: str) -> type[Phrase]:
        if name in self.LAWS:
            return Citation
        return Statutory if name in self.STATUTORY else Phrase


def _spoken(value: Any, kind: type[Phrase]) -> Any:
    """Return a text, or the texts of a table or of choices, as messages; anything else stays what it is."""
    if isinstance(value, str):
        return worded(value, kind)
    if isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values()):
        return labels(value, kind)
    return tuple(_spoken(one, kind) for one in value) if type(value) is tuple else value


def labels(table: Mapping[Key, str], kind: type[Phrase] = Phrase) -> dict[Key, str]:
    """Return a table of names as messages: a page shows them in the reader's language."""
    return {key: worded(text, kind) for key, text in table.items()}


def worded(text: str, kind: type[Phrase] = Phrase) -> str:
    """Return what a table calls something, as a message."""
    if isinstance(text, Phrase) or not CHINESE.search(text):
        return text
    if kind is not Citation:
        NAMED.add(text)
    return kind(text)
