"""Text messages by a gateway over HTTPS: one POST a message, to the address that the settings name.

The gateway is reached as a channel is: in public over https, or at a host that the office lists. What it
answers is kept without the number that was written to. Where it falls silent after it was asked, nobody knows
whether the message left, and it is not sent again.
"""

import http.client
import json
from urllib.parse import SplitResult, urlencode, urlsplit

from tracker.config import Settings
from tracker.domain.message import joined, worded
from tracker.mail import outgoing
from tracker.mail.smtp import Acceptance, NotSentError

SCHEME = "sms://"
SECONDS = 20
UNSURE = worded("不能确定是否已经发出（短信网关没有答复），没有再发：请查短信网关的记录。")
WRONG = worded("短信网关的设置有误：请核对 channel_sms_url、channel_sms_token。")
LONGEST = 300  # of an answer
TAKEN = range(200, 300)
LATER = frozenset({408, 425, 429})  # of 4xx, those that may be tried again
REFUSED = range(400, 500)
OFF = worded("没有设置短信网关（设置 channel_sms_url、channel_sms_token）。")


def is_set(settings: Settings) -> bool:
    """Return whether text messages can be sent."""
    return bool(settings.channel.sms_url and settings.channel.sms_token.strip())


def send(phone: str, text: str, message_id: str, settings: Settings) -> Acceptance:
    """Send a text message. Raises NotSentError in the gateway's words."""
    if not is_set(settings):
        raise NotSentError(OFF, permanent=True)
    place = urlsplit(settings.channel.sms_url)
    with outgoing.guarded(settings.channel.own_hosts) as refused:
        try:
            connection = _connected(place)
        except (OSError, http.client.HTTPException) as error:
            why = refused[0] if refused else f"{type(error).__name__}: {error}"
            raise NotSentError(why, permanent=bool(refused)) from error
        except ValueError as error:
            raise NotSentError(WRONG) from error
        try:
            status, answer = _asked(connection, place, _body(phone, text, message_id, settings), settings)
        except ValueError as error:  # a header that cannot be: its words hold the token
            raise NotSentError(WRONG) from error
        except (OSError, http.client.HTTPException) as error:
            why = joined((UNSURE, f"{type(error).__name__}: {error}"))
            raise NotSentError(why, permanent=True, unsure=True) from error
        finally:
            connection.close()
    response = f"{status} {answer}".replace(phone, "…")
    if status not in TAKEN:
        raise NotSentError(response, permanent=status in REFUSED and status not in LATER)
    if settings.channel.sms_taken not in answer:
        raise NotSentError(response, permanent=True)
    return Acceptance(place.hostname or "", response)


def _body(phone: str, text: str, message_id: str, settings: Settings) -> tuple[str, bytes]:
    """Return the type and the content of the request."""
    form = {settings.channel.sms_phone: phone, settings.channel.sms_text: text, "id": message_id}
    if settings.channel.sms_format == "form":
        return "application/x-www-form-urlencoded", urlencode(form).encode()
    return "application/json; charset=utf-8", json.dumps(form, ensure_ascii=False).encode()


def _connected(place: SplitResult) -> http.client.HTTPConnection:
    """Return an open connection to the gateway, which was asked for nothing yet."""
    secure = place.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=SECONDS)
    connection.connect()
    return connection


def _asked(
    connection: http.client.HTTPConnection, place: SplitResult, body: tuple[str, bytes], settings: Settings
) -> tuple[int, str]:
    headers = {"Content-Type": body[0], "Authorization": f"Bearer {settings.channel.sms_token.strip()}"}
    path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
    connection.request("POST", path, body[1], headers)
    response = connection.getresponse()
    answer = response.read(LONGEST * 4).decode("utf-8", "replace")[:LONGEST]
    return response.status, " ".join(answer.split())
