"""What an intruder tries at the real server, one act a row; SECURITY.md names the row that holds each.

One office is served for the whole table. Every row leaves it as the next one needs it.
"""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from time import monotonic
from urllib.parse import quote, urlsplit

import openpyxl
import pytest
import requests

from tests import case_files
from tests.conftest import PASSWORD
from tests.server.attacked import NUMBER, PHONE, PNG, STREET, TOKEN, WESTERN, Attacked, prepare, received
from tests.server.conftest import ROOT, Folder, Visitor, serving
from tracker.domain.register.index import REGISTERS
from tracker.now import wall_clock

Attack = Callable[[Attacked], None]
ATTACKS: dict[str, Attack] = {}
TODAY = wall_clock().date().isoformat()
PAID = (wall_clock().date() - timedelta(days=6)).year  # of the fee that attacked.py lets be paid
EVIL = "=1+1\"'><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}"
RUN = ("<img src=x", "<script>alert")
SOON = 15  # seconds within which another person's sign-in is answered; those who send nothing are let go after 20


def attack(sentence: str) -> Callable[[Attack], Attack]:
    """Put an attack into the table under the sentence that it disproves."""

    def mark(act: Attack) -> Attack:
        assert sentence not in ATTACKS
        ATTACKS[sentence] = act
        return act

    return mark


@pytest.fixture(scope="module")
def office(tmp_path_factory, demo_template) -> Iterator[Attacked]:
    """Two agencies in one deployment, served; nothing unexpected may stand in the server's log."""
    path = tmp_path_factory.mktemp("attacked") / "office"
    shutil.copytree(demo_template.path, path)
    folder = Folder(path)
    known, routes = prepare(folder)
    for served in serving(folder, "--no-jobs"):  # a reminder of today would stand on a page like an act
        yield Attacked(served, known, routes)
    assert "uncaptured" not in served.log.read_text(encoding="utf-8")


def statuses(answers: dict[str, requests.Response], *allowed: int) -> dict[str, int]:
    """Return what was answered otherwise."""
    return {at: answer.status_code for at, answer in answers.items() if answer.status_code not in allowed}


# -- another agency's, another unit's ---------------------------------------------------------------------


@attack("no page or file of one agency is a page to another's people")
def _(office):
    answers = {at: office.get("west", at) for at in office.addresses("GET")}

    assert len(answers) > 40
    assert statuses(answers, 403, 404) == {}
    assert [at for at, answer in answers.items() if "欧阳" in answer.text or PHONE in answer.text] == []


@attack("no act on the records of one agency is another's to take")
def _(office):
    pages = [f"/cases/{office.known.case}", f"/contacts/{office.known.letter}"]
    office.get("head", "/handbook")  # shows what was said of the row before
    before = [words_of(office.get("head", at)) for at in pages]
    answers = {at: office.post("west", at) for at in office.addresses("POST")}

    assert len(answers) > 50
    assert statuses(answers, 403, 404, 422) == {}
    assert [at for at, answer in answers.items() if "欧阳" in answer.text or PHONE in answer.text] == []
    assert [words_of(office.get("head", at)) for at in pages] == before


@attack("a file that waits for its import is kept by nobody of another agency, digest or not")
def _(office):
    table = office.get("head", "/books/trainings/export.xlsx").content
    looked = office.post("head", "/books/trainings/import", files={"file": ("a.xlsx", table)})
    file_id = re.search(r"/books/trainings/import/(\d+)", looked.text)[1]
    digest = re.search(r'name="digest" value="(\w+)"', looked.text)[1]

    assert office.post("west", f"/books/trainings/import/{file_id}", {"digest": digest}).status_code == 422
    assert office.post("head", f"/books/media/import/{file_id}", {"digest": digest}).status_code == 422
    assert office.post("head", f"/books/trainings/import/{file_id}", {"digest": "0" * 64}).status_code == 422


@attack("no field puts a person, a letter or a case into a unit of another agency")
def _(office):
    theirs, person = str(office.known.theirs), office.known.people["clerk"]
    words = {"name": "clerk", "roles": "registrar", "active": "1"}
    letter = registered(office)
    for unit in (theirs, "99999", "0", "2147483648", "9" * 30, "9" * 5000, "-1"):
        tried = {
            "/users/new": office.post("boss", "/users/new", {**words, "login": "new", "unit": unit}),
            "/users/id": office.post("boss", f"/users/{person}", {**words, "unit": unit}),
            "refer": office.post("head", f"{letter}/refer", {"unit": unit}),
        }
        assert statuses(tried, 422) == {}, unit
    case = f"/cases/{office.known.case}"
    step = {"unit": "西股", "on": TODAY, "version": version_of(office, f"{case}/steps/assign")}
    request = {
        "triage": "request",
        "kind": "natural_person",
        "channel": "in_person",
        "subject": "x",
        "name": "甲",
    }
    new = {**request, "form": "letter", "arrived_on": TODAY, "summary": "x", "unit": "西股"}
    for path, words in (
        (f"{case}/steps/assign", step),
        ("/register", new),
        ("/register", {**new, "channel": "online"}),
    ):
        assert "没有“西股”这个承办单位" in office.post("head", path, words).text


def version_of(office: Attacked, path: str) -> str:
    """Return the version of what a form is about, as its page shows it."""
    return re.search(r'name="version" value="(\d+)"', office.get("head", path).text)[1]


@attack("a case of another agency is named by no register")
def _(office):
    words = {"kind": "reconsideration", "case_number": "西-1", "filed_on": TODAY, "organ": "某县人民政府"}

    answer = office.post("head", "/books/remedies", words)

    assert answer.status_code == 422
    assert "申请台账中没有受理编号西-1" in answer.text


@attack("nobody who asks in another case is corrected through a form of this one")
def _(office):
    for row_id in ("1", "2", str(office.known.case), "9" * 30):
        words = {
            "name": "欧阳一一",
            "why": "更正",
            "version": "1",
            "further_2_id": row_id,
            "further_2_name": "换",
        }
        answer = office.post("head", f"/cases/{office.known.case}/applicants", words)
        assert answer.status_code in (404, 409, 422), row_id


