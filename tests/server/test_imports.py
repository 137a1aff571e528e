"""Old registers through the pages of the real server: the same fates as by the real command, and the words of a refusal."""

import json
import re

import pytest

from tests.cli.test_spreadsheet import KINDS
from tests.server.conftest import Visitor

SHAPES = (
    "a.xlsx",
    "titled.xls",
    "merged.et",
    "wps.csv",
    "password.et",
    "rows.xls",
    "remarks.xlsx",
)
CHOSEN = [kind for kind in KINDS if not kind.other and kind.name in SHAPES]
FATES = {"将新增": "new", "存疑，请核对": "doubtful", "不能导入": "refused"}


def upload(visitor: Visitor, name: str, content: bytes):
    shown = visitor.form("/imports", "/imports")
    return visitor.send("/imports", shown, files={"file": (name, content)})


def counts(page: str) -> dict[str, int]:
    return {
        fate: int(re.search(rf"<dt>{words}</dt>\s*<dd>\s*<a[^>]*>(\d+)</a>", page)[1])
        for words, fate in FATES.items()
    }


@pytest.mark.parametrize("kind", CHOSEN, ids=lambda kind: kind.name)
def test_a_file_has_the_same_fates_through_the_real_server_as_by_the_command(open_demo, tmp_path, kind):
    content = kind.content if isinstance(kind.content, bytes) else kind.content()
    path = tmp_path / kind.name
    path.write_bytes(content)
    told = open_demo.folder.run("import", str(path), "--dry-run", "--keep-going", "--format", "json")

    answer = upload(open_demo.visit("head"), kind.name, content)

    if told.returncode == 2:
        assert (answer.status_code, told.stderr.strip().splitlines()[-1] in answer.text) == (422, True)
        return
    by_command, by_page = json.loads(told.stdout), counts(answer.text)
    assert by_page["refused"] == by_command["refused"]
    assert by_page["new"] + by_page["doubtful"] == by_command["added"]
