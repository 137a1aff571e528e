"""What a password must be (GB/T 22239-2019 身份鉴别: complex, changed, not used again).

The words and rows are the program's own small list: what people type first, not a dictionary.
"""

import re

from tracker.domain.errors import InvalidDetailError

MIN_LENGTH, MIN_CLASSES = 10, 3
MAX_BYTES = 1024  # hashing takes time for every byte: a longer one is refused before
REMEMBERED = 5  # passwords that are not taken again (practice)
SHORTEST_LOGIN = 3  # a shorter login is part of many words
LIKE_LETTERS = str.maketrans("013457@$!|", "oieastasii")
WORDS = frozenset(
    """
    password passwd passwort pass word admin administrator root user guest test demo login welcome
    letmein changeme default secret master manager office system server computer internet
    iloveyou love monkey dragon sunshine princess football baseball superman abc abcd qwer
    woaini mima mimamima guanliyuan yonghu denglu zhengfu gongkai xinxi xinxigongkai
    zhengwugongkai zhengwu shenqing yishenqing jiguan danwei bangongshi beijing zhongguo china
    shanghai guangzhou shenzhen tracker case casework
    """.split()  # noqa: SIM905  (a list of sixty literals is no easier to read)
)
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!@#$%^&*()",
)
SHORTEST_RUN = 4  # characters of a row that count as one


def check(password: str, login: str = "") -> None:
    """Raise InvalidDetailError where the password is too long, too simple or among the first guesses."""
    if len(password.encode("utf-8", "replace")) > MAX_BYTES:
        raise InvalidDetailError("密码太长，不超过%(max_bytes)s字节。", max_bytes=MAX_BYTES)
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    classes = sum(any(kind(c) for c in password) for kind in kinds)
    if len(password) < MIN_LENGTH or classes < MIN_CLASSES:
        raise InvalidDetailError(
            "密码至少%(min_length)s位，且含大写字母、小写字母、数字、符号中的%(min_classes)s种。",
            min_length=MIN_LENGTH,
            min_classes=MIN_CLASSES,
        )
    if len(login) >= SHORTEST_LOGIN and login.lower() in password.lower():
        raise InvalidDetailError("密码中不能含有用户名。")
    if is_common(password):
        raise InvalidDetailError("密码太常见（常用词、键盘或数字顺序、重复），请换一个。")


def is_common(password: str) -> bool:
    """Return whether the password is one that people type first, whatever stands around it."""
    plain = password.lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    for text in (plain, core.translate(LIKE_LETTERS)):
        parts = [part for part in re.split(r"[\W\d_]+", text) if part]
        if parts and all(part in WORDS or _is_run(part) for part in parts):
            return True
    return len(_without_runs(plain)) < SHORTEST_RUN


def _without_runs(text: str) -> str:
    """Return what is left of the text without runs along a row and without repetitions."""
    left, place = [], 0
    while place < len(text):
        run = _run_at(text, place)
        if run < SHORTEST_RUN:
            left.append(text[place])
            run = 1
        place += run
    return "".join(left)


def _run_at(text: str, start: int) -> int:
    """Return how many characters from the place on lie along a row, either way, or are the same."""
    end = start + 1
    while end < len(text) and any(text[start : end + 1] in row for row in _WAYS):
        end += 1
    same = len(text[start:]) - len(text[start:].lstrip(text[start]))
    return max(end - start, same)


_WAYS = (*ROWS, *(row[::-1] for row in ROWS))


def _is_run(part: str) -> bool:
    return len(_without_runs(part)) == 0