@attack("no filter, search or export of one agency shows anybody of another")
def _(office):
    theirs, link = office.known.theirs, f'"/cases/{office.known.western}"'
    asked = [f"/cases?unit={theirs}", f"/cases?text={WESTERN}", "/cases?text=西-1", "/cases?handler=west"]
    asked += [f"/?unit={theirs}", f"/contacts?text={WESTERN}", f"/cases/export.xlsx?unit={theirs}"]
    asked += ["/cases/export.xlsx", "/contacts/export.xlsx", "/audit", "/users", "/units", "/outbox"]
    found = {at: office.get("boss", at) for at in asked}

    assert statuses(found, 200) == {}
    assert [at for at, answer in found.items() if link in answer.text or "事项西-1" in shown(answer)] == []
    assert [at for at in asked if "text=" not in at and WESTERN in shown(found[at])] == []
    assert WESTERN in shown(office.get("west", "/cases/export.xlsx"))
    assert link in office.get("west", f"/cases?text={WESTERN}").text


@attack("the token of another's page swallows no letter, and no link chooses one")
def _(office):
    words = {"form": "letter", "arrived_on": TODAY, "summary": "一封信", "token": "the-same-token"}

    kept = [office.post(who, "/register", words).headers["Location"] for who in ("head", "clerk", "west")]

    assert len(set(kept)) == 3
    assert 'value="the-same-token"' not in office.get("head", "/register?token=the-same-token").text


@attack("a letter that became another unit's case is reached by no address of its own")
def _(office):
    parts = {"case_id": office.known.case, "contact_id": office.known.letter}
    own = {
        name: office.get("mine", f"/{name}/{which}")
        for name, which in zip(("cases", "contacts"), parts.values(), strict=True)
    }
    seen = {
        at: office.get("other", at) for at in office.addresses("GET") if re.search(r"/(cases|contacts)/", at)
    }
    done = {
        at: office.post("other", at)
        for at in office.addresses("POST")
        if re.search(r"/(cases|contacts)/", at)
    }

    assert statuses(own, 200) == {}
    assert statuses(seen, 403, 404) == {}
    assert statuses(done, 403, 404) == {}
    assert [
        at for at, answer in {**seen, **done}.items() if "欧阳" in answer.text or PHONE in answer.text
    ] == []


@attack("another unit's applicant is found by no search, sort, list, sum or export")
def _(office):
    asked = [f"/cases?text={word}" for word in ("欧阳一一", "河道整治工程的招标文件", "欧")]
    asked += [f"/contacts?text={word}" for word in ("欧阳一一", "要求公开招标文件")]
    asked += [
        f"/cases?order={order}&page={page}" for order in ("received", "number", "due") for page in (1, 2)
    ]
    asked += [
        "/",
        "/?only=soon",
        "/contacts",
        "/contacts/export.xlsx",
        "/cases/export.xlsx",
        f"/books/request-fees?year={PAID}",
    ]
    asked += [f"/reports/{TODAY[:4]}/cells/1/total", f"/statistics?year={TODAY[:4]}"]
    found = {at: office.get("other", at) for at in asked}
    preview = {
        "arrived_on": TODAY,
        "channel": "in_person",
        "name": "欧阳一一",
        "subject": "河道整治工程的招标文件",
    }
    found["preview"] = office.post("other", "/register/preview", {**preview, "kind": "natural_person"})
    link = f"/cases/{office.known.case}"

    assert statuses(found, 200) == {}
    asked_for = [at for at in asked if "text=" in at]
    assert [
        at for at in found if f'"{link}"' in found[at].text or office.known.paid in shown(found[at])
    ] == []
    assert office.known.paid in office.get("mine", f"/books/request-fees?year={PAID}").text
    assert [at for at in found if "欧阳" in shown(found[at]) and at not in (*asked_for, "preview")] == []


# -- what is half hidden ------------------------------------------------------------------------------------


@attack("a telephone, a number and an address are in the clear on no page before somebody asks")
def _(office):
    case, letter = f"/cases/{office.known.case}", f"/contacts/{office.known.letter}"
    pages = [case, letter, f"{case}/alike", f"{case}/dates.json", f"{case}/evidence", f"{letter}/evidence"]
    pages += [
        "/",
        "/cases?text=欧阳",
        "/contacts",
        f"{case}/steps/assign",
        f"{case}/corrections/1",
        "/cases/export.xlsx",
    ]
    secrets = (PHONE, NUMBER, STREET)
    found = {at: shown(office.get("head", at)) for at in pages}
    searched = [office.get("head", f"/cases?text={secret}").text for secret in secrets]

    assert [at for at, page in found.items() if any(secret in page for secret in secrets)] == []
    assert [page for page in searched if f'"{case}"' in page] == []
    assert PHONE in office.post("head", f"{case}/reveal").text


@attack("every look at what is half hidden stands in the audit log")
def _(office):
    case, letter = f"/cases/{office.known.case}", f"/contacts/{office.known.letter}"
    file = f"{case}/files/{office.known.parts['file_id']}"
    looks = {
        "revealed": [("POST", f"{case}/reveal"), ("POST", f"{letter}/reveal"), ("GET", f"{letter}/convert"), ("GET", f"{case}/applicants")],
        "printed": [("GET", f"{case}/slip")],
        "exported": [("GET", "/cases/export.xlsx"), ("GET", "/contacts/export.xlsx"), ("GET", "/books/remedies/export.xlsx")],
        "file_seen": [("GET", f"{letter}/evidence/{office.known.file}/file")],
        "case_file_seen": [("GET", file), ("GET", f"{file}/pages/1.png"), ("GET", f"{file}/original")],
    }  # fmt: skip
    for act, places in looks.items():
        for method, at in places:
            before = noted(office, act)
            answer = office.get("head", at) if method == "GET" else office.post("head", at)
            assert (answer.status_code in (200, 303), noted(office, act)) == (True, before + 1), at


def noted(office: Attacked, act: str) -> int:
    """Return how often the audit log says it, of a few pages of it."""
    page = office.get("boss", f"/audit?act={act}").text
    total = re.search(r"共\s*(\d+)", page)
    return int(total[1]) if total else page.count("<tr>")


# -- where messages go --------------------------------------------------------------------------------------

ELSEWHERE = (
    "a@b.cn,c@d.cn", "a@b.cn;c@d.cn", "a@b.cn c@d.cn", "a@b.cn\nBcc: x@y.cn", "a@b.cn\r\nBcc: x@y.cn", "Anna <a@b.cn>",
    "mailto:a@b.cn", "mailto://user:pass@example.org", "a@[127.0.0.1]", "a@b.cn\u202e", "ａ＠b.cn", "@", "a@",
    "wecombot://abcdefgh-1234,json://127.0.0.1", "wecombot://abcdefgh-1234 wecombot://abcdefgh-1234",
    "wecombot://abcdefgh-1234@127.0.0.1", "feishu://abcdefgh-1234?format=x", "feishu://abcdefgh-1234%0d%0aX:1",
    "file:///etc/passwd", "file://./x", "json://127.0.0.1/x", "json://2130706433", "jsons://[::1]/", "xml://0x7f000001",
    "jsons://[::ffff:7f00:1]/", "jsons://[::ffff:127.0.0.1]/", "jsons://169.254.169.254/latest", "form://localhost/",
    "http://127.0.0.1", "https://169.254.169.254/", "https://public.example/", "apprise://127.0.0.1/x", "syslog://",
    "config://file:///etc/passwd", "exec://ls", "dbus://", "javascript:alert(1)",
)  # fmt: skip


