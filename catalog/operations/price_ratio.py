"""A person confirms a 差比价 calculation: it becomes the new specification's price (S2-10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from catalog.formulas.price_ratio import (
    Calculation,
    PriceRatioError,
    Specification,
    price_ratio,
)
from catalog.models import ListedPrice, PriceCalculation, Product
from catalog.operations.maximum_prices import require_officer
from catalog.operations.prices import set_listed_price
from catalog.queries.listing_way import own_province
from catalog.queries.price_faults import may_be_listed_at
from core.audit.record import Actor
from core.operations import operation
from core.transitions import MissingInput
from organisations.queries.scope import Scope

CLAUSE = "S2-10.2"


@dataclass(frozen=True)
class RatioInputs:
    """What is typed: both specifications, and the amounts that the rule leaves to the pricer."""

    representative_price: Decimal
    representative_strength: Decimal
    representative_count: Decimal
    strength: Decimal
    count: Decimal
    representative_volume: Decimal | None = None
    volume: Decimal | None = None
    volume_amount: Decimal = Decimal("0")
    material: str = "none"
    material_amount: Decimal = Decimal("0")

    def kept(self) -> dict[str, str | None]:
        return {
            name: None if value is None else str(value) for name, value in self.__dict__.items()
        }


FIGURES = (
    "representative_strength", "representative_count", "strength", "count",
    "representative_volume", "volume",
)  # fmt: skip


def inputs_of(values: Mapping[str, Any], price: Decimal) -> RatioInputs:
    """What a form or a serializer gave, with its blanks, and the representative's price."""
    figures: dict[str, Any] = {name: values.get(name) for name in FIGURES}
    return RatioInputs(
        representative_price=price,
        **figures,
        volume_amount=values.get("volume_amount") or Decimal("0"),
        material=values.get("material") or "none",
        material_amount=values.get("material_amount") or Decimal("0"),
    )


def calculate(inputs: RatioInputs) -> Calculation:
    """The steps and the result. Raises MissingInput naming the field."""
    try:
        return price_ratio(
            representative_price=inputs.representative_price,
            representative=Specification(
                inputs.representative_strength, inputs.representative_count,
                inputs.representative_volume,
            ),
            new=Specification(inputs.strength, inputs.count, inputs.volume),
            volume_amount=inputs.volume_amount, material=inputs.material,
            material_amount=inputs.material_amount,
        )  # fmt: skip
    except PriceRatioError as error:
        raise MissingInput(error.field, error.reason, CLAUSE) from error


@operation
def confirm_calculation(
    *,
    product: Product,
    representative: Product,
    inputs: RatioInputs,
    expected: Decimal,
    valid_from: date,
    note: str,
    by: Actor,
    scope: Scope,
    at: datetime,
) -> PriceCalculation:
    """Calculate anew, compare with what the person saw, list the result and keep the steps.

    Raises NotYours; MissingInput where both are one product or of different groups, the
    representative's price is not its listed one, the result is not the one that was confirmed, or
    may not be listed (another selected price, over the maximum).
    """
    require_officer(scope)
    if product.pk == representative.pk:
        raise MissingInput("representative", "代表品不能是产品本身")
    if product.group_id is None or product.group_id != representative.group_id:
        raise MissingInput("representative", "代表品应与产品同一品种", CLAUSE)
    if representative.listed_price != inputs.representative_price:
        raise MissingInput("representative_price", "代表品价格与其现行挂网价不一致，请重新计算")
    calculation = calculate(inputs)
    if calculation.result != expected:
        raise MissingInput("expected", "计算结果与确认时看到的不一致，请重新计算后确认")
    fits = may_be_listed_at(
        product, calculation.result, on=valid_from, province=own_province(scope)
    )
    if not fits:
        raise MissingInput("product", fits.reason, fits.clause)
    price = set_listed_price(
        product=product, price=calculation.result, valid_from=valid_from,
        source=f"差比价，代表品 {representative.code}", by=by, at=at,
        kind=ListedPrice.Kind.RATIO, clause=CLAUSE,
    )  # fmt: skip
    return PriceCalculation.objects.create(
        product=product, representative=representative, inputs=inputs.kept(),
        steps=[
            {"name": step.name, "label": step.label, "value": f"{step.shown():f}",
             "formula": step.formula, "clause": step.clause}
            for step in calculation.steps
        ],
        result=calculation.result, listed_price=price, note=note.strip(), confirmed_at=at,
        confirmed_by_id=by.audit_id, confirmed_by_name=by.audit_name,
    )  # fmt: skip
