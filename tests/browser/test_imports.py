"""An old register of 40 messy rows in a real browser: dropped, decided, kept, undone, taken again, the rest taken along."""

from io import BytesIO

import openpyxl
from sqlalchemy import func, select

from tests.browser.test_browser import address, people, signed_in
from tests.workbooks import messy_register
from tracker.domain.case.state import VOID
from tracker.models.base import db
from tracker.models.case import Case

__all__ = ["address", "people"]


def counts() -> dict[str, int]:
    db.session.remove()
    return dict(db.session.execute(select(Case.state, func.count()).group_by(Case.state)).tuples().all())


def test_forty_messy_rows_are_taken_undone_and_taken_again(chromium, address, people):
    register = messy_register()
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    signed_in(page, address)
    page.click("nav >> text=导入")

    def drop() -> None:
        upload = {"name": "旧台账.xlsx", "mimeType": "application/octet-stream", "buffer": register}
        page.set_input_files("#file", upload)
        page.click("text=读取并预览")
        page.get_by_text("每一行的结果").wait_for()

    drop()
    assert "没有说明怎样答复" in page.inner_text("main")
    before = page.get_by_role("button", name="导入").inner_text()
    page.get_by_label("已办结", exact=True).select_option("disclosed")
    page.click("text=按所选重新读取")
    page.get_by_text("已按所作的选择读取").wait_for()
    assert page.get_by_role("button", name="导入").inner_text() != before
    assert counts() == {}

    page.get_by_role("button", name="导入39行").click()
    page.get_by_text("新增39件").wait_for()
    assert sum(counts().values()) == 39

    with page.expect_download() as got:
        page.click("text=下载没有导入的行")
    sheet = openpyxl.load_workbook(BytesIO(got.value.path().read_bytes())).active
    header, row = sheet.iter_rows(values_only=True)
    assert (header[-1], row[2]) == ("未导入的原因", "二月三十日")

    page.click("text=撤销这次导入")
    page.fill("#reason", "先试一试")
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_text("同一文件可以再次导入").wait_for()
    assert counts() == {VOID: 39}

    page.click("nav >> text=导入")
    drop()
    page.get_by_text("同一文件下次上传时仍按这些选择").wait_for()
    page.get_by_role("button", name="导入39行").click()
    page.get_by_text("新增39件").wait_for()
    again = counts()
    assert (again.pop(VOID), sum(again.values())) == (39, 39)
    assert troubles == []
