"""What the consumables of one service cost before a batch and now (S2-9.3), step by step.

Pure. Of each consumable the selected products stand side by side, each with its price per base
unit before and now; their plain mean is what one base unit costs, times the quantity per service.
Purchased quantities would weigh better, but they are not the catalogue's. Rounded once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

INCLUDED = "S2-9.3"
CENT = Decimal("0.01")
EXACT = Context(prec=50)


@dataclass(frozen=True)
class PricedProduct:
    """One product's price per pack in yuan before and now, and its base units per pack.

    `before_of` and `now_of` say which price rows they are.
    """

    code: str
    name: str
    before: Decimal
    now: Decimal
    units: Decimal
    before_of: str
    now_of: str


@dataclass(frozen=True)
class Consumable:
    """A consumable of the service, its quantity per service in `unit`, and its products."""

    label: str
    quantity: Decimal
    unit: str
    products: tuple[PricedProduct, ...]


@dataclass(frozen=True)
class CostStep:
    """One line: `before` and `now` in yuan; `code` names the product whose price rows it opens."""

    label: str
    before: Decimal
    now: Decimal
    formula: str
    code: str = ""
    clause: str = INCLUDED

    @property
    def change(self) -> Decimal:
        return self.now - self.before

    def kept(self) -> dict[str, str]:
        """As it is stored: six decimals, exact enough to be read again."""
        return {
            "label": self.label, "before": _six(self.before), "now": _six(self.now),
            "change": _six(self.change), "formula": self.formula, "code": self.code,
            "clause": self.clause,
        }  # fmt: skip


@dataclass(frozen=True)
class ServiceCost:
    """`before`, `now` and `change` (now − before) in yuan per service, to a cent."""

    steps: tuple[CostStep, ...]
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.before


def service_cost(consumables: Sequence[Consumable]) -> ServiceCost:
    """The cost of one service's consumables. Raises ValueError for one without products."""
    steps: list[CostStep] = []
    totals = []
    with localcontext(EXACT):
        for each in consumables:
            if not each.products:
                raise ValueError(f"{each.label} 没有可比的产品")
            pairs = [(p.before / p.units, p.now / p.units) for p in each.products]
            steps += [
                CostStep(
                    product.name, before, now,
                    f"集采前 {_n(product.before)} 元（{product.before_of}）、"
                    f"现 {_n(product.now)} 元（{product.now_of}）÷ 每包装 {_n(product.units)} {each.unit}",
                    product.code,
                )
                for product, (before, now) in zip(each.products, pairs, strict=True)
            ]  # fmt: skip
            count = Decimal(len(pairs))
            mean = (sum((b for b, _ in pairs), Decimal(0)) / count,
                    sum((n for _, n in pairs), Decimal(0)) / count)  # fmt: skip
            steps.append(
                CostStep(
                    f"{each.label}单价", *mean, f"{len(pairs)} 个中选产品的平均，元/{each.unit}"
                )
            )
            cost = (mean[0] * each.quantity, mean[1] * each.quantity)
            steps.append(
                CostStep(
                    f"{each.label}成本", *cost, f"单价 × 每次用量 {_n(each.quantity)} {each.unit}"
                )
            )
            totals.append(cost)
        before = _cent(sum((b for b, _ in totals), Decimal(0)))
        now = _cent(sum((n for _, n in totals), Decimal(0)))
    steps.append(
        CostStep("每次服务耗材成本", before, now, "各项耗材成本之和，四舍五入到分（只在此处舍入）")
    )
    return ServiceCost(tuple(steps), before, now)


def _cent(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def _six(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.000001'), rounding=ROUND_HALF_UP):f}"


def _n(value: Decimal) -> str:
    """Without an exponent and trailing zeroes."""
    return f"{value.normalize():f}"
