"""Document numbers (文号): 机关代字, a word for the kind, year and a number that is never used again."""

MOST = 99_999  # of a word and year


def written(code: str, series: str, year: int, serial: int) -> str:
    """Return the number as letters print it: 测办公开告〔2026〕第1号."""
    return f"{code}{series}〔{year}〕第{serial}号"
