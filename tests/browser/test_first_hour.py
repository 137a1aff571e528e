"""A newcomer: from an empty folder over an old register to the first receipt, in a real browser, counted."""

import time

import pytest
from playwright.sync_api import Page

from tests import mail_server
from tests.server.conftest import FIRST, Folder
from tests.workbooks import messy_register

FIELDS, MINUTES = 60, 15  # at most, of the whole first hour
NEW = "Long-enough-1"
PEOPLE = """姓名\t用户名\t单位\t角色\t邮箱
林静\tlinjing\t办公室\t登记员\tlinjing@example.org
周明\tzhouming\t规划股\t承办人
陈立\tchenli\t\t负责人、审核人\tchenli@example.org
"""


class Newcomer:
    """Somebody at the pages whose fields and clicks are counted."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.fields = self.clicks = 0

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def fill(self, field: str, text: str) -> None:
        self.page.fill(f"#{field}", text)
        self.fields += 1

    def choose(self, field: str, value: str) -> None:
        self.page.select_option(f"#{field}", value)
        self.fields += 1

    def take(self, name: str, content: bytes) -> None:
        """Choose a file as an old register, and see what would come of it."""
        self.open("/imports")
        upload = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.set_input_files("#file", upload)
        self.fields += 1
        self.press("读取并预览")
        self.page.get_by_text("每一行的结果").wait_for()

    def press(self, name: str, role: str = "button") -> None:
        self.page.locator("main").get_by_role(role, name=name, exact=True).first.click()
        self.clicks += 1

    def sign_in(self, login: str, once: str) -> None:
        self.open("/sign-in")
        self.fill("login", login)
        self.fill("password", once)
        self.press("登录")
        self.fill("old", once)
        self.fill("new", NEW)
        self.fill("again", NEW)
        self.page.click("main form button.button--main")
        self.clicks += 1

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="退出").click()
        self.clicks += 1

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture
def office(tmp_path, boxes):
    """An empty folder, made an office and served by the program's own commands."""
    folder = Folder(tmp_path / "office")
    folder.more = {"TRACKER_SMTP_PORTS": str(boxes[1])}
    once = FIRST.search(folder.run("init").stdout)[0]
    served = folder.serve("--no-jobs")
    yield served.address, once
    served.stop()


@pytest.fixture
def boxes():
    kept = mail_server.Mailboxes()
    running = mail_server.start(kept)
    yield kept, running.port
    running.stop(no_assert=True)


def test_an_office_starts_within_sixty_fields_and_a_quarter_of_an_hour(
    chromium, office, boxes, record_testsuite_property
):
    began = time.monotonic()
    address, once = office
    mails, port = boxes
    one = Newcomer(chromium.new_page(viewport={"width": 1280, "height": 900}), address)
    troubles: list[str] = []
    one.page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)

    one.sign_in("admin", once)
    assert one.page.url == f"{address}/start"
    assert "本机关还没有名称" in one.text

    one.press("下一步：本机关", "link")
    for field, text in (
        ("name", "测试县城市管理局"),
        ("document_code", "测城管"),
        ("letter_contact", "测试县人民路1号（邮编312500），0571-12345678"),
        ("upper_organ", "测试县人民政府"),
        ("court", "测试县人民法院"),
    ):
        one.fill(field, text)
    one.press("保存")
    assert "还没有名称" not in one.text

    for unit, liaison in (("办公室", "office@example.org"), ("规划股", "plan@example.org")):
        one.open("/units/new")
        one.fill("name", unit)
        one.fill("liaison_name", f"{unit}联络员")
        one.fill("liaison_email", liaison)
        one.press("保存")

    one.open("/users/paste")
    one.fill("people", PEOPLE)
    one.press("看每一行会怎样")
    one.press("新建这3人")
    one.page.get_by_text("已抄录").wait_for()
    passwords = dict(
        zip(
            one.page.locator("tbody td:nth-child(2)").all_inner_texts(),
            one.page.locator("tbody td:nth-child(3)").all_inner_texts(),
            strict=True,
        )
    )
    one.press("已抄录，继续", "link")

    one.press("邮件：设置并试发", "link")
    for field, text in (
        ("smtp_host", "127.0.0.1"), ("smtp_port", str(port)), ("mail_from", "ysq@example.org"),
    ):  # fmt: skip
        one.fill(field, text)
    one.choose("smtp_security", "none")
    one.press("保存")
    one.page.fill("input[name=to]", "me@example.org")
    one.fields += 1
    one.press("发送")
    assert "服务器已接受" in one.text
    assert "传送邮件 250 taken" in one.text
    assert [str(mail["From"]) for mail in mails.taken] == ["测试县城市管理局 <ysq@example.org>"]
    one.sign_out()

    one.sign_in("chenli", passwords["chenli"])
    register = messy_register()
    one.take("旧台账.xlsx", register)
    one.page.get_by_label("已办结", exact=True).select_option("disclosed")
    one.fields += 1
    one.press("按所选重新读取")
    one.press("导入39行")
    one.page.get_by_text("新增39件").wait_for()
    one.page.click("text=撤销这次导入")
    one.fill("reason", "先试一试")
    one.press("撤销导入")
    one.page.get_by_text("同一文件可以再次导入").wait_for()
    one.take("旧台账.xlsx", register)
    one.press("导入39行")
    one.page.get_by_text("新增39件").wait_for()
    one.sign_out()

    one.sign_in("linjing", passwords["linjing"])
    one.open("/register")
    one.page.check("input[name=triage][value=request]")
    one.fill("person", "王一")
    one.fill("address", "测试县人民路9号")
    one.choose("channel", "in_person")
    one.fill("subject", "道路拓宽工程征收补偿方案")
    one.fields += 1
    one.page.click("main form button.button--main")
    one.clicks += 1
    one.page.get_by_role("link", name="接收回执").wait_for()
    one.press("接收回执", "link")
    one.press("制作")
    one.page.locator("main a[href*='/letters/']").get_by_text("接收回执").first.click()
    one.clicks += 1

    assert "测试县城市管理局" in one.text
    assert "王一" in one.text
    assert one.page.locator("button[data-print]").is_visible()
    assert one.page.pdf().startswith(b"%PDF")
    minutes = (time.monotonic() - began) / 60
    record_testsuite_property(
        "first hour", f"{one.fields} fields, {one.clicks} clicks, {minutes:.1f} minutes"
    )
    assert one.fields <= FIELDS
    assert minutes <= MINUTES
    assert troubles == []