@attack("no page keeps an address that leads to two places, inside, to a file or into a header")
def _(office):
    unit, person = office.known.parts["unit_id"], office.known.people["clerk"]
    liaison = {"name": "执法一队", "kind": "队", "liaison_name": "x", "active": "1"}
    kept = {}
    for place, address in enumerate(ELSEWHERE):  # two pages that take one, in turns
        if place % 2:
            answer = office.post("boss", "/account/preferences", {"email": address, "language": "zh"})
        else:
            answer = office.post("boss", f"/units/{unit}", {**liaison, "liaison_email": address})
        kept |= statuses({address: answer}, 422)
    words = {"name": "clerk", "roles": "registrar", "active": "1", "email": ELSEWHERE[0]}
    kept |= statuses({"user": office.post("boss", f"/users/{person}", words)}, 422)

    assert kept == {}


# -- signing in and staying -----------------------------------------------------------------------------------


def tried(office: Attacked, **fields: str) -> requests.Response:
    """Try to sign in from a browser that nobody knows."""
    visitor = Visitor(office.served.address)
    token = TOKEN.search(visitor.get("/sign-in").text)[1]
    return visitor.post("/sign-in", {"csrf_token": token, "to": "/", **fields}, allow_redirects=False)


@attack("a password of a megabyte is refused like any other and as fast")
def _(office):
    begun = monotonic()
    long = tried(office, login="guest", password="x" * 400_000)
    short = tried(office, login="guest", password="x")

    assert (long.status_code, short.status_code) == (401, 401)
    assert words_of(long) == words_of(short)
    assert monotonic() - begun < SOON


@attack("a login that is markup, a NUL or a whole page is refused in the words of any other")
def _(office):
    words = words_of(tried(office, login="nobody-of-us", password="x"))
    for login in (EVIL, "\x00", "x" * 100_000, "guest\x00", "' OR 1=1 --", "\u202e", "../admin"):
        answer = tried(office, login=login, password="x")
        assert answer.status_code == 401
        assert words_of(answer) == words
        assert not [sign for sign in RUN if sign in answer.text]


def words_of(answer: requests.Response) -> str:
    """Return what a page says, without its fields."""
    return re.sub(r"<[^>]*>", "", re.sub(r"<input[^>]*>", "", answer.text))


@attack("a session that was planted before is not the one that somebody signs in with")
def _(office):
    visitor = Visitor(office.served.address)
    visitor.get("/sign-in")
    planted = visitor.session.cookies["session"]
    visitor.sign_in("guest", {})

    assert visitor.session.cookies["session"] != planted
    assert with_cookie(office, f"session={planted}").status_code == 302


def with_cookie(office: Attacked, cookie: str) -> requests.Response:
    """Ask for one's own page with a cookie written by hand."""
    address = f"{office.served.address}/account/sessions"
    return requests.get(address, headers={"Cookie": cookie}, allow_redirects=False, timeout=60)


@attack("a cookie that somebody wrote, cut, turned or mixed opens nothing")
def _(office):
    good = office.as_("guest").session.cookies["session"]
    body, stamp, seal = good.rsplit(".", 2)
    device = office.new("guest").session.cookies["device"]
    written = [
        good[:-1],
        good[1:],
        f"{body}.{stamp}.{seal[::-1]}",
        f"{body[::-1]}.{stamp}.{seal}",
        device,
        "x" * 60000,
    ]
    written += [
        f"{body}A.{stamp}.{seal}",
        "e30.e30.e30",
        ".eJw.x.y",
        "..",
        "\x7f",
        "%00",
        "1.mine",
        '"',
        "=;;=",
        "null",
    ]

    answers = {
        value: with_cookie(office, f"session={value}; device={value}; language={value}") for value in written
    }

    assert with_cookie(office, f"session={good}").status_code == 200
    assert statuses(answers, 302, 400) == {}


@attack("a role that was taken away is gone at the next click")
def _(office):
    visitor, person = office.new("gone"), office.known.people["gone"]
    assert visitor.get("/cases").status_code == 200

    taken = office.post("boss", f"/users/{person}", {"name": "gone", "roles": "administrator", "active": "1"})

    assert taken.status_code == 303
    assert visitor.get("/cases").status_code == 403


@attack("an account that was put away, and one whose password was reset, are out at the next click")
def _(office):
    acts = {"reset": ("/password", {}, 200), "away": ("", {"name": "away", "roles": "head"}, 303)}
    for login, (path, words, status) in acts.items():
        visitor = office.new(login)
        assert visitor.get("/account/sessions").url.endswith("/account/sessions")

        answer = office.post("boss", f"/users/{office.known.people[login]}{path}", words)

        assert answer.status_code == status
        assert urlsplit(visitor.get("/account/sessions").url).path == "/sign-in"
        assert tried(office, login=login, password=PASSWORD).status_code == 401


@attack("the old password is guessed no faster at an open session than at the door")
def _(office):
    new = "Fresh-river-77"
    guesses = [
        office.post("guest", "/account/password", {"old": f"Guess-{n}-now", "new": new, "again": new})
        for n in range(5)
    ]
    right = office.post("guest", "/account/password", {"old": PASSWORD, "new": new, "again": new})

    assert [answer.status_code for answer in (*guesses, right)] == [422] * 6
    assert "次数过多" in right.text


# -- forms of other sites ---------------------------------------------------------------------------------------


@attack("a form without the token, with a made-up one or with another person's changes nothing")
def _(office):
    words = {"form": "letter", "arrived_on": TODAY, "summary": "planted by another site"}
    tokens = ["", "x", office.token("guest"), office.token("clerk")[:-1], office.token("clerk").upper()]
    for token in tokens:
        answer = office.post(
            "clerk", "/register", {**words, "csrf_token": token}, headers={"Origin": "null", "Referer": ""}
        )
        assert answer.status_code == 400
    sent = {"headers": {"Content-Type": "text/plain"}, "data": "summary=planted by another site"}
    assert office.as_("clerk").post("/register", **sent).status_code == 400
    assert "by another site" not in office.get("clerk", "/contacts?text=planted").text


