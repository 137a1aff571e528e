"""A session that expired under a form with a file: what was typed comes back, the file is asked for again."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from tests import case_files
from tests.conftest import PASSWORD
from tests.jobs.test_jobs import load, received
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case_file import CaseFile


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def test_what_was_typed_comes_back_and_the_file_is_chosen_again(sign_in):
    load(received("2026-03-02", "A-1"))
    clerk = sign_in(Role.REGISTRAR, Role.HANDLER)
    clerk.get("/cases/1/files")
    words = {"purpose": "information", "note": "合同正本", "checked": "1"}
    clerk.client.delete_cookie("session")
    same = {"headers": {"Origin": "http://localhost"}}

    asked = clerk.post("/cases/1/files", {**words, "file": (BytesIO(case_files.pdf()), "合同.pdf")}, **same)
    assert (asked.status_code, "选过的文件登录后要重新选择" in asked.text) == (401, True)
    kept = dict(re.findall(r'name="(kept-[^"]+)" value="([^"]*)"', asked.text))
    back = clerk.post(
        "/sign-in", {"login": "registrar0", "password": PASSWORD, "to": "/cases/1/files", **kept}
    )

    assert 'enctype="multipart/form-data"' in back.text
    assert re.search(r'type="file" name="file" required', back.text)
    assert ("合同.pdf" in back.text, "合同正本" in back.text) == (True, True)
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', back.text))
    assert {"purpose": "information", "note": "合同正本", "checked": "1"}.items() <= again.items()
    sent = clerk.post("/cases/1/files", {**again, "file": (BytesIO(case_files.pdf()), "合同.pdf")})
    assert sent.status_code < 400
    assert db.session.scalars(select(CaseFile.name)).all() == ["合同.pdf"]
