"""Money as whole fen (分), shown and typed in 万元 or 元: no figure is ever rounded."""

from decimal import Decimal

FEN_OF_YUAN = 100
FEN_OF_WAN = 1_000_000  # 1万元


def plain(value: Decimal) -> str:
    """Return the number without needless zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def wan_yuan(fen: int) -> str:
    """Return fen in 万元: 1234500 is 1.2345, nothing is 0."""
    return plain(Decimal(fen) / FEN_OF_WAN)


def fen_of_wan(wan: str) -> int:
    """Return an amount in 万元 as fen: 1.2345 is 1234500."""
    return int(Decimal(wan) * FEN_OF_WAN)


def yuan(fen: int) -> str:
    """Return fen in 元."""
    return plain(Decimal(fen) / FEN_OF_YUAN)
