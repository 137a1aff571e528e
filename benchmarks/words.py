"""The words of the pages in English: python3 dev.py words finds what is new, keeps what is translated.

Takes every message of code and templates and the labels of the domain's tables into
tracker/translations/en/LC_MESSAGES/messages.po, compiles it, and names what has no translation yet.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "tracker" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = (("tracker", [("**.py", "python")]), ("templates", [("**.html", "jinja2")]))
KEYWORDS = {"_": None, "_l": None, "gettext": None}


def messages() -> set[str]:
    """Return every message of the pages: of the code, the templates and the domain's labels."""
    found = set(labels())
    for folder, methods in SOURCES:
        for _name, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), methods, keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found - {""}


def labels() -> list[str]:
    """Return the labels of the domain that pages say through ``word``; what a form fixes stays Chinese."""
    sys.path.insert(0, str(ROOT))
    from tracker.domain.case import duty, state, workflow
    from tracker.domain.case.channel import Channel
    from tracker.domain.contact import contact

    steps = [step.label for step in workflow.STEPS if not step.is_outcome]
    working = [state.LABELS[code] for code in (*state.WORKING, state.VOID)]
    forms = [*contact.FORMS.values(), *contact.TRIAGE.values(), "未甄别"]
    more = [workflow.step_label(name) for name in ("receive", "correct", "recompute")]
    return [*steps, *working, *duty.DUTY_LABELS.values(), *forms, *more, *(way.label for way in Channel)]


def kept() -> Catalog:
    """Return the catalogue as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Return the messages that have no translation."""
    catalogue = kept()
    return sorted(m for m in messages() if not (catalogue.get(m) and catalogue.get(m).string))


def main() -> int:
    """Bring the catalogue up to date and say what is missing."""
    old, new = kept(), Catalog(locale="en", project="tracker", fuzzy=False)
    for message in sorted(messages()):
        before = old.get(message)
        new.add(message, before.string if before else "", flags=["python-format"] if "%(" in message else [])
    new.creation_date = new.revision_date = old.creation_date  # the file changes with its words alone
    with PO.open("wb") as file:
        write_po(file, new, width=110, sort_output=True)
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)
    lacking = missing()
    print(f"{len(messages())} messages, {len(lacking)} without English")
    for message in lacking:
        print(message)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
