"""The annual report as PDF, from the same page as the web site's, with its fonts inside."""

import shutil
import subprocess
from functools import cache

from tracker.domain.errors import DomainError
from tracker.domain.message import worded
from tracker.rendering import html
from tracker.rendering.annual import AnnualReport

MIME = "application/pdf"
ENOUGH = 30  # seconds for a list of fonts
INSTEAD = worded("在此之前可以先用 Word 或 HTML 格式，再另存为 PDF。")


class PdfNotInstalledError(DomainError):
    """What makes PDF files is not on this machine; the text says what to install."""


def report(compiled: AnnualReport) -> bytes:
    """Return the annual report. Raises as ``printed``."""
    return printed(html.page(compiled))


def printed(page: str) -> bytes:
    """Return a page that stands alone as a file.

    Raises PdfNotInstalledError where weasyprint, pango or a Chinese font is missing.
    """
    try:
        import weasyprint  # it loads pango, which a machine may lack: everything else runs without
    except (ImportError, OSError) as error:
        raise PdfNotInstalledError(
            "这台机器还不能生成 PDF（%(error)s）。请安装 weasyprint 和 pango："
            "Debian、Ubuntu 为 apt install libpango-1.0-0 libpangoft2-1.0-0，"
            "Fedora、openEuler 为 dnf install pango，Windows 为 MSYS2 的 pango。%(instead)s",
            error=error,
            instead=INSTEAD,
        ) from error
    if not has_chinese_font():
        raise PdfNotInstalledError(
            "这台机器没有中文字体，生成的 PDF 将是空白方格。请安装中文字体："
            "Debian、Ubuntu 为 apt install fonts-noto-cjk，"
            "Fedora、openEuler 为 dnf install google-noto-serif-cjk-fonts。%(instead)s",
            instead=INSTEAD,
        )
    written: bytes = weasyprint.HTML(string=page).write_pdf()
    return written


@cache
def has_chinese_font() -> bool:
    """Return whether a font has Chinese; where fonts cannot be listed (Windows, macOS) the system has one."""
    command = shutil.which("fc-list")
    if command is None:
        return True
    asked = [command, ":lang=zh-cn", "family"]
    listed = subprocess.run(asked, capture_output=True, timeout=ENOUGH, check=False)  # noqa: S603
    return bool(listed.stdout.strip())
