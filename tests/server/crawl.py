"""Follow every link of an office as one person: pages, images, files, forms."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree import ElementTree

import docx
import openpyxl
import pypdfium2
import requests
from werkzeug.http import parse_options_header

from tests.server.conftest import Seen, Shown, Visitor

NOT_FOLLOWED = ("/sign-out",)


def kind_of(address: str) -> str:
    """Return what an address asks for, its numbers left out: one kind of page among thousands."""
    parts = urlsplit(address)
    names = "&".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    return f"{re.sub(r'[0-9]+', 'N', parts.path)}?{names}"


@dataclass
class Crawl:
    """What a person met: faults in words, forms by the page that shows them, the kinds of addresses."""

    visitor: Visitor
    each: int = 1  # addresses of one kind that are opened
    languages: bool = True  # a page is asked for in the other language too: each has a link to itself in it
    faults: list[str] = field(default_factory=list)
    forms: list[tuple[str, Shown]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    files: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)  # an address of each kind of page

    def run(self, *starts: str) -> "Crawl":
        """Follow every link from the addresses on, some of each kind."""
        waiting, known = list(starts), set(starts)
        while waiting:
            at = waiting.pop(0)
            kind = kind_of(at)
            if self.kinds[kind] >= self.each:
                continue
            self.kinds[kind] += 1
            for found in self._open(at):
                if found not in known:
                    known.add(found)
                    waiting.append(found)
        return self

    def _open(self, at: str) -> Iterator[str]:
        answer = self.visitor.get(at)
        if answer.status_code != 200:
            self.faults.append(f"{answer.status_code} {at}")
        elif "attachment" in answer.headers.get("Content-Disposition", ""):
            self.files[at] = opened(answer)
        elif answer.headers["Content-Type"].startswith("text/html"):
            page = Seen(answer.text)
            self.pages[kind_of(at)] = at
            self.forms += [(urlsplit(answer.url).path, shown) for shown in page.forms]
            for link in (*page.links, *(s.action for s in page.forms if s.method == "get" and s.action)):
                yield from self._own(answer.url, link)

    def _own(self, at: str, link: str) -> Iterator[str]:
        found = urlsplit(urljoin(at, link))
        if found.scheme.startswith("http"):
            if f"{found.scheme}://{found.netloc}" != self.visitor.address:
                self.faults.append(f"a link leads outside: {link} on {at}")
            elif found.path not in NOT_FOLLOWED and (self.languages or "language=" not in found.query):
                yield found.path + (f"?{found.query}" if found.query else "")


def name_of(answer: requests.Response) -> str:
    """Return the name that a browser keeps the file under (RFC 6266)."""
    value, options = parse_options_header(answer.headers["Content-Disposition"])
    assert value == "attachment"
    return options["filename"]


def opened(answer: requests.Response) -> str:
    """Return the name of a file that its reader could open; raises what the reader raises."""
    name, content = name_of(answer), answer.content
    ending = name.rpartition(".")[2]
    if ending == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    elif ending == "docx":
        assert docx.Document(io.BytesIO(content)).paragraphs
    elif ending == "pdf":
        assert len(pypdfium2.PdfDocument(content)) > 0
    elif ending == "json":
        assert json.loads(content)
    elif ending == "svg":
        assert ElementTree.fromstring(content).tag.endswith("svg")
    elif ending == "png":
        assert content.startswith(b"\x89PNG")
    else:
        assert ending == "html"
        assert "</html>" in content.decode()
    return name
