"""The columns that lists can show, and those that the reader chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from tracker.domain.errors import NotFoundError
from tracker.domain.exchange.request_column import EXPORTED
from tracker.domain.register.index import BY_NAME
from tracker.domain.register.register import Register
from tracker.services.office import list_choice
from tracker.web.guard import current_actor
from tracker.web.page.text import _l

CASES, CONTACTS = "cases", "contacts"
OF_A_REGISTER = "book-"
WIDE = 7  # columns from which a list is printed across the page
FULL = 14  # columns from which its print is small

# The columns of the export that the list of requests shows under names of its own, or with another of them.
SHOWN_ALREADY = frozenset(
    {
        *(
            "number",
            "received_on",
            "name",
            "kind",
            "subject",
            "channel",
            "unit",
            "handler",
            "state",
            "answer",
        ),
        *("due_on", "provisional", "answered_on", "registered_at", "registered_by"),
    }
)
GROUPS = (
    (
        _l("申请人和要求"),
        ("further", "acting", "form_wanted", "way_wanted", "filled_by"),
    ),
    (
        _l("来件和登记"),
        ("arrived_on", "signed_on", "confirmed_on", "tracking_number", "gap", "triaged"),
    ),
    (
        _l("办理经过"),
        (
            *("assigned", "feedback", "asked_on", "supplement_by", "supplemented_on", "consultations"),
            *("extension", "extensions", "charges", "moves", "overdue"),
        ),
    ),
    (
        _l("审批、答复和送达"),
        (
            *("reviewed", "opinions", "items", "articles", "counted_in", "decided_on", "document_number"),
            *("method", "services"),
        ),
    ),
    (
        _l("答复之后"),
        ("conversions", "remedies", "archive_number", "archived_on", "notes"),
    ),
)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list.

    order: what the list is sorted by for it. is_usual: shown to who chose nothing.
    group: over it where columns are chosen. is_further: its cells are those of the export.
    """

    name: str
    label: Any
    order: str = ""
    is_usual: bool = True
    group: Any = ""
    is_further: bool = False


def _further() -> tuple[ListColumn, ...]:
    """Return the columns of the export that the list of requests shows as well, in groups."""
    known = {column.name: column for column in EXPORTED if column.name not in SHOWN_ALREADY}
    grouped = [(known.pop(name), group) for group, names in GROUPS for name in names]
    grouped += [(column, _l("其他")) for column in known.values()]
    return tuple(
        ListColumn(column.name, column.label, is_usual=False, group=group, is_further=True)
        for column, group in grouped
    )


LISTS: dict[str, tuple[ListColumn, ...]] = {
    CASES: (
        ListColumn("number", _l("受理编号"), "number"),
        ListColumn("received_on", _l("收到日期"), "received"),
        ListColumn("applicant", _l("申请人")),
        ListColumn("subject", _l("申请内容")),
        ListColumn("channel", _l("方式")),
        ListColumn("unit", _l("单位")),
        ListColumn("handler", _l("承办人"), is_usual=False),
        ListColumn("state", _l("状态")),
        ListColumn("next_action", _l("下一期限"), is_usual=False),
        ListColumn("due_on", _l("答复期限"), "due"),
        ListColumn("served_on", _l("送达日期"), is_usual=False),
        ListColumn("closed_on", _l("办结日期"), "closed"),
        ListColumn("registered", _l("登记"), is_usual=False),
        *_further(),
    ),
    CONTACTS: (
        ListColumn("number", _l("登记编号")),
        ListColumn("arrived_on", _l("日期"), "arrived"),
        ListColumn("form", _l("形式")),
        ListColumn("person", _l("来件人")),
        ListColumn("summary", _l("内容")),
        ListColumn("received_by", _l("接待（接听）人"), is_usual=False),
        ListColumn("triage", _l("甄别")),
        ListColumn("unit", _l("转办单位")),
        ListColumn("told", _l("告知情况"), is_usual=False),
        ListColumn("next_action", _l("下一期限"), "due"),
        ListColumn("closed_on", _l("办结")),
        ListColumn("result", _l("办理结果"), is_usual=False),
        ListColumn("files", _l("附件"), is_usual=False),
        ListColumn("case_number", _l("关联受理编号"), is_usual=False),
    ),
}


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list as its reader has it shown: all its columns, those shown, how close the rows stand."""

    name: str
    columns: Sequence[ListColumn]
    shown: Sequence[ListColumn]
    is_dense: bool

    @property
    def look(self) -> str:
        """The classes of its table."""
        is_wide, is_full = len(self.shown) > WIDE, len(self.shown) > FULL
        looks = {"list": True, "list--wide": is_wide, "list--full": is_full, "list--dense": self.is_dense}
        return " ".join(name for name, applies in looks.items() if applies)

    @property
    def groups(self) -> list[tuple[Any, list[ListColumn]]]:
        """All its columns by what stands over them where they are chosen."""
        return [(group, list(columns)) for group, columns in groupby(self.columns, attrgetter("group"))]

    def shows(self, name: str) -> bool:
        """Return whether a column is shown."""
        return any(one.name == name for one in self.shown)

    @property
    def further(self) -> set[str]:
        """The shown columns whose cells are those of the export."""
        return {one.name for one in self.shown if one.is_further}


def of_register(register: Register) -> str:
    """Return the name of a register's list."""
    return f"{OF_A_REGISTER}{register.name}"


def columns_of(name: str) -> tuple[ListColumn, ...]:
    """Return the columns that a list can show; raise NotFoundError where there is no such list."""
    if name in LISTS:
        return LISTS[name]
    register = BY_NAME.get(name.removeprefix(OF_A_REGISTER))
    if register is None or name != of_register(register):
        raise NotFoundError("没有这个列表。")
    return tuple(
        ListColumn(one.name, one.label, "" if one.kind == "media" else one.name, one.listed)
        for one in register.fields
    )


def shown_list(name: str) -> ShownList:
    """Return a list as the reader chose it.

    The number of a request or a contact always stands: it leads to the row.
    """
    columns = columns_of(name)
    choice = list_choice.of(name, current_actor())
    leads = {LISTS[name][0].name} if name in LISTS else set()
    chosen = leads.union(choice.columns) if choice else set()
    shown = [one for one in columns if one.name in chosen] or [one for one in columns if one.is_usual]
    return ShownList(name, columns, shown, bool(choice and choice.is_dense))
