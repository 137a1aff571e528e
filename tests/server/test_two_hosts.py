"""Two web hosts on one PostgreSQL database: two folders, two processes, one key, one office."""

import re
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.server.conftest import TRACKER, Folder, Served, Visitor, eventually
from tracker.jobs.lock import SCHEDULER

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
DAY = "2026-03-16"
HOLIDAY = {"on": "2026-06-03", "name": "市庆", "reason": "市庆放假", "kind": "off", "act": "keep"}
BESIDE = "请先停止"


def host(path: Path, like: Folder, key: bytes | None) -> Folder:
    """Set up another machine for the database of an office, with the key that it was given."""
    path.mkdir(parents=True)
    if key is not None:
        (path / "secret.key").write_bytes(key)
        (path / "secret.key").chmod(0o600)
    return Folder(path, like.url, like.once)


@dataclass
class Hosts:
    """The first host and the second, and a third machine that serves nothing."""

    first: Served
    second: Served
    third: Folder

    @property
    def key(self) -> bytes:
        return (self.first.folder.path / "secret.key").read_bytes()

    def ask(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.first.folder.url.replace("+psycopg", "")) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def hosts(tmp_path_factory, postgres_demo) -> Iterator[Hosts]:
    home = tmp_path_factory.mktemp("hosts")
    first = postgres_demo(home / "first" / "office", "hosts")
    key = (first.path / "secret.key").read_bytes()
    second, third = (host(home / name / "office", first, key) for name in ("second", "third"))
    served = [first.serve(), second.serve()]
    yield Hosts(*served, third)
    for each in served:
        assert each.stop() == 0
        assert each.errors() == ""


def letter(visitor: Visitor) -> str:
    """Register a letter; return the address of its page."""
    words = {"form": "letter", "arrived_on": DAY, "person": "丁某", "summary": "来信"}
    return visitor.fill("/register", words).url


def upload(visitor: Visitor) -> str:
    """Keep a photograph of a letter; return the address of the file."""
    at = letter(visitor)
    page = f"{at}/evidence?kind=file"
    sent = visitor.send(
        page, visitor.form(page, "/evidence"), {"kind": "file", "on": DAY}, files={"file": ("信封.png", PNG)}
    )
    assert sent.status_code == 200, sent.text
    return re.search(r'href="([^"]+/evidence/\d+/file)"', sent.text)[1]


def as_on(other: Served, visitor: Visitor) -> Visitor:
    """Return the same browser at the other host: what is in front of both sends it there."""
    there = other.visit()
    there.session.cookies.update(visitor.session.cookies)
    return there


@pytest.mark.parametrize("turn", [1, -1])
def test_a_file_that_came_in_at_one_host_goes_out_at_the_other(hosts, turn):
    here, there = (hosts.first, hosts.second)[::turn]

    at = upload(here.visit("registrar"))

    assert there.visit("registrar").get(at).content == PNG


def test_who_signed_in_at_one_host_is_known_at_the_other_until_the_sign_out_at_either(hosts):
    here = hosts.first.visit("head")
    there = as_on(hosts.second, here)
    assert there.get("/cases").url.endswith("/cases")

    there.fill("/cases", {}, action="/sign-out")

    assert "/sign-in" in here.get("/cases").url
    assert "/sign-in" in there.get("/cases").url


def due_of(answer) -> str:
    """Return the day after that of the receipt that the page names: the request must be answered by then."""
    assert answer.status_code == 200
    return re.findall(r"2026年\d+月\d+日", answer.text.partition("<h2>结果</h2>")[2])[1]


def test_a_local_holiday_that_was_kept_at_one_host_is_counted_at_the_other(hosts):
    head, other = hosts.first.visit("head"), hosts.second.visit("head")
    asked = "/what-if?arrived_on=2026-06-01&channel=in_person"
    before = due_of(other.get(asked))

    assert head.fill("/calendar/local/new", HOLIDAY).status_code == 200

    assert "市庆" in other.get("/calendar?year=2026").text
    assert before == "2026年6月30日"
    assert due_of(other.get(asked)) == "2026年7月1日"


