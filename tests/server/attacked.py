"""An office to attack: two agencies in one deployment, served by the real command, and a bare socket."""

import re
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit

import requests
from sqlalchemy import func, select
from werkzeug.routing import Map

from tests import case_files
from tests.conftest import PASSWORD
from tests.histories import line, text
from tests.server.conftest import Folder, Served, Visitor
from tests.web.page.test_guard import PARTS
from tracker.app import create_app
from tracker.config import load
from tracker.domain.case.applicant import ApplicantKind
from tracker.domain.case.channel import Channel
from tracker.domain.case.evidence import Fact
from tracker.domain.case.request import ApplicantData, Arrival, RequestData
from tracker.domain.permission import Role
from tracker.domain.register.index import REGISTERS
from tracker.models.agency import Agency, Unit
from tracker.models.base import db, transaction
from tracker.models.case import Case
from tracker.models.case_file import CaseFile
from tracker.models.outbox import Message
from tracker.models.report import ReportOffice
from tracker.now import now, today
from tracker.services.case import evidence, file
from tracker.services.contact import contact, registration
from tracker.services.exchange import importing
from tracker.services.mail import outbox
from tracker.services.mail.recipient import Recipient
from tracker.services.office import user
from tracker.services.office.actor import Actor
from tracker.services.operations import setup
from tracker.services.report import rollup

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 30
PHONE, NUMBER, STREET = "13912345678", "11010519491231002X", "幸福大街77号院"
WESTERN = "西门庆吉"  # who asks in the other agency
UNITS = ("执法一队", "政务服务站")  # of the letter that became a case, and of a handler who may not see it


@dataclass
class Known:
    """The ids of what is attacked."""

    west: int
    theirs: int  # a unit of the western agency
    western: int  # its case
    letter: int  # a letter that became a case of the first of UNITS
    case: int
    paid: str  # the number of a case of the same unit whose fee was paid
    file: int
    people: dict[str, int]
    parts: dict[str, int]  # by the name of a part of an address: one that the first agency has


@dataclass
class Attacked:
    """The served office; who signs in stays signed in."""

    served: Served
    known: Known
    routes: Map
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _pages: Iterator[int] = field(default_factory=count)

    def as_(self, login: str) -> Visitor:
        """Return somebody who is signed in, the same one each time."""
        if login not in self._visitors:
            self._visitors[login] = self.new(login)
        return self._visitors[login]

    def new(self, login: str) -> Visitor:
        """Return somebody who has just signed in, in a browser of their own."""
        visitor = Visitor(self.served.address)
        visitor.sign_in(login, {})
        return visitor

    def token(self, login: str) -> str:
        """Return the token of the person's forms."""
        if login not in self._tokens:
            self._tokens[login] = TOKEN.search(self.as_(login).get("/account/password").text)[1]
        return self._tokens[login]

    def get(self, login: str, path: str, **more) -> requests.Response:
        return self.as_(login).get(path, **{"allow_redirects": False, **more})

    def post(self, login: str, path: str, values: dict | None = None, **more) -> requests.Response:
        """Send what somebody signed in may write by hand, as from a page that was opened anew each time."""
        headers = {"Referer": f"{self.served.address}{path}", "Origin": self.served.address}
        page = {"csrf_token": self.token(login), "page-of-test": str(next(self._pages))}
        headers |= more.pop("headers", {})
        data = {**page, **(values or {})}
        return self.as_(login).post(path, data, headers=headers, **{"allow_redirects": False, **more})

    def raw(self, sent: bytes, seconds: float = 15) -> bytes:
        """Send bytes as they are; return what comes back until the server closes or is silent for so long."""
        with closing(self.connect(seconds)) as line:
            with suppress(OSError):
                line.sendall(sent)
            return received(line)

    def connect(self, seconds: float = 15) -> socket.socket:
        return socket.create_connection(("127.0.0.1", urlsplit(self.served.address).port), timeout=seconds)

    def addresses(self, method: str, **parts: int | str) -> list[str]:
        """Return every address of the program that takes an id, with those of the first agency."""
        routes, found = self.routes.bind("localhost"), set()
        for rule in self.routes.iter_rules():
            if method not in rule.methods or not rule.arguments & {*self.known.parts, "of"}:
                continue
            for more in self._spread(rule.arguments):
                words = {**PARTS, **self.known.parts, **more, **parts}
                values = {name: words[name] for name in rule.arguments}
                found.add(routes.build(rule.endpoint, values, method=method))
        return sorted(found)

    def _spread(self, arguments: set[str]) -> list[dict]:
        if "of" in arguments:
            return [{"of": of, "of_id": self.known.parts[part]} for of, part in OF.items()]
        return (
            [{"register_name": register.name} for register in REGISTERS]
            if "register_name" in arguments
            else [{}]
        )


OF = {"cases": "case_id", "contacts": "contact_id"}


def received(line: socket.socket) -> bytes:
    """Return what comes until the connection is closed or silent."""
    found = b""
    with suppress(OSError):
        while more := line.recv(65536):
            found += more
    return found


# -- what stands in it ------------------------------------------------------------------------------------


