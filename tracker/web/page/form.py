"""Read what a person typed: text, days, choices; every error stands beside its field."""

from collections.abc import Container, Mapping
from datetime import date

from flask import Request

from tracker.domain import reading
from tracker.domain.case.bound import TYPED
from tracker.domain.errors import InvalidDetailError
from tracker.web.page.text import _

LONGEST = 4000
GREATEST = 2**31 - 1  # whole number that both databases hold


class FormInvalidError(InvalidDetailError):
    """Some fields cannot be taken; each is named on the form."""


class Form:
    """The values as typed, and what is wrong with them by field."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.errors: dict[str, str] = {}

    @classmethod
    def of(cls, request: Request) -> "Form":
        """Return what the request's form holds."""
        return cls(request.form.to_dict())

    def value(self, name: str) -> str:
        """Return the text as it was typed."""
        return self.values.get(name, "")

    def text(self, name: str, label: str, *, required: bool = False, longest: int = LONGEST) -> str:
        """Return the text without blanks at its ends."""
        text = self.value(name).replace("\x00", "").strip()
        if required and not text:
            self.errors[name] = _("请填写%(label)s。", label=label)
        if len(text) > longest:
            self.errors[name] = _("%(label)s不能超过%(longest)s个字。", label=label, longest=longest)
        return text

    def day(self, name: str, label: str, *, required: bool = False) -> date | None:
        """Return the day in any form that people write (``reading.typed_day``)."""
        typed = self.text(name, label, required=required)
        if not typed:
            return None
        try:
            day = reading.typed_day(typed)
        except ValueError:
            self.errors[name] = _("%(label)s不是有效日期，请按 2026-03-02 的样子填写。", label=label)
            return None
        if problem := TYPED.problem(label, day):
            self.errors[name] = problem
        return day

    def must_day(self, name: str, label: str) -> date:
        """Return a day that is required; a stand-in where it is missing, and then an error."""
        return self.day(name, label, required=True) or date.min

    def choice(self, name: str, label: str, options: Container[str], *, required: bool = True) -> str:
        """Return one of the options."""
        chosen = self.value(name).strip()
        if chosen not in options if chosen else required:
            self.errors[name] = _("请选择%(label)s。", label=label)
        return chosen

    def whole(self, name: str, label: str, *, required: bool = True) -> int | None:
        """Return a whole number of 0 or more that a row can hold."""
        typed = self.text(name, label, required=required)
        if typed and not (typed.isascii() and typed.isdigit()):
            self.errors[name] = _("%(label)s应为整数。", label=label)
            return None
        if len(typed.lstrip("0")) > len(str(GREATEST)) or int(typed or 0) > GREATEST:
            self.errors[name] = _("不能超过%(most)s。", most=GREATEST)
            return None
        return int(typed) if typed else None

    def version(self) -> int:
        """Return the version of the row that the person saw.

        Raises FormInvalidError where the page sent none: what somebody else did meanwhile would be lost.
        """
        version = self.whole("version", _("版本"))
        if version is None:
            raise FormInvalidError(
                _("这一页没有说明您看到的是哪一版记录，不能确认它是最新的：请重新打开这一页再办理。")
            )
        return version

    def check(self) -> None:
        """Raise FormInvalidError where a field has an error."""
        if self.errors:
            raise FormInvalidError("有%(count)s处填写有误，请看标红的栏目。", count=len(self.errors))
