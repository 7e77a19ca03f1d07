"""差比价: the price of another specification from that of the representative one.

《药品差比价规则》(2011): strength K = 1.7^(log2 X), number per pack K = 1.95^(log2 X), X = the new
one ÷ the representative one; fill volume and packing material add an amount. Pure: nothing is
rounded but the result, once, half up to a cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

RULE = "《药品差比价规则》（2011）"
STRENGTH_BASE = Decimal("1.7")
COUNT_BASE = Decimal("1.95")
SAME_VOLUME_ML = Decimal("10")
# What plastic and soft bags of large infusions may cost more than glass, at most.
MATERIAL_LIMITS: Mapping[str, Decimal] = {
    "none": Decimal("0"), "plastic": Decimal("1"), "soft": Decimal("4"),
}  # fmt: skip
CENT = Decimal("0.01")
EXACT = Context(prec=50)


class PriceRatioError(ValueError):
    """A figure that cannot be calculated with; `field` names it, the text says why in Chinese."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Specification:
    """`strength` of the main ingredient in one unit (any unit, the same on both sides), `count`
    units per pack, `volume_ml` where it is a liquid."""

    strength: Decimal
    count: Decimal
    volume_ml: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """One named line: its value (unrounded but for the result), how it came, by which clause."""

    name: str
    label: str
    value: Decimal
    formula: str
    clause: str

    def shown(self) -> Decimal:
        """Six decimals, for people and for what is kept."""
        return self.value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Calculation:
    steps: tuple[Step, ...]
    result: Decimal


def price_ratio(
    *,
    representative_price: Decimal,
    representative: Specification,
    new: Specification,
    volume_amount: Decimal = Decimal("0"),
    material: str = "none",
    material_amount: Decimal = Decimal("0"),
) -> Calculation:
    """The new specification's price per pack in yuan, with every step.

    Raises PriceRatioError naming the figure that is not positive, a volume amount where both hold
    10 ml or less (their prices are not told apart), or a material amount over its limit.
    """
    _check(representative_price, representative, new)
    volume = _volume(representative, new, volume_amount)
    material_step = _material(material, material_amount)
    with localcontext(EXACT):
        strength_x = new.strength / representative.strength
        strength_k = _power(STRENGTH_BASE, strength_x)
        count_x = new.count / representative.count
        count_k = _power(COUNT_BASE, count_x)
        by_ratio = representative_price * strength_k * count_k
        whole = by_ratio + volume.value + material_step.value
        if whole <= 0:
            raise PriceRatioError("volume_amount", "加减后的价格不大于 0，请核对装量差额")
        result = whole.quantize(CENT, rounding=ROUND_HALF_UP)
    if result <= 0:
        raise PriceRatioError("representative_price", "计算结果不足 0.01 元，请核对代表品价格")
    steps = (
        Step("representative_price", "代表品价格", representative_price, "代表品现行中选价或挂网价", RULE),
        Step("strength_x", "含量比 X", strength_x, f"{_n(new.strength)} ÷ {_n(representative.strength)}", RULE),
        Step("strength_k", "含量差比价 K₁", strength_k, "1.7 ^ (log₂ X)", f"{RULE}含量差比价"),
        Step("count_x", "包装数量比 X", count_x, f"{_n(new.count)} ÷ {_n(representative.count)}", RULE),
        Step("count_k", "包装数量差比价 K₂", count_k, "1.95 ^ (log₂ X)", f"{RULE}包装数量差比价"),
        Step("by_ratio", "按差比价折算", by_ratio, "代表品价格 × K₁ × K₂", RULE),
        volume,
        material_step,
        Step("result", "计算结果", result, "折算价 + 装量差额 + 包装材料差额，四舍五入到分（只在此处舍入）", RULE),
    )  # fmt: skip
    return Calculation(steps, result)


def _power(base: Decimal, ratio: Decimal) -> Decimal:
    """base ^ log2(ratio); whole powers of two come out exact."""
    exponent, rest = 0, ratio
    while rest >= 2 and rest % 2 == 0:
        exponent, rest = exponent + 1, rest / 2
    while 0 < rest <= Decimal("0.5") and (rest * 2) <= 1:
        exponent, rest = exponent - 1, rest * 2
    if rest == 1:
        return base**exponent
    return (base.ln() * ratio.ln() / Decimal(2).ln()).exp()


def _volume(old: Specification, new: Specification, amount: Decimal) -> Step:
    clause = f"{RULE}装量"
    if old.volume_ml is None or new.volume_ml is None or old.volume_ml == new.volume_ml:
        if amount:
            raise PriceRatioError("volume_amount", "装量相同或未填写，不加减装量差额")
        return Step("volume", "装量差额", Decimal("0"), "装量相同或不适用", clause)
    if max(old.volume_ml, new.volume_ml) <= SAME_VOLUME_ML:
        if amount:
            raise PriceRatioError("volume_amount", "装量都不超过 10 ml 的不区分价格，差额应为 0")
        return Step("volume", "装量差额", Decimal("0"), "装量都不超过 10 ml，不区分价格", clause)
    if amount and (amount > 0) != (new.volume_ml > old.volume_ml):
        raise PriceRatioError("volume_amount", "装量增加的差额应为正，减少的应为负")
    formula = f"{_n(old.volume_ml)} ml → {_n(new.volume_ml)} ml，按规定由核价人填写"
    return Step("volume", "装量差额", amount, formula, clause)


def _material(material: str, amount: Decimal) -> Step:
    limit = MATERIAL_LIMITS.get(material)
    if limit is None:
        raise PriceRatioError("material", "请选择包装材料")
    if not amount.is_finite() or not 0 <= amount <= limit:
        raise PriceRatioError("material_amount", f"该包装材料最多加 {_n(limit)} 元")
    words = {"none": "包装材料相同", "plastic": "塑瓶，最多加 1 元", "soft": "软袋，最多加 4 元"}
    return Step("material", "包装材料差额", amount, words[material], f"{RULE}包装材料")


def _check(price: Decimal, old: Specification, new: Specification) -> None:
    figures = {
        "representative_price": price, "representative_strength": old.strength,
        "strength": new.strength, "representative_count": old.count, "count": new.count,
        "representative_volume": old.volume_ml, "volume": new.volume_ml,
    }  # fmt: skip
    for field, figure in figures.items():
        if figure is not None and (not figure.is_finite() or figure <= 0):
            raise PriceRatioError(field, "须为大于 0 的数")


def _n(value: Decimal) -> str:
    """Without an exponent and trailing zeroes."""
    return f"{value.normalize():f}"
