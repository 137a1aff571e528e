"""What a mail says: number and date first, a link, nothing of the applicant and no words of a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.config import templates
from tracker.domain.case.duty import DUTY_LABELS, REPLY
from tracker.domain.case.sentence import words as chinese_day
from tracker.domain.case.sign_off import STATION_LABELS, Stand
from tracker.domain.message import Phrase, in_language, translate

ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_TITLE = 200
CONTEXT = "mail"  # in the catalogue: a page may say the same in other words


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
class ComposedMail:
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


def phrase(language: str, text: str, /, **values: object) -> str:
    """Return a message of the mails in the language."""
    return translate(language, text, context=CONTEXT, **values)


def mark(language: str, provisional: bool) -> str:
    """Return what stands behind a provisional day; nothing behind another."""
    return f" ({phrase(language, '暂定')})" if provisional else ""


def day(language: str, value: date) -> str:
    """Return 2026年3月2日（周一）, or 2026-03-02 (Monday)."""
    return f"{value} ({ENGLISH_DAYS[value.weekday()]})" if language == "en" else chinese_day(value)


def standing(language: str, item: Item) -> str:
    """Say how far the day is off, in working days."""
    _ = partial(phrase, language)
    if item.late:
        return _("已超期%(count)s个工作日", count=-item.left) if item.left else _("已届满")
    return _("还有%(count)s个工作日", count=item.left) if item.left > 0 else _("今天届满")


def label(language: str, duty: str) -> str:
    """Return the name of a duty."""
    return phrase(language, DUTY_LABELS.get(duty, duty))


def reminder(language: str, item: Item) -> ComposedMail:
    """Return the mail of one duty."""
    return _written("reminder", language, _title(language, item), item=item)


def reminder_title(language: str, item: Item) -> ComposedMail:
    """Return the title alone of a reminder whose text stands in a mail of many."""
    return ComposedMail(_title(language, item)[:LONGEST_TITLE], "", "")


def _title(language: str, item: Item) -> str:
    duty = f"{label(language, item.duty)}{': ' if language == 'en' else '：'}{standing(language, item)}"
    return f"{item.number} {item.due_on}{mark(language, item.provisional)} {duty}"


def digest(
    language: str,
    items: Sequence[Item],
    on: date,
    unlisted: int = 0,
    *,
    unlisted_late: int = 0,
    ends: Sequence[str] = (),
) -> ComposedMail:
    """Return the morning's mail of everything that is due soon or late.

    unlisted: how many more there are than the mail lists; unlisted_late: how many of those are late.
    ends: of the chains; in a mail they are where nobody with the database can change them.
    """
    _ = partial(phrase, language)
    late = sum(item.late for item in items) + unlisted_late
    counts = _("已超期%(late)s件，近期届满%(near)s件", late=late, near=len(items) + unlisted - late)
    name, ends = _("每日汇总"), [in_language(language, end) for end in ends]
    title = f"{on} {name}{': ' if language == 'en' else '：'}{counts}"
    return _written("digest", language, title, items=items, on=on, unlisted=unlisted, ends=ends)


def plain(language: str, title: str, paragraphs: Sequence[str], link: str) -> ComposedMail:
    """Return a mail of some other job, its words given: a message is said in the language.

    title: of a message its first line alone; a text must be one.
    """
    first, *rest = [str(in_language(language, each)) for each in (title, *paragraphs)]
    first = first.split("\n")[0] if isinstance(title, Phrase) else first
    return _written("plain", language, first, paragraphs=rest, link=link)


def sign_off(language: str, number: str, stand: str, station: str, link: str) -> ComposedMail:
    """Return the mail to whose turn it is in a sign-off: to sign, to go on, or to draft anew."""
    _ = partial(phrase, language)
    titles = {
        Stand.SIGNED: _("%(number)s 审批已签发，可以制作文书", number=number),
        Stand.RETURNED: _("%(number)s 审批已退回，请修改后重新送审", number=number),
    }
    labels = {str(station): _(label) for station, label in STATION_LABELS.items()}
    waits = _("%(number)s 待签批：%(station)s", number=number, station=labels.get(station, ""))
    return plain(language, titles.get(Stand(stand), waits), [], link)


def step_asked(language: str, number: str, step: str, who: str, link: str) -> ComposedMail:
    """Return the mail that asks for a step which its asker may not take."""
    _ = partial(phrase, language)
    title = _("%(number)s %(who)s请您办理：%(step)s", number=number, who=who, step=translate(language, step))
    return plain(language, title, [], link)


def followed(language: str, number: str, step: str, on: date, who: str, link: str) -> ComposedMail:
    """Return the mail to who follows a case: what was recorded, of which day, by whom."""
    _ = partial(phrase, language)
    what = translate(language, step)
    title = _(
        "%(number)s %(step)s（%(day)s，%(who)s）", number=number, step=what, day=day(language, on), who=who
    )
    return plain(language, title, [], link)


def handed_over(
    language: str, numbers: Sequence[str], giver: str, who: str, reason: str, link: str
) -> ComposedMail:
    """Return the mail to who takes cases over: which they are, from whom, why."""
    _ = partial(phrase, language)
    title = _("交接：%(giver)s的%(count)s件申请由您承办", giver=giver, count=len(numbers))
    told = [_("经办：%(who)s。理由：%(reason)s", who=who, reason=reason), "、".join(numbers)]
    return plain(language, title, told, link)


def urged(language: str, number: str, duty: str, due_on: date, who: str, link: str) -> ComposedMail:
    """Return the mail by which somebody of the office asks a handler to go on with a case (催办)."""
    _ = partial(phrase, language)
    what, on = label(language, duty), day(language, due_on)
    title = _("%(number)s %(who)s催办：%(duty)s，%(day)s", number=number, who=who, duty=what, day=on)
    return plain(language, title, [], link)


def progress(office: str, number: str, told: str) -> ComposedMail:
    """Return what an applicant is told of how his request stands: office, number and day alone."""
    whole = (
        f"【{office}】您的政府信息公开申请（受理编号{number}）{told}本消息只作告知，不是答复，也不是送达。"
    )
    return ComposedMail(f"{office}：政府信息公开申请{number}办理情况"[:LONGEST_TITLE], whole, "")


def served(office: str, contact: str, title: str, number: str, names: Sequence[str]) -> ComposedMail:
    """Return the mail by which a letter is served: what is attached, and what is asked of who gets it."""
    files = "".join(f"\n{place}. {name}" for place, name in enumerate(names, start=1))
    lines = (
        f"现向您送达{title}（{number}），全文见附件：{files}",
        "收到后，请回复本邮件或者联系本机关，告知收到的日期。",
        "\n".join(filter(None, (office, contact))),
    )
    return ComposedMail(f"{office}：{title}（{number}）"[:LONGEST_TITLE], "\n\n".join(lines) + "\n", "")


def _written(name: str, language: str, title: str, **values: Any) -> ComposedMail:
    common = {
        "_": partial(phrase, language),
        "day": partial(day, language),
        "duty": partial(label, language),
        "standing": partial(standing, language),
        "language": "en" if language == "en" else "zh-CN",
        "title": title,
    }
    text, html = (
        _pages().get_template(f"{name}.{kind}").render({**common, **values}) for kind in ("txt", "html")
    )
    return ComposedMail(title[:LONGEST_TITLE], text, html)


def test(language: str) -> ComposedMail:
    """Return the mail that tries the settings."""
    _ = partial(phrase, language)
    return plain(language, _("测试邮件"), [_("收到这封邮件，说明邮件设置可用。")], "")
