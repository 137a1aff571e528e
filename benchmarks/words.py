"""The catalogue of messages: python3 dev.py words finds what is new, keeps what is translated.

Takes every message of code and templates and the labels of the domain's tables into
tracker/translations/en/LC_MESSAGES/messages.po, compiles it, and names what has no translation yet.
What mails and explanations of dates say has a context of its own: the same Chinese may have another
English there.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "tracker" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None}
# Folder, which of its files are read and how, the context of what they say; "ignore" leaves a file out.
SOURCES = (
    ("tracker", [("mail/*.py", "ignore"), ("**.py", "python")], ""),
    ("templates", [("mail/*.html", "ignore"), ("**.html", "jinja2")], ""),
    ("tracker/mail", [("*.py", "python")], "mail"),
    ("templates/mail", [("*.html", "jinja2"), ("*.txt", "jinja2")], "mail"),
)
Message = tuple[str, str]  # its context, mostly none, and its Chinese


def messages() -> set[Message]:
    """Return every message of the pages, the mails and the explanations of dates."""
    found = {*labels(), *facts()}
    for folder, methods, context in SOURCES:
        for _name, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), methods, keywords=KEYWORDS
        ):
            found.add((context, message if isinstance(message, str) else message[0]))
    return {(context, text) for context, text in found if text}


def labels() -> Iterator[Message]:
    """Yield what the domain's tables say on pages, in mails and in explanations.

    What a form fixes stays Chinese.
    """
    sys.path.insert(0, str(ROOT))
    from tracker.domain.case import duty, file, personal, redaction, sentence, sign_off, state, workflow
    from tracker.domain.case.channel import Channel
    from tracker.domain.contact import contact
    from tracker.domain.letter import service
    from tracker.mail import compose

    steps = [step.label for step in workflow.STEPS if not step.is_outcome]
    working = [state.LABELS[code] for code in (*state.WORKING, state.VOID)]
    forms = [*contact.FORMS.values(), *contact.TRIAGE.values(), "未甄别"]
    more = [workflow.step_label(name) for name in ("receive", "correct", "recompute")]
    channels = [way.label for way in Channel]
    fields = [field for step in workflow.STEPS for field in step.fields]
    asked = [text for field in fields for text in (field.label, field.hint)]
    files = [*file.LABELS.values(), *(kind.label for kind in file.TYPES.values())]
    files += [*personal.LABELS.values(), *(ground.label for ground in redaction.GROUNDS.values())]
    signing = [*sign_off.VERDICT_LABELS.values(), *sign_off.STAND_LABELS.values(), "拟稿人"]
    signing.append("答复")
    for label in (*signing, *sign_off.STATION_LABELS.values()):
        yield "", label
    for label in sign_off.STATION_LABELS.values():
        yield compose.CONTEXT, label
    for label in (*steps, *asked, *working, *duty.DUTY_LABELS.values(), *forms, *more, *channels, *files):
        yield "", label
    for label in (*service.WAYS.values(), *service.CARRIERS.values(), *service.RESULTS.values()):
        yield "", label
    for label in duty.DUTY_LABELS.values():
        yield compose.CONTEXT, label
    for text in sentence.messages():
        yield sentence.CONTEXT, text


def facts() -> Iterator[Message]:
    """Yield the names of what letters state and answers rest on, as their forms ask for them."""
    from tracker.domain.case import basis
    from tracker.domain.letter import content, fact, index

    ends = [ask for ends in basis.ENDS.values() for end in ends for ask in end.asks]
    asks = [*ends, *basis.OVER_OBJECTION, *(ask for kind in index.KINDS for ask in kind.asks)]
    lacks = (content.FORUM, content.ONLINE_WAY, content.NAMES_NOBODY)
    for label in (*(ask.label for ask in asks), *fact.LABELS.values(), *lacks):
        yield "", label


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
