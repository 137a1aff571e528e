"""Take the pictures of the clerk's guide from a fresh sample office: python3 dev.py pictures.

In each language of the pages, which the browser asks for itself: whoever followed the links before may have
changed that of the session.
"""

import io
import itertools
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.conftest import FLAGS  # noqa: E402
from tests.server.appearance import Look  # noqa: E402
from tests.server.conftest import make_demo  # noqa: E402
from tests.server.crawl import Crawl  # noqa: E402
from tests.server.test_pages import STARTS  # noqa: E402
from tracker.domain.message import LANGUAGES  # noqa: E402
from tracker.web.office.guide import TASKS  # noqa: E402

PICTURES = ROOT / "tracker" / "static" / "guide"
WIDTH, LOCALES = 1280, {"zh": "zh-CN", "en": "en-GB"}
SIZE, QUALITY = (960, 675), 62
# Days and times as a browser of the language shows them: the one that takes pictures knows American ones.
AS_SHOWN = """language => {
  const turned = (value) => value.split("-").reverse().join("/");
  const day = (value) => language === "zh" ? value.replaceAll("-", "/") : turned(value);
  const empty = { date: { zh: "年/月/日", en: "dd/mm/yyyy" }[language], time: "--:--" };
  for (const field of document.querySelectorAll("input[type=date], input[type=time]")) {
    const { type, value } = field;
    field.type = "text";
    field.value = value ? (type === "date" ? day(value) : value) : empty[type];
  }
}"""


def take(address: str, visitor: Crawl) -> None:
    """Open the page of each task in a browser and keep what it shows."""
    cookies = [{"name": c.name, "value": c.value, "url": address} for c in visitor.visitor.session.cookies]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=FLAGS)
        for language, task in itertools.product(LANGUAGES, TASKS):
            page = browser.new_page(locale=LOCALES[language])
            page.context.add_cookies(cookies)
            Look(WIDTH, "light", language).put_on(page, address)
            page.goto(address + visitor.pages[f"{task.shown}?"])
            page.evaluate(AS_SHOWN, language)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            page.context.close()
            path = PICTURES / language / f"{task.key}.webp"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.resize(SIZE, Image.Resampling.LANCZOS).save(path, quality=QUALITY, method=6)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", flush=True)
        browser.close()


def main() -> None:
    """Make an office, follow its links as its head, take the pictures."""
    with tempfile.TemporaryDirectory(prefix="tracker-pictures-") as folder:
        served = make_demo(Path(folder) / "office").serve("--no-jobs")
        try:
            take(served.address, Crawl(served.visit("head")).run(*STARTS))
        finally:
            served.stop()


if __name__ == "__main__":
    main()