@attack("no link does what a button does")
def _(office):
    asks = {at for at in office.addresses("POST") if at not in office.addresses("GET")}
    asks |= {
        "/sign-out",
        "/account/sessions/end",
        "/jobs/confirm-clock",
        "/jobs/tidy/run",
        "/outbox/test",
        "/register/preview",
    }

    answers = {at: office.get("head", at) for at in asks}

    assert len(answers) > 20
    assert statuses(answers, 403, 404, 405) == {}
    assert office.get("head", "/account/sessions").status_code == 200


@attack("a form from an address that is none is refused in words")
def _(office):
    for headers in (
        {"Origin": "http://["},
        {"Referer": "http://[", "Origin": "http://[::"},
        {"Referer": "//[x"},
    ):
        answer = office.post("clerk", "/register", {"summary": "x"}, headers=headers)
        anonymous = Visitor(office.served.address).post("/register", {"summary": "x"}, headers=headers)
        assert (answer.status_code, anonymous.status_code) == (400, 400)
        assert "请求有误" in answer.text


# -- who one says to be -------------------------------------------------------------------------------------------

FORGED = {
    "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil", "Forwarded": "for=6.6.6.6;host=evil.example;proto=https", "X-Real-IP": "6.6.6.6",
    "X-Original-URL": "/cases", "X-Rewrite-URL": "/cases", "X-HTTP-Method-Override": "DELETE", "X-Host": "evil.example",
    "Host": "evil.example", "Remote-User": "admin", "X-Remote-User": "admin", "Authorization": "Basic YWRtaW46YWRtaW4=",
}  # fmt: skip


@attack("no header of a stranger makes a link, an address, a session or another page")
def _(office):
    visitor = Visitor(office.served.address)
    plain, forged = visitor.get("/sign-in"), visitor.get("/sign-in", headers=FORGED)
    away = visitor.get("/cases", headers=FORGED, allow_redirects=False)

    assert words_of(plain) == words_of(forged)
    assert "evil" not in forged.text + str(forged.headers) + str(away.headers)
    assert "Strict-Transport-Security" not in forged.headers
    assert away.headers["Location"] == "/sign-in?to=/cases"
    refused = visitor.post("/sign-in", {"login": "x"}, headers=FORGED)
    assert "6.6.6.6" not in office.get("boss", "/audit").text
    assert "evil" not in refused.text


OUTSIDE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\t\\evil.example",
    "/ /evil.example", "/\r\nX-Evil: 1", "javascript:alert(1)", "//[", "//evil.example\\@x", "/\x00/evil.example",
)  # fmt: skip


@attack("signing in leads to no other site, however its address is written")
def _(office):
    led = {}
    for to in OUTSIDE:
        visitor = Visitor(office.served.address)
        page = visitor.get(f"/sign-in?to={quote(to)}")
        token = TOKEN.search(page.text or "")
        token = token or TOKEN.search(visitor.get("/sign-in").text)
        words = {"csrf_token": token[1], "login": "clerk", "password": PASSWORD, "to": to}
        answer = visitor.post("/sign-in", words, allow_redirects=False)
        led[to] = (answer.status_code, answer.headers.get("Location"), "X-Evil" in answer.headers)

    assert {to: where for to, where in led.items() if where != (303, "/", False)} == {}


# -- files that come in and go out -----------------------------------------------------------------------------------


def sent_file(office: Attacked, disposition: bytes, content: bytes = PNG) -> requests.Response:
    """Send a file as evidence of a new letter, its name written by hand; return how it is handed back."""
    at = registered(office)
    words = {"csrf_token": office.token("head"), "kind": "file", "on": TODAY}
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in words.items()
    ]
    parts.append(b'Content-Disposition: form-data; name="file"; ' + disposition + b"\r\n\r\n" + content)
    body = b"--X\r\n" + b"\r\n--X\r\n".join(parts) + b"\r\n--X--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=X", "Referer": office.served.address + at}
    answer = office.as_("head").post(f"{at}/evidence", body, headers=headers, allow_redirects=False)
    if answer.status_code != 303:
        return answer
    file = re.search(rf"{at}/evidence/\d+/file", office.get("head", at).text)[0]
    return office.get("head", file)


def registered(office: Attacked, **fields: str) -> str:
    """Register a letter and return its address."""
    given = {"form": "letter", "arrived_on": TODAY, "summary": "一封信", **fields}
    answer = office.post("head", "/register", given)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


NAMES = {
    "a name with a line break writes no header of its own": (b"filename*=UTF-8''a%0D%0AX-Evil:1.png", None),
    "a name in Chinese with a line break is handed back without it": (b"filename*=UTF-8''%E4%BF%A1%0A%E5%B0%81.png", "信封.png"),
    "a name that is a path is its last part alone": (b'filename="../../../etc/passwd.png"', "passwd.png"),
    "a name that is a path of Windows is its last part alone": (b'filename="C:\\\\..\\\\x.png"', "x.png"),
    "a name that turns its direction shows the ending that it has": ("filename=\"a\u202egnp.exe\"".encode(), "agnp.exe.png"),
    "a name that ends as a program ends as what it is": (b'filename="a.png.exe"', "a.png.exe.png"),
    "a name that is markup is a name": (b'filename="<img src=x onerror=alert(1)>.png"', None),
    "a name with quotes begins no second name": (b'filename="a\\"; filename=evil.exe; x=\\".png"', None),
    "a name with signs that nobody sees is without them": (b"filename*=UTF-8''a%01%7Fb.png", "ab.png"),
    "a name of five thousand signs is cut": (b'filename="' + b"a" * 5000 + b'.png"', None),
    "a file without a name but dots is called by its digest": (b'filename=".."', None),
}  # fmt: skip


def _named(disposition: bytes, name: str | None) -> Attack:
    def act(office: Attacked) -> None:
        answer = sent_file(office, disposition)
        assert answer.status_code == 200
        assert "X-Evil" not in answer.headers
        told = answer.headers["Content-Disposition"]
        given = re.search(r"filename\*=UTF-8''(\S+)", told)
        plain = requests.utils.unquote(given[1]) if given else re.search(r'filename="?(.*?)"?$', told)[1]
        assert plain.replace(": ", ":").strip('"').endswith(".png")
        assert len(plain) <= 220
        assert name is None or plain.replace(": ", ":") == name.replace(": ", ":")

    return act


for sentence, (disposition, name) in NAMES.items():
    attack(sentence)(_named(disposition, name))

CONTENTS = {
    "a page as evidence is refused": b"<!doctype html><script>alert(1)</script>",
    "a drawing with a script as evidence is refused": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "an archive as evidence is refused": b"PK\x03\x04" + b"0" * 200,
    "nothing as evidence is refused": b"",
}


