"""Where English is asked no Chinese is left: names of statutes, typed data and Chinese papers apart."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from sqlalchemy import select, update

from tests.conftest import LIGHT, PASSWORD, Browser
from tests.whole_office import LOGIN, NOW, TODAY, fill_all
from tracker.domain.letter.index import SERIES
from tracker.domain.message import CHINESE, Phrase
from tracker.domain.packing import as_text
from tracker.jobs.schedule import JOBS
from tracker.models import fault
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.duty import OpenDuty
from tracker.models.imported import ImportedFile
from tracker.models.incoming import IncomingMail
from tracker.models.outbox import FAILED, Message
from tracker.models.tables import stored
from tracker.services.contact import incoming
from tracker.services.exchange import uploading
from tracker.services.job import job

STARTS = (
    "/", "/cases", "/contacts", "/register", "/books", "/reports", "/statistics", "/calendar", "/handbook",
    "/what-if", "/fees", "/reports/check", "/roll-up", "/account/preferences", "/account/sessions", "/jobs",
)  # fmt: skip
# The names of statutes and notices, in Chinese in either language, and the Chinese beside a statutory name.
STATUTES = re.compile(
    r"国办[\u4e00-\u9fff]+〔\d{4}〕\d+号|法释〔\d{4}〕\d+号|国家档案局令第\d号|(?:\d{4}年)?《[^》]+》|国务院办公厅关于\d+年部分节假日安排的通知"
    r"|国办发明电〔\d{4}〕\d+号|[\u4e00-\u9fff]{2,9}法(?:实施条例|解释)?|\d{2,3}号|放假办法|民法典|信访工作条例|原?条例"
    r"|\([^()]*[\u3400-\u9fff][^()]*(?:\)|…$)|第[0-9—]+条|国务院令第\d+号|（[^（）]*通知[^（）]*）"
)
# What stands for typed data: a name half hidden, a number that the program made of a register's name.
OF_DATA = re.compile(r"[\u4e00-\u9fff]+＊+|[\u4e00-\u9fff]+ (?=<)|[\u4e00-\u9fff]{2,4}-\d+")
# Words that English says with the Chinese in it: examples, and the numerals of the report's sections.
QUOTED = re.compile(
    r"[“\"＝][^”\"]*[”\"]|某县人民路1号（邮编\d+）|某县[\u4e00-\u9fff]+|测城管[^;,.]*|李明，.*|[一二三四五六]、?(?= |,|$)|Chinese|\d{4}年\d+月\d+日|^中文$"
)
# What the program says itself and keeps: to be said again in the reader's language.
WRITTEN = {
    "archivings": ("lacking", "proposed_for"),
    "audit_entries": ("target", "details"),
    "contact_acts": ("note",),
    "imported_files": ("told",),
    "incoming_mails": ("told",),
    "job_runs": ("result", "said"),
    "job_troubles": ("words",),
    "outbox": ("title", "text", "html", "why"),
    "receipt_evidence": ("note",),
    "report_drafts": ("findings",),
}
VOID = ("input", "br", "img", "meta", "link", "hr", "path", "rect", "line", "col")
SAID = ("title", "aria-label", "placeholder", "alt")


class Texts(HTMLParser):
    """The texts of a page and where it leads; what is marked as Chinese is Chinese, what a form holds is typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.within: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        is_chinese = tag in ("script", "style", "textarea") or (given.get("lang") or "").startswith("zh")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag not in VOID:
            self.within.append((tag, is_chinese))
        if not is_chinese and not any(chinese for _tag, chinese in self.within):
            self.texts += [given[name] for name in SAID if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(chinese for _tag, chinese in self.within):
            self.texts.append(data)


def kind_of(address: str) -> str:
    """Return what an address asks for: one page of each kind of letter, template, setting and register."""
    parts = urlsplit(address)
    path = re.sub(r"\d+", "N", parts.path)
    path = re.sub(r"^/(letter-templates|practice|jobs)/.+", r"/\1/X", path)
    path = re.sub(r"(/letters/new|/steps|/cells|^/books)/[^/?]+(?=/)", r"\1/X", path)
    path = re.sub(r"(/letters/new|/cells)/.+$", r"\1/X", path)
    path = re.sub(r"^(/statistics/N/cases)/\w+", r"\1/X", path)
    return f"{path}?{'&'.join(sorted({name for name, _ in parse_qsl(parts.query)}))}"


def typed(value: object) -> Iterator[str]:
    """Yield the Chinese that a value of the database holds."""
    if isinstance(value, str):
        yield from (line.strip() for line in value.split("\n") if CHINESE.search(line))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from typed(one)


def values() -> Iterator[object]:
    """Yield what people typed: each value of the database but those that the program wrote itself."""
    for table in stored():
        columns = [column for column in table.columns if column.name not in WRITTEN.get(table.name, ())]
        for row in db.session.execute(select(*columns)):
            yield from row


def tell() -> None:
    """Let the program keep what it found, failed at and refused: what a page is to say again."""
    db.session.execute(update(Case).where(Case.number == "B-1").values(due_on=TODAY, next_action="answer"))
    db.session.execute(update(OpenDuty).values(due_on=TODAY))
    db.session.commit()
    db.session.expire_all()
    for name in ("verify", "backup"):
        job.run(job.find(JOBS, name), on=TODAY, now=NOW)
    with transaction():
        title = "放假安排尚未导入"
        row = db.session.scalars(select(Message).where(Message.title == title)).one()
        row.status, row.why = FAILED, Phrase("试了%(tries)s次：%(why)s", tries=2, why="no route")
        mail = db.session.scalars(select(IncomingMail)).first()
        unread = Phrase(incoming.NOT_READ, why=Phrase(incoming.TOO_MANY, count=9, most=5))
        mail.told = [*mail.told, as_text(unread)]
        file = db.session.scalars(select(ImportedFile)).first()
        file.told = Phrase(uploading.CUT_OFF, why=fault.SENTENCES[fault.Kind.FULL], count=3)


@pytest.fixture
def app(on_sqlite):
    return on_sqlite


def pages(browser) -> Iterator[tuple[str, list[str]]]:
    """Follow every link; yield each kind of page with its texts."""
    waiting, kinds = list(STARTS), set()
    while waiting:
        at = waiting.pop(0)
        if (kind := kind_of(at)) in kinds or "language=" in at or at == "/sign-out":
            continue
        kinds.add(kind)
        answer = browser.get(at)
        if answer.status_code == 200 and answer.content_type.startswith("text/html"):
            page = Texts(answer.text)
            yield at, page.texts
            links = (urlsplit(urljoin(f"http://here{at}", link)) for link in page.links)
            waiting += [f"{one.path}?{one.query}" for one in links if one.netloc == "here"]


def test_no_page_in_english_has_chinese_left_in_it(app):
    fill_all()
    tell()
    held = {text for value in values() for text in typed(value)}
    data = sorted({*held, *SERIES}, key=len, reverse=True)
    browser = Browser(app)
    browser.get("/sign-in")
    browser.post("/sign-in", {"login": LOGIN, "password": PASSWORD, "to": LIGHT})
    browser.get("/account/preferences?language=en")
    left: dict[str, str] = {}

    for at, texts in pages(browser):
        for text in texts:
            rest = QUOTED.sub("", STATUTES.sub("", text))
            for one in data if CHINESE.search(rest) else ():
                rest = rest.replace(one, "")
            rest = QUOTED.sub("", STATUTES.sub("", OF_DATA.sub("", rest)))
            if CHINESE.search(rest):
                left.setdefault(" ".join(text.split()), at)

    assert len(left) == 0, "\n".join(f"{at}: {text}" for text, at in left.items())
