"""The information processing fee (信息处理费): what a request costs, and why.

Law: 条例第42条; 国办函〔2020〕109号第3—5条. A request is charged by piece or by page, never both,
and an office need not charge at all (可以收取). Bands above 31 pieces and the page rules were not
read in the primary text: settings, shown as practice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.domain.message import Citation, Phrase, labels, worded

LAW = "国办函〔2020〕109号"
BY_PIECE_LAW, BY_PAGE_LAW = Phrase("%(law)s第4条", law=LAW), Phrase("%(law)s第5条", law=LAW)
BY_PIECE, BY_PAGE = "by_piece", "by_page"
WAYS = labels({BY_PIECE: "按件计收", BY_PAGE: "按量计收"})


@dataclass(frozen=True, slots=True)
class Band:
    """Units from ``first`` to ``last`` (None: no end) at a rate in yuan each; 0 is free."""

    first: int
    last: int | None
    rate: int

    def holds(self, after: int, until: int) -> int:
        """Return how many of the units (after, until] lie in the band."""
        end = until if self.last is None else min(until, self.last)
        return max(0, end - max(after, self.first - 1))


PIECE_BANDS = (Band(1, 10, 0), Band(11, 30, 100))  # 第4条
PAGE_BANDS = (Band(1, 30, 0), Band(31, 100, 10), Band(101, 200, 20), Band(201, None, 40))  # 第5条


def bands_of(text: str) -> tuple[Band, ...]:
    """Return the bands that a setting writes as ``30:0 100:10 200:20 :40``: to unit 30 free, and so on.

    The last band has no end. Raises ValueError where the text does not read so.
    """
    bands: list[Band] = []
    for piece in text.split():
        end, _colon, rate = piece.partition(":")
        first = (bands[-1].last or 0) + 1 if bands else 1
        if (bands and bands[-1].last is None) or not rate.isdecimal() or (end and int(end) < first):
            raise ValueError(piece)
        bands.append(Band(first, int(end) if end else None, int(rate)))
    if not bands or bands[-1].last is not None:
        raise ValueError(text)
    return tuple(bands)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What an office charges by; the defaults follow the usual reading of 109号.

    step_pieces, step_rate: from the 31st piece on, each band of so many pieces adds so much
                            (以10件为一档，每增加一档，提高100元/件).
    page_bands:             by page, each request by itself.
    """

    step_pieces: int = 10
    step_rate: int = 100
    page_bands: Sequence[Band] = PAGE_BANDS

    def piece_bands(self, until: int) -> tuple[Band, ...]:
        """Return the bands that reach the number of pieces."""
        bands = list(PIECE_BANDS)
        while (last := bands[-1].last) is not None and last < until:
            bands.append(Band(last + 1, last + self.step_pieces, bands[-1].rate + self.step_rate))
        return tuple(bands)


@dataclass(frozen=True, slots=True)
class FeePart:
    """So many units at one rate, in yuan."""

    band: Band
    count: int

    @property
    def amount(self) -> int:
        return self.count * self.band.rate


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in yuan, with the parts that make it and its article."""

    way: str
    parts: tuple[FeePart, ...]
    law: str

    @property
    def amount(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)


def by_piece(before: int, pieces: int, tariff: Tariff | None = None) -> Fee:
    """Return the fee of ``pieces`` that follow ``before`` others of the same applicant's month.

    before: pieces of the same applicant earlier in the natural month (自然月); the next month
            begins at nothing again.
    """
    return Fee(
        BY_PIECE,
        _parts((tariff or Tariff()).piece_bands(before + pieces), before, before + pieces),
        BY_PIECE_LAW,
    )


def by_page(pages: int, tariff: Tariff | None = None) -> Fee:
    """Return the fee of one request's pages (one side of A4 or smaller); requests are not added up."""
    return Fee(BY_PAGE, _parts((tariff or Tariff()).page_bands, 0, pages), BY_PAGE_LAW)


def _parts(bands: Sequence[Band], after: int, until: int) -> tuple[FeePart, ...]:
    parts = (FeePart(band, band.holds(after, until)) for band in bands)
    return tuple(part for part in parts if part.count)


def calculated(way: str, count: int, before: int, tariff: Tariff | None = None) -> Fee:
    """Return the fee by the way: ``count`` pieces after ``before`` others of the month, or pages."""
    return by_page(count, tariff) if way == BY_PAGE else by_piece(before, count, tariff)


def yuan(value: object) -> Decimal | None:
    """Return an amount of money in yuan, of at most two decimals; None where the text is none."""
    text = str(value).strip().removesuffix("元").replace(",", "").replace("，", "")
    return Decimal(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text) else None


def lines(fee: Fee) -> list[str]:
    """Return the calculation in words, one sentence a part, the free one with its reason."""
    unit = Phrase("件") if fee.way == BY_PIECE else Phrase("页")
    sentences: list[str] = [
        Phrase(
            "%(value)s（%(law)s），两种方式只能选一种（%(law2)s第3条）。",
            value=WAYS[fee.way],
            law=fee.law,
            law2=LAW,
        )
    ]
    for part in fee.parts:
        first, last = part.band.first, part.band.last
        span = (
            Phrase("第%(first)s至%(last)s%(unit)s", first=first, last=last, unit=unit)
            if last
            else Phrase("第%(first)s%(unit)s以上", first=first, unit=unit)
        )
        if part.band.rate:
            sentences.append(
                Phrase(
                    "%(span)s每%(unit)s%(rate)s元：%(count)s%(unit)s，%(amount)s元。",
                    span=span,
                    unit=unit,
                    rate=part.band.rate,
                    count=part.count,
                    amount=part.amount,
                )
            )
        else:
            sentences.append(
                Phrase(
                    "%(span)s不收费：%(count)s%(unit)s。",
                    span=span,
                    count=part.count,
                    unit=unit,
                )
            )
    sentences.append(Phrase("合计%(amount)s元。", amount=fee.amount) if fee.amount else Phrase("不收费。"))
    return sentences


FREE = (
    (
        worded("政府信息公开申请一般不收费；只有数量、频次明显超过合理范围的，可以收取信息处理费"),
        Citation("条例第42条"),
    ),
    (
        worded("收费通知应当在答复期限内发出；自收到次日起20个工作日内缴费，逾期视为放弃申请"),
        Citation(LAW),
    ),
    (worded("缴清后期限自缴费次日起重新计算；邮寄费不另收"), Citation(f"{LAW}、条例第42条（实务）")),
)
