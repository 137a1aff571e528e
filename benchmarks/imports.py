"""Measure old registers: reading and checking a file of 20,000 rows, keeping it, undoing it.

python3 benchmarks/imports.py [BOOK …] [--rows N] [--profile PHASE]   one book or more, by hand
"""

import argparse
import cProfile
import os
import pstats
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import office
from measure import Row, Sizes

from tests import workbooks
from tracker.domain.calendar.calendar import shipped
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.imported import ImportedFile
from tracker.services.exchange import undoing, uploading
from tracker.services.office.actor import Actor
from tracker.services.operations import setup

ROWS = 20_000
HEADINGS = ("read and checked: processor · clock", "kept", "undone", "most memory up to each")
LIMIT = 30  # seconds of the three together
FORMS, SORTS = ("来信", "来访", "来电"), ("咨询", "信访", "投诉举报")
Moment = dict[str, Any]


# -- what an office kept ------------------------------------------------------------------------------


def requests(days: Sequence[date], n: int) -> list[object]:
    """Return a request that was answered."""
    at = n % (len(days) - 10)
    who = [f"R-{n}", days[at].isoformat(), f"张{n}", "自然人", "当面", f"某规划图{n}"]
    return [*who, "予以公开", days[at + 8].isoformat(), f"转自科室{n}"]


def contacts(days: Sequence[date], n: int) -> list[object]:
    """Return a letter, visit or call that was sorted, passed on and closed."""
    at = n % (len(days) - 10)
    who = [f"L-{n}", FORMS[n % 3], days[at].isoformat(), f"王{n}", f"1390000{n % 10000:04d}", f"某路{n}号"]
    done = ["李四", SORTS[n % 3], "已告知来件人", days[at + 5].isoformat(), "已办结"]
    return [*who, f"反映某小区事项{n}", *done]


def publications(days: Sequence[date], n: int) -> list[object]:
    """Return an item that was reviewed and published."""
    at = n % (len(days) - 10)
    reviewed = ["林静", "何法", days[at + 3].isoformat(), "可以公开", "不涉密"]
    named = [f"某项目公告{n}", f"某发〔2025〕{n}号", days[at].isoformat()]
    return [*named, *reviewed, days[at + 4].isoformat(), "网站"]


def documents(days: Sequence[date], n: int) -> list[object]:
    """Return a document that is in force."""
    return [f"某管理办法{n}", f"某规〔2025〕{n}号", "某局", days[n % len(days)].isoformat(), "有效"]


def remedies(days: Sequence[date], n: int) -> list[object]:
    """Return a reconsideration that has ended."""
    at = n % (len(days) - 30)
    return ["行政复议", f"复议{n}号", "区政府", days[at].isoformat(), "维持", days[at + 25].isoformat()]


HEADS: dict[str, tuple[Callable[[Sequence[date], int], list[object]], str]] = {
    "requests": (requests, "编号 收到日期 申请人 申请人类型 申请方式 申请内容 答复类型 答复日期 备注"),
    "contacts": (
        contacts,
        "登记编号 来件形式 日期 来信人 联系电话 联系地址 反映内容摘要 接待人 甄别类型 告知情况 "
        "办结日期 办理结果",
    ),
    "publications": (
        publications,
        "标题 文号 生成（变更）日期 拟稿人 审核人 审核日期 审核结论 审核依据 发布日期 发布渠道",
    ),
    "normative-documents": (documents, "标题 文号 制定机关 发布（制发）日期 状态"),
    "remedies": (remedies, "种类 案号 复议机关（法院） 受理（立案）日期 结果 结案日期"),
}


def file_of(book: str, count: int) -> bytes:
    """Return a workbook of so many rows."""
    days = [day for n in range(700) if shipped().is_working_day(day := date(2023, 1, 3) + timedelta(days=n))]
    row, heads = HEADS[book]
    return workbooks.file_of(("台账", [heads.split(), *(row(days, n) for n in range(count))]))


# -- measured -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Taken:
    """What each phase took: seconds of the processor, the reader's process included, and by the clock.

    peaks: the most memory that the process had up to the end of each, in MB.
    """

    phases: dict[str, tuple[float, float]] = field(default_factory=dict)
    peaks: list[float] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str, profiled: str) -> Iterator[None]:
        """Measure what is done within."""
        profile = cProfile.Profile() if name == profiled else None
        busy, clock = spent(), monotonic()
        if profile:
            profile.enable()
        yield
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        self.phases[name] = (spent() - busy, monotonic() - clock)
        self.peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def spent() -> float:
    """Return the seconds that the processor gave this process and those that it has waited for."""
    return sum(os.times()[:4])


def measured(book: str, count: int, profiled: str = "") -> Taken:
    """Take a file through the services of the page 导入, in a new office."""
    content, taken = file_of(book, count), Taken()
    with tempfile.TemporaryDirectory() as folder, office.make(Path(folder)).app_context():
        agency = setup.default_agency()
        actor = Actor("陈立", frozenset({Role.HEAD}), agency.id if agency else 0)
        day: Moment = {"actor": actor, "today": office.TODAY, "now": office.NOW}
        with taken.phase("look", profiled):
            file_id = uploading.upload(content, "旧台账.xlsx", **day, book=book).id
            if len(content) > uploading.LARGE:
                uploading.look(file_id, **day)
        with taken.phase("keep", profiled):
            version = undoing.find(file_id, actor).version
            uploading.begin(file_id, version=version, actor=actor, now=office.NOW)
            uploading.keep(file_id, **day)
        file = db.session.get_one(ImportedFile, file_id)
        if (file.added, file.told) != (count, ""):
            raise RuntimeError(f"{book}: {file.added} of {count} rows were kept: {file.told}")
        with taken.phase("undo", profiled):
            uploading.begin_undoing(file_id, "列错了", version=file.version, actor=actor, now=office.NOW)
            uploading.undo(file_id, "列错了", **day)
        if undoing.find(file_id, actor).state != "undone":
            raise RuntimeError(f"{book}: not undone: {undoing.find(file_id, actor).told}")
        db.session.remove()
        db.engine.dispose()
    return taken


def row_of(book: str, count: int) -> Row:
    """Return the row of a book, each measured in a process of its own: its memory is seen then."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        taken = measured(book, count)
        figures = [f"{busy:.1f} s · {clock:.1f} s" for busy, clock in taken.phases.values()]
        total = sum(busy for busy, _clock in taken.phases.values())
        peaks = f"{' · '.join(f'{peak:.0f}' for peak in taken.peaks)} MB"
        os.write(write, "\n".join([*figures, peaks, str(total)]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        *cells, total = told.read().split("\n")
    os.waitpid(child, 0)
    aim = f"{LIMIT} s of the processor"
    return Row(f"{count:,} rows of {book}", tuple(cells), aim, float(total) <= LIMIT)


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield each book that an office brings."""
    for book in HEADS:
        yield row_of(book, min(ROWS, sizes.large))


def main() -> None:
    """Measure books by hand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("books", nargs="*", default=list(HEADS))
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--profile", default="", help="look, keep or undo")
    chosen = parser.parse_args()
    for book in chosen.books:
        taken = measured(book, chosen.rows, chosen.profile)
        phases = taken.phases.items()
        told = "; ".join(f"{name} {busy:.1f} s ({clock:.1f} s)" for name, (busy, clock) in phases)
        peaks = " · ".join(f"{peak:.0f}" for peak in taken.peaks)
        print(f"{book}: {told}; {peaks} MB; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