def _refused(content: bytes) -> Attack:
    def act(office: Attacked) -> None:
        answer = sent_file(office, b'filename="photo.png"', content)
        assert answer.status_code == 422
        assert "<h1>" in answer.text

    return act


for sentence, content in CONTENTS.items():
    attack(sentence)(_refused(content))


@attack("a file whose name holds a NUL is refused at the door")
def _(office):
    assert sent_file(office, b"filename*=UTF-8''a%00b.png").status_code == 422


@attack("a report with half a sign or a NUL in it is refused in words, wherever it stands")
def _(office):
    report = json.loads(office.get("head", "/reports/2025/report.json").content)
    wrong = ({"agency": "某\ud800局"}, {"sections": {"1": "a\x00b"}}, {"\udfff": "x"}, {"table2": ["\x00"]})
    for place, change in enumerate(wrong):
        content = json.dumps({**report, "agency": "某镇人民政府", **change})
        path = ("/roll-up/2025", "/reports/check")[place % 2]
        answer = office.post("head", path, files={"reports": ("a.json", content)})
        assert answer.status_code in (200, 422)
        assert "残缺的字符" in answer.text


@attack("a photograph or a scan that hides a page is run by no browser")
def _(office):
    for content, kind in (
        (b"\xff\xd8\xff<script>alert(1)</script>", "image/jpeg"),
        (b"%PDF-1.4 <script>alert(1)</script>", "application/pdf"),
    ):
        answer = sent_file(office, b'filename="x.html"', content)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r'html"?$', answer.headers["Content-Disposition"])
        assert kind != "application/pdf" or answer.headers["Content-Disposition"].startswith("attachment")


def packed(inner: str, content: bytes, times: int = 1) -> bytes:
    """Return an archive as offices' programs write them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", content if times == 1 else "<Types/>")
        with archive.open(inner, "w", force_zip64=True) as part:
            for _ in range(times):
                part.write(content)
    return stream.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><x>&a11;</x>"
)
OUTER = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
HEAVY = {
    "a workbook that unpacks to 200 megabytes is refused and stops nobody": lambda: packed(
        "xl/workbook.xml", b"0" * 2**20, 200
    ),
    "a workbook whose words multiply is refused and stops nobody": lambda: packed("xl/workbook.xml", LAUGHS),
    "a workbook that asks for a file of the server gets none": lambda: packed("xl/workbook.xml", OUTER),
}


@attack("a file of a case that hides a page is handed over to be kept, and shown as pixels alone")
def _(office):
    case, fields = f"/cases/{office.known.case}", {"purpose": "other", "checked": "1"}
    hidden = case_files.picture("JPEG") + b"<html><script>alert(1)</script></html>"
    sent = office.post("head", f"{case}/files", fields, files={"file": ("a.jpg", hidden)})
    at = re.search(rf"{case}/files/\d+", sent.text)[0]
    whole, drawn = office.get("head", f"{at}/original"), office.get("head", f"{at}/pages/1.png")

    assert whole.content == hidden
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert (whole.headers["Content-Type"], whole.headers["X-Content-Type-Options"]) == (
        "image/jpeg",
        "nosniff",
    )
    assert drawn.headers["Content-Type"] == "image/png"
    assert b"script" not in drawn.content


@attack("a file that bears a mark of secrecy, or is none of ours, leaves nothing behind")
def _(office):
    case, fields = f"/cases/{office.known.case}", {"purpose": "other", "checked": "1"}
    before = office.get("head", f"{case}/files").text.count(" KB")
    for name, content in (
        ("a.pdf", case_files.pdf("绝密★启用前")),
        ("机密★.docx", case_files.word()),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.docx", case_files.with_part(case_files.word(), "word/vbaProject.bin", b"x")),
        ("a.png", case_files.picture() + case_files.package(a_dot_html="<script>")),
    ):
        answer = office.post("head", f"{case}/files", fields, files={"file": (name, content)})
        assert answer.status_code == 422, name

    assert office.get("head", f"{case}/files").text.count(" KB") == before


def _heavy(made: Callable[[], bytes]) -> Attack:
    def act(office: Attacked) -> None:
        content, begun = made(), monotonic()
        for path, name in (
            ("/reports/check", "reports"),
            ("/roll-up/2025", "reports"),
            ("/books/trainings/import", "file"),
        ):
            answer = office.post("head", path, files={name: ("a.xlsx", content)})
            assert answer.status_code in (200, 422), path
            assert "a.xlsx" in answer.text or "<h1>" in answer.text
            assert "root:" not in answer.text
        assert monotonic() - begun < 3 * SOON

    return act


for sentence, made in HEAVY.items():
    attack(sentence)(_heavy(made))


# -- words that would be run ---------------------------------------------------------------------------------------------


def shown(answer: requests.Response) -> str:
    """Return the words of a page, or of every cell of a workbook."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row)


def planted(office: Attacked) -> list[str]:
    """Type words that would be run into every free text; return where they are shown."""
    letter = registered(office, person=EVIL, phone=EVIL[:60], address=EVIL, summary=EVIL)
    words = {"triage": "consultation", "told": EVIL, "result": EVIL, "on": TODAY}
    for version, act in enumerate(("triage", "tell"), start=1):
        done = office.post("head", f"{letter}/{act}", {**words, "version": str(version)})
        assert done.status_code == 303
    asked = {
        "triage": "request",
        "name": EVIL,
        "kind": "natural_person",
        "channel": "in_person",
        "subject": EVIL,
    }
    person = {
        "id_number": EVIL[:60],
        "phone": EVIL[:60],
        "email": EVIL,
        "address": EVIL,
        "further_2_name": EVIL,
    }
    case = registered(office, **asked, **person, person=EVIL, further_2_kind="natural_person")
    note = {"kind": "note", "on": TODAY, "note": EVIL, "person": EVIL[:60]}
    assert office.post("head", f"{case}/evidence", note).status_code == 303
    unit = {"name": EVIL[:60], "kind": "股室", "liaison_name": EVIL[:60], "liaison_email": ""}
    assert office.post("boss", "/units/new", unit).status_code == 303
    assert (
        office.post(
            "boss", "/users/new", {"login": EVIL[:60], "name": EVIL[:60], "roles": "head"}
        ).status_code
        == 200
    )
    for path, row in (
        ("trainings", {"held_on": TODAY, "title": EVIL, "people": "1"}),
        ("media", {"name": EVIL[:60]}),
    ):
        office.post("head", f"/books/{path}", {**row, "note": EVIL})
    assert office.post("head", "/roll-up/2025/offices", {"name": EVIL[:100]}).status_code == 303
    assert office.post("head", "/reports/2025/texts/5", {"base": "0", "text": EVIL}).status_code == 303
    places = [
        letter,
        case,
        "/contacts",
        "/contacts?text=alert",
        "/cases?text=alert",
        "/",
        f"{case}/alike",
        f"{case}/letters/new/receipt",
    ]
    places += [
        f"{case}/applicants",
        f"{case}/evidence",
        f"{letter}/convert",
        "/books/trainings",
        "/books/media",
    ]
    places += [
        "/roll-up/2025",
        "/reports/2025",
        "/reports/2025/texts/5",
        "/reports/2025/report.html",
        f"{case}/steps/assign",
    ]
    return places