def prepare(folder: Folder) -> tuple[Known, Map]:
    """Make the other agency, the people, a letter that became another unit's case, and a file of evidence.

    Return what is attacked, and the addresses that the program knows.
    """
    app = create_app(load(folder.environ))
    with app.app_context():
        home = setup.default_agency()
        west = _agency()
        units = dict(
            db.session.execute(select(Unit.name, Unit.id).where(Unit.agency_id == home.id)).tuples().all()
        )
        theirs = db.session.scalars(select(Unit.id).where(Unit.agency_id == west)).one()
        everybody = {
            "head": (home.id, [Role.HEAD, Role.REGISTRAR], None),
            "clerk": (home.id, [Role.REGISTRAR], None),
            "boss": (home.id, [Role.ADMINISTRATOR, Role.AUDITOR], None),
            "mine": (home.id, [Role.HANDLER], units[UNITS[0]]),
            "other": (home.id, [Role.HANDLER], units[UNITS[1]]),
            "guest": (home.id, [Role.AUDITOR], None),
            "gone": (home.id, [Role.HEAD], None),
            "reset": (home.id, [Role.HEAD], None),
            "away": (home.id, [Role.HEAD], None),
            "west": (west, [Role.HEAD, Role.REGISTRAR, Role.ADMINISTRATOR, Role.AUDITOR], theirs),
        }
        people = {login: _person(login, *words) for login, words in everybody.items()}
        row, file = _letter(Actor("head", frozenset({Role.HEAD}), home.id))
        parts = {
            "case_id": row.case.id,
            "contact_id": row.id,
            "evidence_id": file,
            "user_id": people["clerk"],
            "unit_id": units[UNITS[0]],
            "message_id": _message(home.id),
            "office_id": _outside(Actor("head", frozenset({Role.HEAD}), home.id)),
        }
        western = db.session.scalars(select(Case.id).where(Case.agency_id == west)).one()
        sent = db.session.scalars(select(CaseFile.id).where(CaseFile.case_id == row.case.id)).one()
        more = {**parts, "row_id": 1, "file_id": sent}
        paid = _paid()
        found = Known(west, theirs, western, row.id, row.case.id, paid, file, people, more)
        db.session.remove()
        db.engine.dispose()
    return found, app.url_map


def _agency() -> int:
    with transaction():
        made = Agency(code="west", name="西区城市管理局")
        db.session.add(made)
        db.session.flush()
        db.session.add(Unit(agency_id=made.id, name="西股", kind="股室", active=True))
        number = made.id
    received_on = (today() - timedelta(days=9)).isoformat()
    history = line("natural_person", "西-1", [{"step": "receive", "on": received_on}], agency="west")
    history["applicant"]["name"] = WESTERN
    importing.import_histories(text([history]).splitlines(), today=today(), now=now())
    return number


def _paid() -> str:
    """Keep a case of the first unit whose fee was paid; return its number."""
    days = [(today() - timedelta(days=ago)).isoformat() for ago in (9, 8, 7, 6)]
    steps = [
        {"step": "receive"},
        {"step": "assign", "unit": UNITS[0]},
        {"step": "charge", "amount": "80"},
        {"step": "pay"},
    ]
    history = line("business", "缴费-1", [{**step, "on": on} for step, on in zip(steps, days, strict=True)])
    importing.import_histories(text([history]).splitlines(), today=today(), now=now())
    return "缴费-1"


def _person(login: str, agency_id: int, roles: list[Role], unit_id: int | None) -> int:
    row, once = user.create_by_command(
        agency_id=agency_id, login=login, name=login, roles=roles, now=now(), unit_id=unit_id
    )
    actor = Actor(row.name, row.role_set, agency_id, row.id)
    user.change_password(row.id, once, PASSWORD, actor=actor, now=now())
    return row.id


def _letter(head: Actor):
    """Register a letter that became a case of the first unit, with a photograph of its envelope."""
    on = today() - timedelta(days=3)
    words = {"actor": head, "today": today(), "now": now()}
    who = ApplicantData(
        kind=ApplicantKind.NATURAL_PERSON,
        name="欧阳一一",
        id_number=NUMBER,
        phone=PHONE,
        address=STREET,
    )
    request = RequestData(
        applicant=who,
        arrival=Arrival(channel=Channel.IN_PERSON, arrived_on=on),
        subject="河道整治工程的招标文件",
        unit=UNITS[0],
    )
    data = contact.ContactData(
        form="letter",
        arrived_on=on,
        person="欧阳一一",
        phone=PHONE,
        address=STREET,
        summary="要求公开招标文件",
    )
    row = registration.register(data, triage="request", request=request, **words)
    paper = evidence.Upload("招标文件.pdf", case_files.pdf("给投标人的说明"))
    (sent,) = file.keep(row.case, "information", [paper], actor=head, now=words["now"])
    assert sent.row is not None
    kept = evidence.add(row, Fact(kind="file", on=on), evidence.Upload("信封.png", PNG), **words)
    return row, kept.id


def _message(agency_id: int) -> int:
    with transaction():
        to = [Recipient("unit:1", "执法一队", "liaison@example.org")]
        words = {"title": "提醒", "paragraphs": ["内容"], "on": today(), "now": now()}
        outbox.put(agency_id=agency_id, job="remind", to=to, **words)
    return db.session.scalars(select(func.max(Message.id))).one()


def _outside(head: Actor) -> int:
    rollup.expect("镇人民政府", actor=head, now=now())
    return db.session.scalars(select(func.max(ReportOffice.id))).one()
