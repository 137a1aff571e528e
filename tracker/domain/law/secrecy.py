"""The mark of a state secret (国家秘密标志), in a text or in the name of a file.

A mark is a level, a star and a term (机密★10年), as offices print it or type it; a level that stands alone
where marks stand; a field 密级 that is filled in. 特急, 加急 say how urgent a paper is and are none, nor
is 商业秘密. A paper that only speaks of marks may be stopped too: a person looks at it.

Law: 保密法第31条第（三）项 (no state secret on a non-secret system); 条例第14、17条.
"""

import re
import unicodedata

LAW = "保密法第31条第（三）项"
FORBIDDEN = f"涉密信息不得在非涉密系统中存储、处理、传输（{LAW}）"
LEVELS = "绝密|绝蜜|絕密|机密|機密|秘密|祕密"
STARS = "★☆⭐✩✪✫✬✭✮✯✰⋆"
TERMS = r"\d+(?:年|个?月|天|日)|长期|永久|启用前|解密|公布前"
SPACE = re.compile(r"[^\S\n]+|[\u200b-\u200f\u2060\ufeff]")
# What may stand anywhere. A commercial secret is none of the state.
STARRED = re.compile(rf"(?<!商业)(?P<level>{LEVELS})(?:级)?\s*(?:[{STARS}]|\*\s*(?={TERMS}))")
FILLED = re.compile(
    rf"密级\n?[::]?(?:为)?\n?[☑☒√■✔]?(?P<level>{LEVELS})(?:级)?(?=$|[\n。;,)\]|□])", re.MULTILINE
)
# A whole line, where marks stand: at the head of a paper, in the head or foot of its pages.
ALONE = re.compile(rf"^[\[(【〔]?(?P<level>{LEVELS})(?:级)?(?:件)?(?:{TERMS})?[\])】〕]?$", re.MULTILINE)
NAMED = re.compile(
    rf"[\[(【〔「《](?P<in_brackets>{LEVELS})(?:级)?(?:件)?[\])】〕」》]"
    rf"|^(?P<first>{LEVELS})(?:级|件)?(?=$|[\s_\-—+.·、,:#]|\d)"
    rf"|(?<=[\s_\-—+.·、,:#])(?P<last>{LEVELS})(?:级|件)?(?=$|\.)"
)
HEAD_LINES = 6  # of a paper, blank ones left out: the mark stands at the top right or left corner
ORDINARY = str.maketrans({"絕": "绝", "蜜": "密", "機": "机", "祕": "秘"})


def mark_in(text: str) -> str:
    """Return the level of the mark that a text bears, 绝密, 机密 or 秘密; empty where it bears none."""
    lines = _plain(text)
    joined = lines.replace("\n", "")
    head = "\n".join([line for line in lines.split("\n") if line][:HEAD_LINES])
    return _first(STARRED.search(joined), FILLED.search(lines), ALONE.search(head))


def mark_at_edge(text: str) -> str:
    """Return the level of the mark in the head or foot of pages, where it may stand alone."""
    return mark_in(text) or _first(ALONE.search(_plain(text)))


def mark_of_name(name: str) -> str:
    """Return the level of the mark that the name of a file bears."""
    return mark_in(name) or _first(NAMED.search(unicodedata.normalize("NFKC", name).strip()))


def _plain(text: str) -> str:
    """Return the text in one width, without blanks between the characters of a line."""
    broken = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return SPACE.sub("", unicodedata.normalize("NFKC", broken))


def _first(*matches: re.Match[str] | None) -> str:
    for match in matches:
        if match is not None:
            level = next(group for group in match.groupdict().values() if group)
            return level.translate(ORDINARY)
    return ""