def test_a_practice_that_is_set_at_one_host_is_counted_at_the_other(hosts):
    """第31条第（三）项, 指导案例26号: the day of receipt of an online request."""
    other = hosts.second.visit("head")
    asked = "/what-if?arrived_on=2026-07-01&confirmed_on=2026-07-03&channel=online"
    before = due_of(other.get(asked))
    words = ("practice", "set", "online_receipt", "submitted", "--from", "2026-07-01", "--why", "会议纪要")

    done = hosts.third.run(*words)

    assert done.returncode == 0, done.stderr
    assert due_of(other.get(asked)) < before
    assert "会议纪要" in other.get("/handbook/practice").text
    earlier = asked.replace("2026-07-01", "2026-06-30")
    assert due_of(other.get(earlier)) == before


def test_a_person_who_is_turned_off_at_one_host_is_out_at_the_other(hosts):
    handler = hosts.second.visit("handler")
    admin = hosts.first.visit("administrator")
    page = next(
        at
        for at in re.findall(r'href="(/users/\d+)"', admin.get("/users").text)
        if "周明" in admin.get(at).text
    )
    shown = admin.form(page)
    shown.fields = [each for each in shown.fields if each[0] != "active"]

    assert admin.send(page, shown).status_code == 200

    assert "/sign-in" in handler.get("/cases").url


def test_one_scheduler_works_for_both_and_a_job_of_the_day_is_done_once(hosts):
    holding = f"SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND objid = {SCHEDULER} AND datname = current_database()"
    eventually(lambda: hosts.ask(holding) == [(1,)])

    words = [*TRACKER, "jobs", "once", "escalate", "--on", DAY]
    both = [subprocess.Popen(words, env=each.folder.environ) for each in (hosts.first, hosts.second)]

    assert [each.wait(300) for each in both] == [0, 0]
    assert hosts.ask("SELECT count(*) - count(DISTINCT key) FROM outbox") == [(0,)]
    assert hosts.ask(f"SELECT count(*) FROM job_runs WHERE job = 'escalate' AND day = '{DAY}'") == [(1,)]


def test_a_copy_that_either_host_makes_is_whole_and_is_restored_beside_neither(hosts, tmp_path):
    at = upload(hosts.second.visit("registrar"))
    for name, folder in (("first", hosts.first.folder), ("second", hosts.second.folder)):
        copy = tmp_path / f"{name}.zip"
        made = folder.run("backup", str(copy))
        assert made.returncode == 0, made.stderr
        refused = hosts.third.run("restore", str(copy), "--replace")
        assert (refused.returncode, BESIDE in refused.stderr) == (2, True), refused.stderr

        elsewhere = host(tmp_path / name / "office", hosts.first.folder, hosts.key)
        elsewhere.url = ""
        restored = elsewhere.run("restore", str(copy))

        assert restored.returncode == 0, restored.stderr
        served = elsewhere.serve("--no-jobs")
        assert served.visit("registrar").get(at).content == PNG
        assert served.stop() == 0


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("init",), ("backup",)])
@pytest.mark.parametrize(
    ("key", "words"), [(secrets.token_bytes(32), "密钥不符"), (None, "密钥文件不见了")], ids=["other", "none"]
)
def test_a_host_with_another_key_or_none_is_refused_in_words(hosts, tmp_path, key, words, command):
    stranger = host(tmp_path / "office", hosts.first.folder, key)

    refused = stranger.run(*command, timeout=300)

    assert (refused.returncode, words in refused.stderr, "Traceback" in refused.stderr) == (2, True, False)
    kept = stranger.path / "secret.key"
    assert (kept.read_bytes() if kept.exists() else None) == key