@attack("words typed into any field are run on no page, in no report and in no file")
def _(office):
    places = planted(office)

    pages = {at: office.get("head", at) for at in places}
    pages |= {
        at: office.get("boss", at) for at in ("/users", "/units", "/audit", "/users/new", "/audit?text=alert")
    }

    assert statuses(pages, 200) == {}
    assert [at for at, page in pages.items() if any(sign in page.text for sign in RUN)] == []
    assert len([at for at, page in pages.items() if "&lt;img" in page.text]) > 15
    document = zipfile.ZipFile(io.BytesIO(office.get("head", "/reports/2025/report.docx").content))
    assert b"<img src" not in document.read("word/document.xml")
    assert b"&lt;img src" in document.read("word/document.xml")


@attack("words sent back on a page of errors, in a search or in a message are run nowhere")
def _(office):
    evil = quote(EVIL)
    asked = [
        f"/{evil}",
        f"/cases?text={evil}&state={evil}&order={evil}",
        f"/contacts?form={evil}&text={evil}",
        f"/{evil}/x",
    ]
    asked += [
        f"/register?person={evil}&summary={evil}&{evil}=1",
        f"/what-if?channel={evil}&arrived_on={evil}",
        f"/audit?act={evil}",
    ]
    asked += [
        f"/books/{evil}",
        f"/reports/2025/report.{evil}",
        f"/?only={evil}&handler={evil}",
        f"/calendar?year={evil}",
    ]
    asked += [
        f"/books/trainings/new?title={evil}&{evil}=1",
        f"/fees?way={evil}&units={evil}",
        f"/outbox?status={evil}",
    ]
    pages = {at: office.get("head", at) for at in asked}
    pages |= {
        f"stranger {at}": Visitor(office.served.address).get(at)
        for at in (f"/{evil}", f"/sign-in?to={evil}", f"/cases?text={evil}")
    }
    pages["kept"] = Visitor(office.served.address).post(
        "/register", {"summary": EVIL, EVIL: EVIL}, headers={"Origin": office.served.address}
    )
    for path in (
        "/register",
        f"/contacts/{office.known.letter}/tell",
        "/reports/2025/publication",
        "/books/media",
        "/roll-up/2025/offices",
    ):
        pages[f"refused {path}"] = office.post(
            "head", path, {"arrived_on": EVIL, "version": EVIL, "name": EVIL * 9, "reason": EVIL}
        )

    assert statuses(pages, 200, 400, 401, 403, 404, 422) == {}
    assert [at for at, page in pages.items() if any(sign in page.text for sign in RUN)] == []


@attack("the name of a browser that is markup is shown as a name")
def _(office):
    visitor = Visitor(office.served.address)
    visitor.session.headers["User-Agent"] = EVIL
    visitor.sign_in("clerk", {})

    page = visitor.get("/account/sessions").text

    assert "&lt;img src=x" in page
    assert not [sign for sign in RUN if sign in page]


@attack("what begins with an equals sign is a text in every workbook that leaves")
def _(office):
    registered(office, person="=1+1", phone="+1", summary="@SUM(1)")
    files = ["/contacts/export.xlsx", "/cases/export.xlsx", "/reports/2025/report.xlsx"]
    files += [f"/books/{book.name}/export.xlsx" for book in REGISTERS]

    made = {at: zipfile.ZipFile(io.BytesIO(office.get("head", at).content)) for at in files}

    formulas = [
        at
        for at, book in made.items()
        for part in book.namelist()
        if b"<f>" in book.read(part) or b"<f " in book.read(part)
    ]
    assert formulas == []
    assert "=1+1" in shown(office.get("head", "/contacts/export.xlsx"))


# -- more than fits ----------------------------------------------------------------------------------------------------------

GREAT = ("9" * 5000, "9" * 30, "1e999999999", "NaN", "٣")


@attack("a number of any length in any field of numbers is refused in words")
def _(office):
    case, letter = f"/cases/{office.known.case}", registered(office)
    for great in GREAT:
        tried = {
            "refer": office.post("head", f"{letter}/refer", {"unit": great}),
            "triage": office.post("head", f"{letter}/triage", {"triage": "consultation", "version": great}),
            "step": office.post("head", f"{case}/steps/assign", {"on": TODAY, "unit": "规划股", "version": great}),
            "extend": office.post("head", f"{case}/steps/extend", {"on": TODAY, "days": great, "version": "1"}),
            "charge": office.post("head", f"{case}/steps/charge", {"on": TODAY, "count": great, "amount": great, "way": "page", "version": "1"}),
            "text": office.post("head", "/reports/2024/texts/6", {"base": great, "text": "x"}),
            "people": office.post("head", f"{case}/applicants", {"name": "x", "why": "y", "version": great}),
            "fees": office.get("head", f"/fees?way=page&units={great}"),
            "what if": office.get("head", f"/what-if?channel=in_person&arrived_on={TODAY}&extended_on={TODAY}&extension_days={great}"),
            "book": office.post("head", "/books/decision-counts", {"year": "2025", "fees": great, "licences": great, "month": great}),
            "row": office.post("head", "/books/trainings/1/edit", {"version": great, "title": "x"}),
        }  # fmt: skip
        assert statuses(tried, 409, 422) == {}, great[:20]


@attack("figures of forty decimals in the text of a report stop no page")
def _(office):
    long = "9" * 40
    words = f"收取行政事业性收费0.{long}万元。收到申请{long}件，同比增长{long}.{long}%，予以公开{long}件，占{long}%。"
    for section, field in (("1", "part0"), ("5", "text"), ("6", "text")):
        answer = office.post(
            "head", f"/reports/2023/texts/{section}", {"base": "0", field: words, "act": "save"}
        )
        assert answer.status_code in (303, 422), section
    assert office.get("head", "/reports/2023").status_code == 200


