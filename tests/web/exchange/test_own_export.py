"""An office's own register comes back in as 'unchanged', on the page 导入 and by the command."""

import json

import pytest

from tests.conftest import Browser
from tests.services.register.test_importing import NEEDED, SAMPLES, by
from tests.web.exchange.test_book_pages import look_of, upload
from tracker.domain.permission import Role
from tracker.domain.register.index import BY_NAME
from tracker.models.base import db
from tracker.models.imported import ImportedFile
from tracker.services.register import register as registers

__all__ = ["by"]


def exported(head: Browser, by, name: str) -> tuple[bytes, int]:
    """Return the register as its page gives it out, after its rows were typed, and how many there are."""
    for of, raw in (*NEEDED.get(name, ()), *((name, raw) for raw in SAMPLES[name])):
        registers.keep(BY_NAME[of], raw, by=by())
    answer = head.get(f"/books/{name}/export.xlsx")
    assert answer.status_code == 200
    return answer.data, len(SAMPLES[name])


@pytest.mark.parametrize("name", BY_NAME)
def test_every_register_comes_back_as_unchanged_on_the_page(on_sqlite, sign_in, by, name):
    head = sign_in(Role.HEAD)
    content, rows = exported(head, by, name)

    upload(head, name, content)

    assert look_of(1)["counts"] == {"unchanged": rows}
    head.act("/imports/1", "keep")
    db.session.rollback()
    file = db.session.get(ImportedFile, 1)
    assert (file.state, file.added, file.unchanged, file.refused) == ("kept", 0, rows, 0)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_register_comes_back_as_unchanged_by_the_command(on_sqlite, sign_in, by, name, tmp_path):
    content, rows = exported(sign_in(Role.HEAD), by, name)
    path = tmp_path / "登记簿.xlsx"
    path.write_bytes(content)

    result = on_sqlite.test_cli_runner().invoke(
        args=["tracker", "import", str(path), "--book", name, "--format", "json"]
    )

    told = json.loads(result.stdout)
    assert [told[key] for key in ("added", "unchanged", "refused")] == [0, rows, 0]
    assert (told["warnings"], result.exit_code) == ([], 0)
