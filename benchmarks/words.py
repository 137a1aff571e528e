"""The catalogue of messages: python3 dev.py words finds what is new, keeps what is translated.

Takes every message of code and templates and the labels of the domain's tables into
tracker/translations/en/LC_MESSAGES/messages.po, compiles it, and names what has no translation yet.
What mails and explanations of dates say has a context of its own: the same Chinese may have another
English there.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "tracker" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
sys.path.insert(0, str(ROOT))

from tracker.domain.case.finding import Irregularity, Objection  # noqa: E402
from tracker.domain.errors import ConfigError, DomainError  # noqa: E402  (from beside this file)
from tracker.domain.message import (  # noqa: E402
    CHINESE,
    Phrase,
    joined,
)

# What is said by its texts, beside the errors of the domain.
SPEAKING = (Phrase, joined, Irregularity, Objection, ConfigError)
CHINESE_SIGN = re.compile(r"[\u3000-\u303f\uff01-\uff65]")  # between two values alone: it has its English too
KEYWORDS = {"_": None, "_l": None, "gettext": None}
# Folder, which of its files are read and how, the context of what they say; "ignore" leaves a file out.
SOURCES = (
    ("tracker", [("mail/*.py", "ignore"), ("**.py", "python")], ""),
    ("templates", [("mail/*.html", "ignore"), ("**.html", "jinja2")], ""),
    ("tracker/mail", [("*.py", "python")], "mail"),
    ("templates/mail", [("*.html", "jinja2"), ("*.txt", "jinja2")], "mail"),
)
Message = tuple[str, str]  # its context, mostly none, and its Chinese


@cache
def messages() -> set[Message]:
    """Return every message of the pages, the mails, the explanations of dates, the tables and the errors."""
    found = {*in_context(), *(("", text) for text in (*tables(), *said_in_code()))}
    for folder, methods, context in SOURCES:
        for _name, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), methods, keywords=KEYWORDS
        ):
            found.add((context, message if isinstance(message, str) else message[0]))
    return {(context, text) for context, text in found if text}


def in_context() -> Iterator[Message]:
    """Yield what mails and explanations of dates call by words of their own."""
    from tracker.domain.case import duty, sentence, sign_off
    from tracker.mail import compose

    for label in (*duty.DUTY_LABELS.values(), *sign_off.STATION_LABELS.values()):
        yield compose.CONTEXT, label
    for text in sentence.messages():
        yield sentence.CONTEXT, text


@cache
def tables() -> set[str]:
    """Return what the tables of the program call things: a page shows it."""
    from tracker import domain, jobs, mail, models, reading, rendering, services, web
    from tracker.domain.message import NAMED

    for package in (domain, models, mail, reading, rendering, services, jobs, web):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    return set(NAMED)


def said_in_code() -> Iterator[str]:
    """Yield what is said by its message: an error, a finding, what else is made of ``Message``.

    The message stands there, or in a constant of the module, or in one of another that it imports.
    """
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = import_module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        )
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args:
                maker = getattr(module, ast.unparse(call.func), None)
                speaks = maker in SPEAKING or (isinstance(maker, type) and issubclass(maker, DomainError))
                speaks |= ast.unparse(call.func) == "super().__init__"  # an error that has its words itself
                yield from _texts(call.args, module) if speaks else ()


def _texts(nodes: list[ast.expr], module: ModuleType) -> Iterator[str]:
    for node in nodes:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.Name):
            text = getattr(module, node.id, None)
        if isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse], module)
        if isinstance(text, str) and (CHINESE.search(text) or CHINESE_SIGN.search(text)):
            yield text


def kept() -> Catalog:
    """Return the catalogue as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[Message]:
    """Return the messages that have no translation."""
    catalogue = kept()
    return sorted(message for message in messages() if not _english(catalogue, message))


def _english(catalogue: Catalog, message: Message) -> str:
    context, text = message
    found = catalogue.get(text, context or None)
    return str(found.string) if found else ""


def main() -> int:
    """Bring the catalogue up to date and say what is missing."""
    old, new = kept(), Catalog(locale="en", project="tracker", fuzzy=False)
    for context, text in sorted(messages()):
        flags = ["python-format"] if "%(" in text else []
        new.add(text, _english(old, (context, text)), flags=flags, context=context or None)
    new.creation_date = new.revision_date = old.creation_date  # the file changes with its words alone
    with PO.open("wb") as file:
        write_po(file, new, width=110, sort_output=True)
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)
    lacking = missing()
    print(f"{len(messages())} messages, {len(lacking)} without English")
    for context, text in lacking:
        print(f"{text} [{context}]" if context else text)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
