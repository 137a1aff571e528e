"""What a browser is sent: compressed, and static files that it asks for once."""

import gzip
import re

import brotli
import pytest


def test_the_style_sheet_of_a_page_is_kept_for_a_year(open_demo):
    visitor = open_demo.visit()
    sheet = re.search(r'href="(/static/tracker\.css\?v=\w+)"', visitor.get("/sign-in").text)[1]

    answer = visitor.get(sheet)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_static_file_that_is_asked_for_by_another_digest_is_asked_for_again(open_demo):
    answer = open_demo.visit().get("/static/tracker.css?v=000000000000")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(("encoding", "read"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_page_is_sent_compressed_to_a_browser_that_reads_it(open_demo, encoding, read):
    visitor = open_demo.visit("head")

    answer = visitor.get("/cases", headers={"Accept-Encoding": encoding}, stream=True)
    sent = answer.raw.read(decode_content=False)

    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "</html>" in read(sent).decode()
    assert len(sent) * 4 < len(read(sent))


def test_a_page_is_sent_as_it_is_to_who_reads_nothing_else(open_demo):
    answer = open_demo.visit("head").get("/cases", headers={"Accept-Encoding": "identity"})

    assert "Content-Encoding" not in answer.headers
    assert "</html>" in answer.text


def test_a_workbook_which_is_compressed_already_is_not_compressed_again(open_demo):
    answer = open_demo.visit("head").get("/reports/2025/report.xlsx", headers={"Accept-Encoding": "gzip"})

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
