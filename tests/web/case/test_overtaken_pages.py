"""Two at the same moment: who comes second is told, and what was typed is still there."""

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import pytest

from tests.postgres import SERVER, database_url
from tracker.domain.permission import Role

SAME_SITE = {"headers": {"Origin": "http://localhost"}}


@pytest.fixture
def writer_beside(on_postgres, worker_id):
    """A transaction of somebody else on the same database, open until it is committed."""
    with psycopg.connect(database_url(f"test_{worker_id}")) as connection:
        yield connection


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_page_that_was_overtaken_on_postgresql_says_so_and_keeps_what_was_typed(
    app, sign_in, agency_id, writer_beside
):
    administrator = sign_in(Role.ADMINISTRATOR)
    administrator.get("/units/new")
    columns = "agency_id, name, kind, liaison_name, liaison_email, active"
    row = (agency_id, "规划股", "股室", "", "", True)
    writer_beside.execute(f"INSERT INTO units ({columns}) VALUES (%s, %s, %s, %s, %s, %s)", row)
    fields = {
        "name": "规划股",
        "kind": "股室",
        "liaison_name": "联络员乙",
        "liaison_email": "",
        "active": "1",
    }

    def post():
        with app.app_context():
            return administrator.post("/units/new", fields, **SAME_SITE)

    with ThreadPoolExecutor(1) as other:
        answer = other.submit(post)
        until_it_waits(answer, writer_beside.info.dbname)
        writer_beside.commit()

    assert answer.result().status_code == 409
    assert "尚未保存" in answer.result().text
    assert 'value="联络员乙"' in answer.result().text


def until_it_waits(answer: Future, database: str) -> None:
    """Wait until somebody waits in this database: the server is everybody's."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    with psycopg.connect(os.environ[SERVER], autocommit=True) as watch:
        while not answer.done() and not watch.execute(waiting, [database]).fetchone()[0]:
            time.sleep(0.05)
