"""Clients of a web server: each keeps its connection and its cookies and asks again once it is answered.

One thread serves them all and reads no more of an answer than it must, so that on a small machine the
processor is left to the server; ``Taken.client`` says how much of it the clients took themselves.
"""

import asyncio
import gzip
import statistics
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter, process_time
from urllib.parse import urlencode, urlsplit

PATIENCE = 60  # seconds after which an answer is a failure


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Client:
    """A browser of one person."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.base, self.host, self.port = base, parts.hostname or "", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.token = ""  # against forgery, where the server wants one with each form
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        """Ask for a page."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._headers()}\r\n".encode())

    async def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n{self._headers()}{kind}\r\n".encode() + body)

    def _headers(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"Host: {self.host}:{self.port}",
            "Accept-Encoding: gzip",
            f"Referer: {self.base}/",
            f"Origin: {self.base}",
        ]
        return "\r\n".join([*lines, *([f"Cookie: {cookies}"] if cookies else []), ""])

    async def _ask(self, sent: bytes) -> Answer:
        for fresh in (False, True):  # a connection that the server has closed meanwhile is opened again
            if fresh or self.streams is None:
                self.streams = await asyncio.open_connection(self.host, self.port, limit=2**24)
            reader, writer = self.streams
            writer.write(sent)
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                answer = await self._read(reader)
                if answer.headers.get("connection", "").lower() == "close":
                    await self.close()
                return answer
        raise ConnectionError(f"{self.base} does not answer")

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, kept = value.split(";")[0].partition("=")
                self.cookies[key] = kept
            headers[name.lower()] = value
        status = int(head[0].split()[1])
        return Answer(status, headers, await _body(reader, headers))

    async def close(self) -> None:
        """Let the connection go."""
        if self.streams:
            self.streams[1].close()
            self.streams = None


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


Act = Callable[[Client], Awaitable[None]]  # raises RuntimeError where the answer is not what it must be


@dataclass(slots=True)
class Taken:
    """How long the answers took, in seconds; which failed; what the clients took of the processor."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    whole: float = 0.0
    client: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else float("nan")

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.whole

    def __iadd__(self, other: "Taken") -> "Taken":
        self.seconds += other.seconds
        self.failures += other.failures
        self.whole += other.whole
        self.client += other.client
        return self


async def drive(clients: Iterable[Client], act: Act, seconds: float) -> Taken:
    """Let each client do the act again and again for so long; each does it once at least."""
    taken, begun, spent = Taken(), perf_counter(), process_time()
    await asyncio.gather(*(_one(client, act, begun + seconds, taken) for client in clients))
    taken.whole, taken.client = perf_counter() - begun, process_time() - spent
    return taken


async def _one(client: Client, act: Act, until: float, taken: Taken) -> None:
    while True:
        begin = perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                await act(client)
            taken.seconds.append(perf_counter() - begin)
        except (RuntimeError, OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            taken.failures.append(f"{type(error).__name__}: {error}"[:200])
            await client.close()
        if perf_counter() >= until:
            return
