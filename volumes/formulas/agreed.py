"""约定采购量 = 报量 × 比例, allotted to selected products in whole packs.

赣2019 三(一): the ratio goes by the number of selected enterprises. Pure; quantities are base units
of the group and are held to four decimals, as the database holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

RULE = "最大余数法：先按比例取整包装，余下的依小数部分从大到小各补一包，再补给差额最大的"
UNIT = Decimal("0.0001")
EXACT = Context(prec=60)


class AllotmentError(ValueError):
    """A figure that cannot be allotted; the text says why in Chinese."""


@dataclass(frozen=True)
class Candidate:
    """A selected product that the quantity may go to.

    `code` orders ties, `pack` is base units per pack, `weight` its part (any unit, not negative):
    the institution's shares, its 厂牌 quantities, what it bought, or 1 for equal parts.
    """

    code: str
    pack: Decimal
    weight: Decimal


@dataclass(frozen=True)
class Part:
    """What one product is given: packs and the same in base units."""

    code: str
    packs: int
    quantity: Decimal


@dataclass(frozen=True)
class Allotment:
    """`parts` by code; `unplaced` is less than the smallest pack that could have taken it.

    Σ parts + unplaced is the agreed quantity, exactly.
    """

    agreed: Decimal
    parts: tuple[Part, ...]
    unplaced: Decimal


def ratio_of(ratios: Sequence[Decimal], enterprises: int) -> Decimal:
    """The ratio of a group with this many selected enterprises; the last stands for 'and more'.

    Raises AllotmentError for a group without one, and for an empty list of ratios.
    """
    if enterprises < 1 or not ratios:
        raise AllotmentError("没有中选企业的品种不产生约定采购量")
    return ratios[min(enterprises, len(ratios)) - 1]


def agreed_quantity(reported: Decimal, ratio: Decimal) -> Decimal:
    """Reported × ratio in base units, rounded once, half up, to four decimals."""
    if reported < 0 or ratio < 0:
        raise AllotmentError("报量和比例不能为负")
    with localcontext(EXACT):
        return (reported * ratio).quantize(UNIT, rounding=ROUND_HALF_UP)


def allot(agreed: Decimal, candidates: Iterable[Candidate]) -> Allotment:
    """Place `agreed` in whole packs by weight; the remainder by RULE. The order given is nothing.

    1. ideal = agreed × weight ÷ Σ weights; each gets the whole packs that fit in it.
    2. By the fraction of a pack that is lacking, the largest first (then by code), each gets one
       more pack while what is left holds it.
    3. What is left after that goes, by what is lacking, to whoever can still take whole packs.
    Packs differ in size, so that something less than the smallest pack may stay: `unplaced`.

    A product of weight 0 is given nothing; where all weights are 0 the parts are equal.
    Raises AllotmentError for a negative quantity or weight, a pack that is not positive, a
    product named twice, or no product at all.
    """
    rows = sorted(candidates, key=lambda each: each.code)
    _check(agreed, rows)
    if not any(row.weight for row in rows):
        rows = [Candidate(row.code, row.pack, Decimal(1)) for row in rows]
    with localcontext(EXACT):
        total = sum((row.weight for row in rows), Decimal(0))
        takers = [row for row in rows if row.weight > 0]
        # The ideal number of packs is agreed × weight ÷ (total × pack).
        packs = {row.code: int(agreed * row.weight // (total * row.pack)) for row in takers}
        left = agreed - _placed(takers, packs)
        for row in sorted(
            takers, key=lambda r: (-_lacking(agreed, total, r, packs) / r.pack, r.code)
        ):
            if row.pack <= left:
                packs[row.code] += 1
                left -= row.pack
        for row in sorted(takers, key=lambda r: (-_lacking(agreed, total, r, packs), r.code)):
            more = int(left // row.pack)
            packs[row.code] += more
            left -= more * row.pack
    parts = tuple(
        Part(row.code, packs.get(row.code, 0), packs.get(row.code, 0) * row.pack) for row in rows
    )
    return Allotment(agreed, parts, left)


def _placed(takers: Sequence[Candidate], packs: Mapping[str, int]) -> Decimal:
    return sum((packs[row.code] * row.pack for row in takers), Decimal(0))


def _lacking(agreed: Decimal, total: Decimal, row: Candidate, packs: Mapping[str, int]) -> Decimal:
    """Ideal less given, in base units × total, so that nothing is divided before comparing."""
    return agreed * row.weight - total * packs[row.code] * row.pack


def _check(agreed: Decimal, rows: Sequence[Candidate]) -> None:
    if agreed < 0:
        raise AllotmentError("约定采购量不能为负")
    if not rows:
        raise AllotmentError("供应地区内没有中选产品，不能分配")
    if len({row.code for row in rows}) < len(rows):
        raise AllotmentError("同一产品不能出现两次")
    for row in rows:
        if row.weight < 0:
            raise AllotmentError(f"{row.code} 的份额不能为负")
        if row.pack <= 0:
            raise AllotmentError(f"{row.code} 的包装换算不正确，请先在产品目录更正")
