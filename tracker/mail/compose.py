"""What a mail says: number and date first, a link, nothing of the applicant and no words of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.config import templates
from tracker.domain.case.duty import DUTY_LABELS, REPLY
from tracker.domain.case.explanation import words as chinese_day
from tracker.mail.words import translate

ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Item:
    """A duty as a mail names it.

    left: working days from the day of the mail to the due day; negative once it has passed.
    missing: the handler in whose place the reader is told; empty mostly.
    """

    number: str
    duty: str
    due_on: date
    provisional: bool
    left: int
    late: bool
    unit: str
    handler: str
    link: str
    missing: str = ""

    @property
    def may_extend(self) -> bool:
        return self.duty == REPLY and not self.late


@dataclass(frozen=True, slots=True)
class Written:
    """A mail in words."""

    title: str
    text: str
    html: str


@cache
def _pages() -> Environment:
    loader = FileSystemLoader(str(templates() / "mail"))
    pages = Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.globals.update({"DUTY_LABELS": DUTY_LABELS})
    return pages


def day(language: str, value: date) -> str:
    """Return 2026年3月2日（周一）, or 2026-03-02 (Monday)."""
    return f"{value} ({ENGLISH_DAYS[value.weekday()]})" if language == "en" else chinese_day(value)


def standing(language: str, item: Item) -> str:
    """Say how far the day is off, in working days."""
    _ = partial(translate, language)
    if item.late:
        return _("已超期%(count)s个工作日", count=-item.left) if item.left else _("已届满")
    return _("还有%(count)s个工作日", count=item.left) if item.left > 0 else _("今天届满")


def label(language: str, duty: str) -> str:
    """Return the name of a duty."""
    return translate(language, DUTY_LABELS.get(duty, duty))


def reminder(language: str, item: Item) -> Written:
    """Return the mail of one duty."""
    mark = f" ({translate(language, '暂定')})" if item.provisional else ""
    words = f"{label(language, item.duty)}{': ' if language == 'en' else '：'}{standing(language, item)}"
    return _written("reminder", language, f"{item.number} {item.due_on}{mark} {words}", item=item)


def digest(
    language: str, items: Sequence[Item], on: date, unlisted: int = 0, *, ends: Sequence[str] = ()
) -> Written:
    """Return the morning's mail of everything that is due soon or late.

    unlisted: how many more there are than the mail lists.
    ends: of the chains; in a mail they are where nobody with the database can change them.
    """
    _ = partial(translate, language)
    late = sum(item.late for item in items)
    counts = _("已超期%(late)s件，近期届满%(near)s件", late=late, near=len(items) - late)
    title = f"{on} {_('每日汇总')}{': ' if language == 'en' else '：'}{counts}"
    return _written("digest", language, title, items=items, on=on, unlisted=unlisted, ends=ends)


def notice(language: str, title: str, paragraphs: Sequence[str], link: str) -> Written:
    """Return a mail of some other job, its words given."""
    return _written("notice", language, title, paragraphs=paragraphs, link=link)


def _written(name: str, language: str, title: str, **values: Any) -> Written:
    common = {
        "_": partial(translate, language),
        "day": partial(day, language),
        "duty": partial(label, language),
        "standing": partial(standing, language),
        "language": "en" if language == "en" else "zh-CN",
        "title": title,
    }
    text, html = (
        _pages().get_template(f"{name}.{kind}").render({**common, **values}) for kind in ("txt", "html")
    )
    return Written(title[:LONGEST_TITLE], text, html)


def test(language: str) -> Written:
    """Return the mail that tries the settings."""
    _ = partial(translate, language)
    return notice(language, _("测试邮件"), [_("收到这封邮件，说明邮件设置可用。")], "")
