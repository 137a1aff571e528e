"""Make letters as pictures, read them, and count what was suggested: right, nothing, wrong.

Five typefaces, four states of paper, three shapes of letters; every letter has its own name, number, address,
subject and day. Two of the faces are brushes and, shaken sign by sign, stand in for a hand; nobody's hand.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import dev  # noqa: E402
from tracker.domain.case.file import JPEG  # noqa: E402
from tracker.domain.case.personal import FAMILY  # noqa: E402
from tracker.reading.file import scan  # noqa: E402

FOLDER = Path("/usr/share/fonts")
FACES = {  # the file, and which of its faces is that of the mainland
    "Noto Sans": (FOLDER / "opentype/noto/NotoSansCJK-Regular.ttc", 2),
    "Noto Serif": (FOLDER / "opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    "WenQuanYi Zen Hei": (FOLDER / "truetype/wqy/wqy-zenhei.ttc", 0),
    "AR PL UMing": (FOLDER / "truetype/arphic/uming.ttc", 0),
    "AR PL UKai": (FOLDER / "truetype/arphic/ukai.ttc", 0),
}
PACKAGES = ["fonts-noto-cjk", "fonts-wqy-zenhei", "fonts-arphic-uming", "fonts-arphic-ukai"]
PAGE, MARGIN, SIZE, LEADING = (1240, 1754), 120, 29, 58  # A4 at 150 dots an inch, 14 points
GIVEN = "晓明建国秀英文华志强海燕丽娟春生永红玉兰少峰雪梅立新淑珍"
PLACES = ("青云区人民路", "东湖区解放东街", "高新区科技三路", "临江县城关镇和平巷")
WANTED = (
    "2024年青云路三十二号地块的规划许可证及附图",
    "老旧小区改造工程的中标结果和合同金额",
    "西山水库除险加固的招标公告和验收报告",
    "小区物业服务收费的备案文件",
)
ENOUGH, AT_MOST_WRONG = 0.85, 0.05  # of the fields of letters that are printed
SHAKEN = "shaken signs"


def facts(draw: random.Random) -> dict[str, str]:
    """Return what a letter says."""
    name = draw.choice(FAMILY) + "".join(draw.sample(GIVEN, draw.choice((1, 2, 2))))
    house = f"{draw.randint(1, 199)}号{draw.randint(1, 20)}栋{draw.randint(101, 2605)}室"
    phone = f"1{draw.choice('3578')}{draw.randint(10**8, 10**9 - 1)}"
    day = date(2026, 1, 1) + timedelta(days=draw.randrange(360))
    return {
        "person": name,
        "phone": phone if draw.random() < 0.7 else f"0791-8{draw.randint(10**6, 10**7 - 1)}",
        "address": f"云溪市{draw.choice(PLACES)}{house}",
        "subject": draw.choice(WANTED),
        "dated_on": day.isoformat(),
    }


def labelled(fact: dict[str, str], day: date) -> list[str]:
    """Return the letter that the model form makes."""
    return [
        "　　　　　　　　政府信息公开申请书",
        "云溪市自然资源和规划局：",
        f"　　所需政府信息：{fact['subject']}",
        "　　获取信息的方式：邮寄",
        f"　　申请人：{fact['person']}",
        f"　　联系电话：{fact['phone']}",
        f"　　联系地址：{fact['address']}",
        "　　邮政编码：330006",
        "　　此致",
        "敬礼",
        f"　　　　　　　　　　　　{day.year}年{day.month}月{day.day}日",
    ]


def plain(fact: dict[str, str], day: date) -> list[str]:
    """Return a letter that somebody writes."""
    return [
        "尊敬的领导：",
        "　　您好！我是本市居民，现依法向贵局申请公开",
        f"{fact['subject']}。",
        "　　请按下面的地址寄给我，谢谢。",
        f"　　地址：{fact['address']}",
        f"　　电话：{fact['phone']}",
        "　　此致",
        "敬礼！",
        f"　　　　　　　　　　　　{fact['person']}",
        f"　　　　　　　　　　　　{day.year}.{day.month}.{day.day}",
    ]


def cells(fact: dict[str, str], day: date) -> list[str]:
    """Return the rows of a form; tabs part its cells."""
    return [
        "　　　　　　　政府信息公开申请表",
        f"姓　名\t{fact['person']}\t工作单位\t无",
        f"联系电话\t{fact['phone']}\t邮政编码\t330006",
        f"通信地址\t{fact['address']}",
        f"所需信息内容\t{fact['subject']}",
        f"申请时间\t{day.year}年{day.month}月{day.day}日",
    ]


SHAPES: tuple[Callable[[dict[str, str], date], list[str]], ...] = (labelled, plain, cells)
CELL = 210  # pixels of a column


def drawn(lines: list[str], face: str, draw: random.Random, *, shaken: bool) -> Image.Image:
    """Return a page with the lines; shaken: each sign is moved, turned and made larger or smaller."""
    page = Image.new("RGB", PAGE, "white")
    pen = ImageDraw.Draw(page)
    path, number = FACES[face]
    height = MARGIN
    for line in lines:
        columns = line.split("\t")
        for place, text in enumerate(columns):
            left = MARGIN + place * CELL + (CELL if place > 1 else 0)
            for sign in text:
                size = SIZE + (draw.randint(-3, 5) if shaken else 0)
                font = ImageFont.truetype(str(path), size, index=number)
                if shaken:
                    _put(page, sign, font, (left + draw.randint(-2, 2), height + draw.randint(-5, 5)), draw)
                else:
                    pen.text((left, height), sign, "black", font=font)
                left += round(font.getlength(sign)) + (1 if shaken else 0)
        if len(columns) > 1:
            pen.line((MARGIN - 10, height + 46, PAGE[0] - MARGIN, height + 46), "black", 2)
        height += LEADING
    return page


def _put(
    page: Image.Image, sign: str, font: ImageFont.FreeTypeFont, at: tuple[int, int], draw: random.Random
) -> None:
    box = Image.new("L", (60, 60), 0)
    ImageDraw.Draw(box).text((12, 6), sign, 255, font=font)
    turned = box.rotate(draw.uniform(-9, 9), resample=Image.Resampling.BICUBIC)
    page.paste(Image.new("RGB", box.size, (30, 30, 90)), (at[0] - 12, at[1] - 6), turned)


def _noisy(page: Image.Image, strength: float, draw: random.Random) -> Image.Image:
    noise = Image.effect_noise(page.size, strength).convert("RGB")
    return Image.blend(page, noise, 0.12 + draw.random() * 0.06)


def photograph(page: Image.Image, draw: random.Random) -> tuple[Image.Image, int]:
    """Return the page as a telephone takes it: tilted, a little out of focus, darker at one side."""
    tilted = page.rotate(draw.uniform(-3, 3), fillcolor=(225, 222, 210), expand=True)
    shade = Image.linear_gradient("L").resize(tilted.size).rotate(draw.choice((0, 90, 180)))
    dark = Image.composite(tilted, tilted.point(lambda value: value * 0.62), shade.resize(tilted.size))
    return dark.filter(ImageFilter.GaussianBlur(0.9)), 55


def fax(page: Image.Image, draw: random.Random) -> tuple[Image.Image, int]:
    """Return the page as a fax or a poor copy: few dots, grey, full of specks."""
    small = page.resize((PAGE[0] * 2 // 3, PAGE[1] * 2 // 3), Image.Resampling.BILINEAR)
    return _noisy(small.filter(ImageFilter.GaussianBlur(0.6)), 60, draw).rotate(draw.uniform(-1, 1)), 40


STATES: dict[str, Callable[[Image.Image, random.Random], tuple[Image.Image, int]]] = {
    "clean scan": lambda page, _draw: (page, 85),
    "photograph": photograph,
    "fax": fax,
    SHAKEN: lambda page, draw: (page.rotate(draw.uniform(-1, 1), fillcolor="white"), 70),
}


def made(shape: Callable[..., list[str]], face: str, state: str, seed: str) -> tuple[bytes, dict[str, str]]:
    """Return a letter as a JPEG, and what it says."""
    draw = random.Random(seed)
    fact = facts(draw)
    lines = shape(fact, date.fromisoformat(fact["dated_on"]))
    page, quality = STATES[state](drawn(lines, face, draw, shaken=state == SHAKEN), draw)
    into = BytesIO()
    page.save(into, "JPEG", quality=quality)
    return into.getvalue(), fact


def judged(reading: scan.ScanReading, fact: dict[str, str]) -> dict[str, str]:
    """Return for each field whether its first suggestion is right, wrong, or there is none."""
    first = {each.kind: each.value for each in reversed(reading.suggestions)}
    return {
        kind: "nothing" if kind not in first else "right" if _same(first[kind], value) else "wrong"
        for kind, value in fact.items()
    }


def _same(read: str, written: str) -> bool:
    return read.strip("。 ") == written


def measure() -> tuple[bool, str]:
    """Read a letter of each face, state and shape; say the rates by state and by field."""
    if not all(path.exists() for path, _number in FACES.values()) and dev.may_apt():
        dev.apt(PACKAGES)
    by_state: dict[str, Counter[str]] = {state: Counter() for state in STATES}
    by_field: dict[str, Counter[str]] = {}
    for state in STATES:
        for face in FACES:
            for shape in SHAPES:
                content, fact = made(shape, face, state, f"{state}{face}{shape.__name__}")
                verdicts = judged(scan.read(content, JPEG), fact)
                by_state[state].update(verdicts.values())
                for kind, verdict in verdicts.items():
                    by_field.setdefault(kind, Counter())[verdict] += state != SHAKEN
                missed = {kind: verdict for kind, verdict in verdicts.items() if verdict != "right"}
                print(f"{state}, {face}, {shape.__name__}: {missed or 'all right'}", flush=True)
    printed = sum((by_state[state] for state in STATES if state != SHAKEN), Counter())
    good = (
        printed["right"] >= ENOUGH * printed.total() and printed["wrong"] <= AT_MOST_WRONG * printed.total()
    )
    states = "; ".join(f"{state} {_rates(counts)}" for state, counts in by_state.items())
    kinds = "; ".join(f"{kind} {_rates(counts)}" for kind, counts in by_field.items())
    letters = len(STATES) * len(FACES) * len(SHAPES)
    return good, f"{letters} letters, right/nothing/wrong in %: {states}. Printed, by field: {kinds}"


def _rates(counts: Counter[str]) -> str:
    total = counts.total()
    return "/".join(f"{100 * counts[verdict] / total:.0f}" for verdict in ("right", "nothing", "wrong"))


if __name__ == "__main__":
    print(*measure())
