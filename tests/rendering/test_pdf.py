"""PDF files where something is missing: refused in words that say what to install."""

import sys
from datetime import date

import pytest

from tracker.domain.report.table3 import cells
from tracker.rendering import pdf
from tracker.rendering.annual import AnnualReport

EMPTY = AnnualReport("某局", 2025, date(2026, 1, 5), {}, cells({}), {}, cells({}), [])


@pytest.fixture(autouse=True)
def asked_anew():
    """Whether there is a font is asked once a process."""
    pdf.has_chinese_font.cache_clear()
    yield
    pdf.has_chinese_font.cache_clear()


def test_without_its_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(pdf.PdfNotInstalledError, match="libpango"):
        pdf.report(EMPTY)


def test_without_a_chinese_font_it_is_refused_rather_than_drawn_in_boxes(monkeypatch, tmp_path):
    lister = tmp_path / "fc-list"
    lister.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    lister.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pdf.PdfNotInstalledError, match="fonts-noto-cjk"):
        pdf.report(EMPTY)


def test_where_fonts_cannot_be_listed_the_system_is_trusted(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert pdf.has_chinese_font()