@attack("ten thousand fields, a form of megabytes and questions without end are answered soon")
def _(office):
    begun = monotonic()
    many = {f"further_{n}_name": "x" for n in range(2, 10_000)}
    stranger = Visitor(office.served.address)
    tried = {
        "fields": office.post("head", "/register", many),
        "kept": stranger.post("/sign-in", {f"kept-{n}": "x" for n in range(10_000)}),
        "parts": office.post("head", "/register", files=[(f"f{n}", ("a", b"b")) for n in range(2000)]),
        "megabyte": office.post("head", "/register", {"summary": "x" * 1_000_000}),
        "file": office.post(
            "head",
            f"/contacts/{office.known.letter}/evidence",
            files={"file": ("a.png", PNG + b"0" * 17 * 2**20)},
        ),
        "questions": office.get("head", "/cases?" + "&".join(f"a{n}=1" for n in range(5000))),
        "same": office.get("head", "/cases?" + "&".join(["text=1"] * 5000)),
        "deep": office.get("head", "/cases?text=" + "%25" * 20_000),
    }

    assert statuses(tried, 200, 400, 413, 422) == {}
    assert tried["parts"].status_code == tried["file"].status_code == 413
    assert "文件太大" in tried["file"].text
    assert monotonic() - begun < 2 * SOON


