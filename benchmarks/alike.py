"""How long it takes to find requests alike among 100,000, on SQLite and on PostgreSQL."""

import statistics
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

import grown
import office
from measure import Row, Sizes, postgresql
from sqlalchemy import insert

from tests import postgres
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.outcome import FINAL
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.tables import count_anew
from tracker.services.case import alike
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

CASES, ASKED, BATCH = 100_000, 60, 20_000
SIGNS = "东西南北中平安和顺福康泰新华光明胜利建设人民解放文化长江黄河"
KINDS = ("街道", "社区", "镇", "村", "路", "小区")
MATTERS = ("老旧小区改造", "公办幼儿园招生", "道路拓宽征收补偿", "食品安全抽检", "规划许可", "土地出让合同")
PAPERS = ("批复文件", "资金使用明细", "会议纪要", "审批材料", "实施方案", "评估报告")


def subject(chance: Random) -> str:
    """Return a made-up request with the boiler-plate that all of them share."""

    def place() -> str:
        return "".join(chance.choices(SIGNS, k=2)) + chance.choice(KINDS)

    year = chance.randint(2015, 2025)
    return (
        f"申请公开{year}年{place()}{chance.choice(MATTERS)}项目的{chance.choice(PAPERS)}"
        f"，以及{place()}{place()}第{chance.randint(1, 300)}号地块的相关材料，请以纸质形式邮寄给本人"
    )


def edited(words: str, chance: Random) -> str:
    """Return the request as the same person writes it again."""
    words = words.replace("申请公开", "请贵局公开").replace("相关材料", "有关资料")
    place = chance.randrange(6, len(words) - 6)
    return words[:place] + chance.choice(SIGNS) + words[place + 1 :]


def rows(sizes: Sizes) -> Iterator[Row]:
    """Yield how long it takes in an office of CASES on both databases."""
    del sizes  # a hundred thousand have to do: nothing is kept of these offices
    with tempfile.TemporaryDirectory(prefix="tracker-alike-") as folder, postgresql(Path(folder)):
        yield from _measured("SQLite", "", Path(folder) / "SQLite")
        yield from _measured("PostgreSQL", postgres.make_empty("alike"), Path(folder) / "PostgreSQL")


def _measured(name: str, url: str, folder: Path) -> list[Row]:
    app = grown.opened(folder, url)
    with app.app_context():
        setup.initialise("测量局", fallback="x", now=office.NOW)
        agency_id = default_agency().id
        chance = Random(35)
        words = [subject(chance) for _ in range(CASES)]
        _fill(agency_id, words, chance)
        actor = Actor("李一", frozenset({Role.HEAD}), agency_id)
        taken, hits = [], 0
        for place in chance.sample(range(CASES), ASKED):
            begin = perf_counter()
            seen = alike.look(actor, subject=edited(words[place], chance), name="", on=office.TODAY)
            taken.append(perf_counter() - begin)
            hits += bool(seen.alike) and seen.alike[0].case.number == f"M-{place}"
        false = sum(
            bool(alike.look(actor, subject=subject(chance), name="", on=office.TODAY).alike)
            for _ in range(ASKED)
        )
        db.session.remove()
        db.engine.dispose()
    middle, worst = statistics.median(taken) * 1000, max(taken) * 1000
    return [
        Row(f"alike among {CASES:,} on {name}, median", f"{middle:.0f} ms"),
        Row(
            f"alike among {CASES:,} on {name}, slowest of {ASKED}",
            f"{worst:.0f} ms",
            "within 200 ms",
            worst <= 200,
        ),
        Row(f"edited repeats found first on {name}", f"{hits} of {ASKED}", "all", hits == ASKED),
        Row(f"new requests flagged on {name}", f"{false} of {ASKED}", "none", not false),
    ]


def _fill(agency_id: int, subjects: list[str], chance: Random) -> None:
    """Write the cases straight into their table: nothing else is asked for what is alike."""
    with transaction():
        who = Applicant(agency_id=agency_id, kind="natural_person", name="申请人")
        db.session.add(who)
        db.session.flush()
        cases = [_closed(n, subject, agency_id, who.id, chance) for n, subject in enumerate(subjects)]
        for start in range(0, CASES, BATCH):
            db.session.execute(insert(Case), cases[start : start + BATCH])
    count_anew()


def _closed(
    number: int, subject: str, agency_id: int, applicant_id: int, chance: Random
) -> dict[str, object]:
    """Return the row of a closed case of ten years."""
    received_on = date(2016, 1, 4) + timedelta(days=chance.randrange(3900))
    closed_on = received_on + timedelta(days=chance.randrange(1, 30))
    return {
        "agency_id": agency_id, "number": f"M-{number}", "applicant_id": applicant_id, "subject": subject,
        "registered_at": office.NOW, "version": 1, "state": chance.choice(FINAL), "channel": "online",
        "applicant_kind": chance.choice(list(ApplicantKind)), "received_on": received_on, "due_on": closed_on,
        "due_is_provisional": False, "decided_on": closed_on, "served_on": closed_on, "closed_on": closed_on,
    }  # fmt: skip
