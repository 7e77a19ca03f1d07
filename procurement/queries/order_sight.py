"""A product for an institution before it is ordered: price, obstacles, alternatives, usual quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from catalog.models import Product
from catalog.queries.orderable import Obstacle, obstacles
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Region
from procurement.queries.order_prices import SelectedChoice, Supply, selected_choices, supplies
from procurement.queries.order_values import OrderValues
from procurement.queries.usual_orders import Usual, usual_orders
from procurement.rules.ordering import is_abnormal


@dataclass
class RowSight:
    """One product for one institution, as the cart shows it before anything is sent."""

    supply: Supply
    obstacles: list[Obstacle] = field(default_factory=list)
    offered: tuple[SelectedChoice, ...] = ()
    usual: Usual | None = None
    multiple: Decimal | None = None

    def abnormal_words(self, product: Product, packs: Decimal) -> str:
        """Why the quantity is out of the ordinary; empty when it is not."""
        quantity = packs * product.base_units_per_pack
        usual = self.usual
        if usual is None or not is_abnormal(quantity, usual.ordered, usual.months, self.multiple):
            return ""
        mean = usual.monthly / product.base_units_per_pack
        return (
            f"{product}：{packs.normalize():f} 包装，超过前 12 个月月均 {mean:.1f} 包装的"
            f" {self.multiple:f} 倍"
        )

    def needs_reason(self) -> bool:
        """Non-selected here although selected products of the group are."""
        return not self.supply.is_selected and bool(self.offered)


def look_at(
    institution: Organisation,
    products: Sequence[Product],
    at: datetime,
    batches: Mapping[int, int] | None = None,
    values: OrderValues | None = None,
) -> dict[int, RowSight]:
    """By product id, for a page or for sending; a fixed number of queries.

    `values`: the policy values of the submission, where the caller reads of them too.
    """
    on = shanghai_day(at)
    values = values or OrderValues(province_of(institution), on)
    ids = [product.pk for product in products]
    held = supplies(institution, ids, at, batches)
    against = obstacles(products, on, institution)
    groups = {
        product.group_id for product in products
        if product.group_id is not None and not held[product.pk].is_selected
    }  # fmt: skip
    offered = selected_choices(institution, groups, on) if groups else {}
    usual = usual_orders(institution, ids, at)
    multiple = values.multiple
    return {
        product.pk: RowSight(
            supply=held[product.pk],
            obstacles=against[product.pk],
            offered=tuple(offered.get(product.group_id or 0, ())),
            usual=usual.get(product.pk),
            multiple=multiple,
        )
        for product in products
    }


def province_of(institution: Organisation) -> Region | None:
    region = institution.region
    while region is not None and region.level != Region.Level.PROVINCE:
        region = region.parent
    return region