@attack("a form of fifteen megabytes from a stranger is refused unread")
def _(office):
    stranger = Visitor(office.served.address)
    begun = monotonic()
    for body in (b"a&" * 2**22, b"x=" + b"%41" * (5 * 2**20)):
        answer = stranger.post(
            "/sign-in", body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code == 413
        assert "填写的内容太多" in answer.text
    assert monotonic() - begun < SOON
    assert memory(office) < 600


def memory(office: Attacked) -> int:
    """Return the most megabytes that the server ever held; 0 where the system does not say."""
    status = Path(f"/proc/{office.served.process.pid}/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) // 1024 if found else 0


@attack("a field with a NUL is refused at the door")
def _(office):
    letter = registered(office)
    for path, name in (
        (f"{letter}/tell", "told"),
        (f"{letter}/triage", "triage"),
        ("/register", "summary"),
        ("/roll-up/2025/offices", "name"),
    ):
        assert office.post("head", path, {name: "a\x00b"}).status_code == 422, path
    assert office.post("head", "/account/preferences", {"email": "\x00", "language": "zh"}).status_code == 422


# -- more than is asked for ---------------------------------------------------------------------------------------------------

TOO_MUCH = {
    "agency_id": "2", "id": "1", "number": "YSQ-1", "state": "closed_other", "case_id": "1", "received_on": "2020-01-01",
    "registered_by": "evil", "received_by": "evil", "recorded_by": "evil", "actor": "evil", "closed_on": TODAY, "due_on": "2099-01-01",
    "password_hash": "x", "must_change_password": "0", "login": "evil", "withdrawn_at": TODAY, "seq": "99", "hash": "0",
}  # fmt: skip


@attack("fields that no form shows are not written: number, state, agency, days and who acted")
def _(office):
    letter = registered(office, **TOO_MUCH)
    case = registered(
        office,
        **TOO_MUCH,
        triage="request",
        kind="natural_person",
        channel="in_person",
        subject="多填",
        name="甲",
    )

    for at in (letter, case):
        page = office.get("head", at).text
        assert not [word for word in ("evil", "YSQ-1<", "2099", "2020年1月1日") if word in page], at
        assert office.get("west", at).status_code == 404


@attack("nobody gives oneself a role, another's login or another agency by more fields")
def _(office):
    extra = {
        **TOO_MUCH,
        "roles": ["head", "administrator", "system"],
        "role": "system",
        "language": "zh",
        "email": "",
    }
    assert office.post("clerk", "/account/preferences", extra).status_code == 303
    assert office.get("clerk", "/users").status_code == 403
    person = office.known.people["clerk"]
    assert (
        office.post(
            "boss", f"/users/{person}", {**TOO_MUCH, "name": "clerk", "roles": "system", "active": "1"}
        ).status_code
        == 422
    )
    assert (
        office.post(
            "boss", f"/users/{person}", {**TOO_MUCH, "name": "clerk", "roles": "registrar", "active": "1"}
        ).status_code
        == 303
    )
    assert office.get("clerk", "/register").status_code == 200
    assert office.get("clerk", f"/cases/{office.known.case}").status_code == 200
    assert tried(office, login="clerk", password=PASSWORD).status_code == 303


@attack("nobody takes the name under which the program itself writes")
def _(office):
    words = {"roles": "registrar", "active": "1"}
    for name in ("系统", " 系 统 ", "命令行", "台账导入"):
        new = office.post("boss", "/users/new", {**words, "login": "namesake", "name": name})
        old = office.post("boss", f"/users/{office.known.people['clerk']}", {**words, "name": name})
        assert (new.status_code, old.status_code) == (422, 422), name


@attack("a registrar writes no review by sending the reviewer's fields")
def _(office):
    review = {
        "reviewed_by": "clerk",
        "reviewed_on": TODAY,
        "conclusion": "publish",
        "basis": "x",
        "approved_by": "clerk",
    }
    row = {"title": "未审先发", "category": "other", "created_on": TODAY, **review}
    kept = office.post("clerk", "/books/publications", row)
    forced = office.post(
        "clerk", "/books/publications", {**row, "title": "未审先发二", "published_on": TODAY}
    )

    assert kept.status_code == 303
    assert "同意公开" not in office.get("clerk", kept.headers["Location"]).text.split("<h2")[0]
    assert forced.status_code == 422
    assert office.post("clerk", f"{kept.headers['Location']}/review", review).status_code == 403


@attack("another agency's administrator runs no job, confirms no clock and moves no holiday")
def _(office):
    holiday = {"on": TODAY, "name": "纪念日", "reason": "x", "kind": "off", "act": "keep"}
    acts = {
        "/jobs/close_year/run": {"on": TODAY},
        "/jobs/backup/run": {"on": TODAY},
        "/jobs/confirm-clock": {},
    }
    acts |= {"/calendar/local/new": holiday, "/calendar/notices/new": {"text": "国务院办公厅", "act": "keep"}}
    acts |= {"/calendar/notices/1/withdraw": {"why": "x"}}

    assert statuses({at: office.post("west", at, words) for at, words in acts.items()}, 403) == {}
    assert (
        statuses({at: office.get("west", at) for at in ("/jobs", "/jobs/backup", "/calendar/local/new")}, 403)
        == {}
    )


# -- bytes by hand ---------------------------------------------------------------------------------------------------------------

HEAD = b"Host: office\r\nConnection: close\r\n"
NEXT = b"GET /health HTTP/1.1\r\nHost: office\r\n\r\n"
OPEN = b"POST /sign-in HTTP/1.1\r\nHost: office\r\n"  # what is sent behind it may be answered too
CHUNKED = OPEN + b"Transfer-Encoding: chunked\r\n"
BYTES: dict[str, tuple[bytes, int]] = {
    "a request with two kinds of length is refused, and what follows it is not answered": (CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "a request with two lengths is refused": (OPEN + b"Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + NEXT, 400),
    "a chunked request of HTTP/1.0 is refused": (CHUNKED.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n0\r\n\r\n" + NEXT, 400),
    "a coding that nobody knows is refused": (OPEN + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT, 501),
    "a length with a sign is refused": (OPEN + b"Content-Length: +5\r\n\r\nhello" + NEXT, 400),
    "a length of 5000 digits is refused": (OPEN + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
    "a length beyond the limit is refused before it is sent": (OPEN + b"Content-Length: 99999999999\r\n\r\n", 413),
    "a blank before a colon is refused": (OPEN + b"Content-Length : 5\r\n\r\nhello" + NEXT, 400),
    "a chunk of a negative size is refused": (CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n" + NEXT, 400),
    "a chunk's size in other words is refused": (CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n" + NEXT, 400),
    "a chunk's line without an end is refused": (CHUNKED + b"\r\n" + b"0" * 300_000, 400),
    "a chunk's extension without an end is refused": (CHUNKED + b"\r\n5;" + b"x" * 300_000, 400),
    "what follows the last chunk without an end is refused": (CHUNKED + b"\r\n0\r\n" + b"X: 1\r\n" * 50_000, 400),
    "two hosts are refused": (b"GET /sign-in HTTP/1.1\r\n" + HEAD + b"Host: evil.example\r\n\r\n", 400),
    "a host that is markup is refused": (b"GET /cases HTTP/1.1\r\nHost: <script>alert(1)</script>\r\n\r\n", 400),
    "no host is refused": (b"GET /cases HTTP/1.1\r\n\r\n", 400),
    "a NUL in a header is refused": (b"GET /sign-in HTTP/1.1\r\n" + HEAD + b"X: a\x00b\r\n\r\n", 400),
    "a NUL in an address is no page": (b"GET /sign-in%00 HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "bytes that are no text are no page": (b"GET /%ff%fe%c0%80 HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "headers of 300 kilobytes are refused": (b"GET /sign-in HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 300_000 + b"\r\n\r\n", 431),
    "an address of 300 kilobytes is refused": (b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 431),
    "the greeting of another protocol is refused": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xab" * 64 + b"\r\n\r\n", 400),
    "TRACE sends nothing back": (b"TRACE / HTTP/1.1\r\n" + HEAD + b"Cookie: s3cret\r\n\r\n", 405),
    "PUT writes nothing": (b"PUT /sign-in HTTP/1.1\r\n" + HEAD + b"Content-Length: 2\r\n\r\nhi", 405),
    "DELETE removes nothing": (b"DELETE /cases/1 HTTP/1.1\r\n" + HEAD + b"\r\n", 405),
    "HEAD of an act does nothing": (b"HEAD /sign-out HTTP/1.1\r\n" + HEAD + b"\r\n", 405),
    "CONNECT leads nowhere": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "a path out of the folder of pictures is no page": (b"GET /static/../../instance/secret.key HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "an encoded path out of it is no page": (b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "a path of Windows out of it is no page": (b"GET /static/..%5c..%5cconfig.toml HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "a path out of the files of a report is no page": (b"GET /reports/2025/report.%2e%2e%2fsecret.key HTTP/1.1\r\n" + HEAD + b"\r\n", 404),
    "a file in parts that are none is refused": (OPEN + b"Connection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 13\r\n\r\n--y\r\nContent-", 400),
}  # fmt: skip


def _by_hand(sent: bytes, status: int) -> Attack:
    def act(office: Attacked) -> None:
        came = office.raw(sent)
        lines = re.findall(rb"HTTP/1\.[01] (\d{3}) ", came)
        assert [int(found) for found in lines] == [status], came[:400]
        assert b"nosniff" in came
        assert b"s3cret" not in came
        assert b"<script>alert" not in came
        assert b"root:" not in came

    return act


for sentence, (sent, status) in BYTES.items():
    attack(sentence)(_by_hand(sent, status))


@attack("a body without an end is cut off at the limit")
def _(office):
    chunk = b"100000\r\n" + b"0" * 2**20 + b"\r\n"
    came = office.raw(CHUNKED + b"\r\n" + chunk * 66, seconds=20)

    assert b" 413 " in came.partition(b"\r\n")[0] or came == b""  # closed while more was being sent
    assert Visitor(office.served.address).get("/health").status_code in (200, 503)


@attack("a hundred and twenty connections that send a sign now and then stop no sign-in")
def _(office):
    lines = [office.connect() for _ in range(120)]
    try:
        for sign in b"GET / HTTP/1.1\r\nX: aa":
            for line in lines:
                line.send(bytes([sign]))
        begun = monotonic()
        assert tried(office, login="clerk", password=PASSWORD).status_code == 303
        assert monotonic() - begun < SOON
    finally:
        for line in lines:
            line.close()


@attack("a chunk's line that one sends without end holds up nobody else")
def _(office):
    with closing(office.connect()) as line:
        line.sendall(CHUNKED + b"\r\n" + b"0" * 20_000)
        assert b" 400 " in received(line).partition(b"\r\n")[0]


@attack("the cookies of a sign-in are out of the reach of scripts and of other sites")
def _(office):
    answer = tried(office, login="clerk", password=PASSWORD)
    raw = answer.raw.headers.getlist("Set-Cookie")

    assert len(raw) == 2
    for words in raw:
        (morsel,) = SimpleCookie(words).values()
        assert (bool(morsel["httponly"]), morsel["samesite"], morsel["domain"]) == (True, "Lax", "")
    assert urlsplit(answer.headers["Location"]).netloc == ""


@pytest.mark.parametrize("sentence", ATTACKS)
def test_an_attack_fails(office, sentence):
    try:
        ATTACKS[sentence](office)
    finally:
        errors = office.served.errors()
        office.served.expect_errors()  # of this row alone
    assert errors == ""


def test_the_list_of_attacks_names_every_row_and_no_other():
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## Attacks that are tried")[2]

    assert re.findall(r"^\* (.+)$", told, re.MULTILINE) == list(ATTACKS)
