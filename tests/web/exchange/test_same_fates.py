"""The shapes of real registers have the same fates on the page as by the command."""

import json
from collections import Counter
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.cli.test_spreadsheet import KINDS
from tracker.cli.spreadsheet import ENDINGS
from tracker.domain.permission import Role
from tracker.models.base import db
from tracker.models.case import Case
from tracker.models.imported import ImportedFile
from tracker.services.exchange import waiting

SHAPES = [kind for kind in KINDS if not kind.other and kind.name.endswith(ENDINGS)]


def by_the_command(app, path) -> dict:
    args = ["tracker", "import", str(path), "--dry-run", "--keep-going", "--format", "json"]
    result = app.test_cli_runner().invoke(args=args)
    return json.loads(result.stdout) if result.exit_code != 2 else {"said": result.stderr}


@pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.name)
def test_a_file_has_the_same_fates_on_the_page_as_by_the_command(on_sqlite, sign_in, tmp_path, kind):
    content = kind.content if isinstance(kind.content, bytes) else kind.content()
    path = tmp_path / kind.name
    path.write_bytes(content)
    told = by_the_command(on_sqlite, path)
    head = sign_in(Role.HEAD)
    head.get("/imports")

    answer = head.post(
        "/imports", {"file": (BytesIO(content), kind.name)}, content_type="multipart/form-data"
    )

    db.session.rollback()
    file = db.session.scalar(select(ImportedFile))
    if file is None:
        assert (answer.status_code, told["said"].strip() in answer.text) == (422, True)
        return
    look = waiting.look_of(file)
    if look["nothing"]:
        assert look["nothing"] in told["said"]
        return
    fates = Counter(look["counts"])
    assert fates["refused"] == told["refused"]
    assert fates["new"] + fates["doubtful"] == told["added"]
    sheets = [[sheet[name] for name in ("name", "rows", "read", "why")] for sheet in look["sheets"]]
    assert sheets == [[sheet[name] for name in ("name", "rows", "read", "why")] for sheet in told["sheets"]]
    assert db.session.scalar(select(Case.id)) is None
