"""Channels: one recipient of one allowed kind, over https in public, or where the office says."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.conftest import settings_of
from tests.settings import with_values
from tracker.domain.errors import InvalidDetailError
from tracker.mail import address, channel, outgoing
from tracker.mail.smtp import NotSentError

KEY = "abcdefgh-1234"


class _Web(BaseHTTPRequestHandler):
    """A server inside the office's network that notes what it is asked."""

    seen: list[tuple[str, str, dict]] = []
    moved_to = ""

    def do_POST(self):
        type(self).seen.append((self.command, self.path, dict(self.headers)))
        self.send_response(302 if self.moved_to else 200)
        if self.moved_to:
            self.send_header("Location", self.moved_to)
        self.end_headers()

    do_PUT = do_GET = do_DELETE = do_POST  # noqa: N815

    def log_message(self, *words):
        pass


@pytest.fixture
def inside():
    """Start a server inside; the fixture's value starts more."""
    started = []

    def start() -> HTTPServer:
        server = HTTPServer(("127.0.0.1", 0), _Web)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        started.append((server, thread))
        return server

    _Web.seen, _Web.moved_to = [], ""
    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def settings(tmp_path):
    return settings_of(tmp_path)


def opened(settings, schemes: str, hosts: str = ""):
    return with_values(settings, channel_schemes=schemes, channel_hosts=hosts)


def test_the_address_of_a_group_in_an_allowed_channel_is_kept_as_it_is(settings):
    for to in (f"wecombot://{KEY}", f"dingtalk://secret@{KEY.replace('-', '')}", f"feishu://{KEY}"):
        assert address.checked(f" {to} ", settings) == to


@pytest.mark.parametrize("separator", [",", ";", " ", "\n", "\t", "|", " , ", "\r\n"])
@pytest.mark.parametrize("second", ["json", "jsons", "form", "xml", "wecombot", "file", "mailto"])
def test_a_second_recipient_behind_any_separator_is_refused_and_nothing_is_sent(
    settings, inside, separator, second
):
    server = inside()
    to = f"wecombot://{KEY}{separator}{second}://127.0.0.1:{server.server_port}/x?method=PUT&+X-Evil=1"

    with pytest.raises(InvalidDetailError):
        address.checked(to, settings)
    with pytest.raises(NotSentError) as refused:
        channel.send(to, "t", "x", settings)
    assert refused.value.permanent
    assert _Web.seen == []


@pytest.mark.parametrize(
    "to",
    [
        "json://127.0.0.1/x",
        "form://127.0.0.1/x",
        "xml://127.0.0.1/x",
        "file:///etc/passwd",
        "mailto://user:pass@example.org",
        "syslog://localhost",
        "jsons://example.org",
        "WECOMBOT://abcdefgh-1234",
    ],
)
def test_a_kind_that_the_office_does_not_allow_is_refused(settings, to):
    with pytest.raises(InvalidDetailError):
        address.checked(to, settings)


@pytest.mark.parametrize(
    "tail",
    [
        "?method=PUT",
        "?+X-Evil=1",
        "?-x=1",
        "?:a=b",
        "?verify=no",
        "?redirect=yes",
        "?rto=99999",
        "#x",
        "?key=other",
    ],
)
def test_nothing_can_be_set_through_a_query(settings, tail):
    with pytest.raises(InvalidDetailError):
        address.checked(f"wecombot://{KEY}/{tail}", settings)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "localhost",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.5.5",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "user@127.0.0.1",
        "user:pass@93.184.216.34",
        "93.184.216.34:22",
        "no-such-host.invalid",
    ],
)
def test_a_host_inside_is_refused_however_it_is_written(settings, host):
    with pytest.raises(InvalidDetailError):
        address.checked(f"jsons://{host}/x", opened(settings, "jsons"))


def test_a_public_host_needs_https_where_the_office_does_not_list_it(settings):
    to = "93.184.216.34"
    allowed = opened(settings, "json jsons")

    assert address.checked(f"jsons://{to}/x", allowed) == f"jsons://{to}/x"
    with pytest.raises(InvalidDetailError, match="https"):
        address.checked(f"json://{to}/x", allowed)
    assert address.checked(f"json://{to}/x", opened(settings, "json", f"{to}:80")) == f"json://{to}/x"


def test_a_host_of_the_offices_list_is_reached_at_the_listed_port_alone(settings, inside):
    listed, other = inside(), inside()
    allowed = opened(settings, "json", f"127.0.0.1:{listed.server_port}")

    channel.send(f"json://127.0.0.1:{listed.server_port}/key", "t", "x", allowed)

    assert [(way, path) for way, path, _headers in _Web.seen] == [("POST", "/key")]
    with pytest.raises(NotSentError) as refused:
        channel.send(f"json://127.0.0.1:{other.server_port}/key", "t", "x", allowed)
    assert refused.value.permanent
    assert len(_Web.seen) == 1


def test_a_redirect_is_not_followed(settings, inside):
    listed, other = inside(), inside()
    _Web.moved_to = f"http://127.0.0.1:{other.server_port}/stolen"

    port = listed.server_port
    allowed = opened(settings, "json", f"127.0.0.1:{port}")
    with pytest.raises(NotSentError):
        channel.send(f"json://127.0.0.1:{port}/key", "t", "x", allowed)

    assert [path for _way, path, _headers in _Web.seen] == ["/key"]


def test_a_name_that_leads_inside_only_when_it_is_used_is_refused_before_a_connection(settings, monkeypatch):
    """DNS rebinding: the name answers with a public address first and with one inside afterwards."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answers(host, port, *rest, **more):
        if host != "rebinding.example":
            return real(host, port, *rest, **more)
        asked.append(host)
        number = "93.184.216.34" if len(asked) <= 2 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    allowed = opened(settings, "jsons")
    address.checked("jsons://rebinding.example/x", allowed)

    with pytest.raises(NotSentError, match="channel_hosts") as refused:
        channel.send("jsons://rebinding.example/x", "t", "x", allowed)

    assert refused.value.permanent
    assert len(asked) > 2


def test_python_itself_refuses_a_connection_inside_while_something_is_sent():
    listener = socket.create_server(("127.0.0.1", 0))
    place = listener.getsockname()
    with outgoing.guarded(frozenset()) as refused, pytest.raises(outgoing.NotAllowedError):
        socket.create_connection(place, timeout=1)
    assert refused

    with outgoing.guarded(frozenset({f"127.0.0.1:{place[1]}"})):
        socket.create_connection(place, timeout=1).close()
    socket.create_connection(place, timeout=1).close()
    listener.close()


@pytest.mark.parametrize("to", ["mqtt://93.184.216.34/topic", "mailtos://u:p@example.org", "syslog://"])
def test_a_kind_that_does_not_speak_http_is_refused_though_the_office_names_it(settings, to):
    """Its connections are made in threads, or by programs, that are not asked."""
    with pytest.raises(InvalidDetailError):
        address.checked(to, opened(settings, "mqtt mailtos syslog", "93.184.216.34:1883"))
