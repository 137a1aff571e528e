"""Names, numbers and words as they are compared: width, case, dashes, dots, brackets and blanks evened out.

Two people type one name in two ways (张三, 张　三), one number too (YSQ－2026, ysq—2026). Whatever
looks a name or a number up compares what ``fold`` returns; what was typed is kept as it was typed.
"""

import re
import unicodedata

LONGEST_NAME = 200
# Kept as escapes: in print many of these cannot be told apart.
DASHES = re.compile(
    "[-\u00ad\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2e3a\u2e3b"
    "\u301c\u3030\ufe31\ufe32\ufe58\ufe63\uff0d]+"
)
DOTS = re.compile("[\u00b7\u0387\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65]")  # in names of many peoples
BRACKETS = str.maketrans("\u3014\u3015\u3010\u3011\u3016\u3017\u2772\u2773", "[][][][]")
# Blanks of every width, and what has no width at all.
NOTHING = re.compile(
    "[\\s\u034f\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def fold(text: str) -> str:
    """Return the text as it is compared; equal for two ways to type the same name or number.

    Full and half width, upper and lower case, every dash, middle dot and bracket become one; blanks
    and characters without width are left out, for Chinese has none between words.
    """
    evened = DASHES.sub("-", text)
    if text.isascii():  # most numbers: the same, four times as fast
        return "".join(evened.casefold().split())
    evened = unicodedata.normalize("NFKC", evened).casefold()
    evened = unicodedata.normalize("NFKC", evened).translate(BRACKETS)
    return NOTHING.sub("", DOTS.sub("\u00b7", DASHES.sub("-", evened)))


def folded_name(name: str) -> str:
    """Return a name as it is kept for comparing, no longer than an index takes."""
    return fold(name)[:LONGEST_NAME]


def folded_lines(*texts: str | None) -> str:
    """Return texts as they are kept to be searched: no word is found across the end of one."""
    return "\n".join(fold(text or "") for text in texts)


def words(text: str) -> list[str]:
    """Return what was typed into a search box as words to be found, each folded."""
    return [word for word in map(fold, text.split()) if word]
