"""一品两规 where a second product is met: product search and ordering say it beside the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet

from catalog.models import Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import Obstacle, add_provider, supply_regions
from core.database.prepared import Prepared, PreparedValues
from organisations.models import Organisation
from volumes.models import SecondProductChoice
from volumes.models.second_product import SecondBasis

CLAUSE = "赣2024 二"
ASK = "在“一品两规”登记"


@dataclass(frozen=True)
class Second:
    """What an institution decided for a group and has not changed since; no product: none is used."""

    product_id: int | None
    product: str
    basis: str

    @property
    def words(self) -> str:
        if self.product_id is None:
            return "不再使用第二规"
        return f"{self.product}（{SecondBasis(self.basis).label}）"


def seconds_of(institution_ids: Collection[int], groups: Collection[int]) -> dict[int, Second]:
    """Group → the newest decision of one of these institutions; one query."""
    return {
        row.group_id: Second(
            row.product_id, _named(row.product) if row.product else "", str(row.basis)
        )
        for row in _DECIDED.rows(list(institution_ids), list(groups))
    }


def _decided(institutions: list[int], groups: list[int]) -> QuerySet[SecondProductChoice]:
    newest = (
        SecondProductChoice.objects.filter(institution__among=institutions, group__among=groups)
        .order_by()
        .values("group")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    rows = SecondProductChoice.objects.filter(pk__in=newest)
    return rows.select_related("product__manufacturer")


_DECIDED = Prepared(_decided, [-1], [-2])


def _named(product: Product) -> str:
    """With its manufacturer: products of one group often bear one name."""
    return f"{product.manufacturer.name} {product}"


def standby_here(
    institution: Organisation, groups: Collection[int], on: date
) -> dict[int, dict[int, str]]:
    """Group → the standby products (id → name) of the institution's supply region that day."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for row in _STANDBY.rows(list(groups), list(supply_regions(institution)), on):
        found[row.product.group_id or 0][row.product_id] = _named(row.product)
    return found


def _in_groups(groups: list[int], regions: list[int], on: date) -> QuerySet[Selection]:
    return Selection.objects.filter(
        holds_on(on), product__group__among=groups, region__among=regions
    )


def _standby(groups: list[int], regions: list[int], on: date) -> QuerySet[Selection]:
    rows = _in_groups(groups, regions, on).filter(role=Selection.Role.STANDBY)
    return rows.select_related("product__manufacturer").order_by("product__code")


def _selected(
    groups: list[int], regions: list[int], on: date
) -> QuerySet[Selection, tuple[int, int]]:  # fmt: skip
    rows = _in_groups(groups, regions, on).filter(role=Selection.Role.SELECTED)
    return rows.values_list("product__group_id", "product_id")


def _grouped(products: list[int]) -> QuerySet[Product, tuple[int, int]]:
    rows = Product.objects.filter(pk__among=products, group__isnull=False)
    return rows.values_list("pk", "group_id")


_GROUPED = PreparedValues(_grouped, [-1])
_STANDBY = Prepared(_standby, [-1], [-2], date.min)
_SELECTED = PreparedValues(_selected, [-1], [-2], date.min)


def second_product_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Beside a product that is not selected here: the decision of the unit, the standby products.

    Nothing is said where the group has none selected, or neither. It never blocks: S2-2.5
    encourages. Four queries for any number.
    """
    if institution.kind != Organisation.Kind.INSTITUTION:
        return {}
    products = dict(_GROUPED.rows(list(ids)))
    groups = {group for group in products.values() if group is not None}
    selected: dict[int, set[int]] = defaultdict(set)
    for group, product in _SELECTED.rows(list(groups), list(supply_regions(institution)), on):
        selected[group].add(product)
    if not any(group in selected and pk not in selected[group] for pk, group in products.items()):
        return {}
    standby = standby_here(institution, list(selected), on)
    decided = seconds_of([institution.pk], list(selected))
    found = {}
    for pk, group in products.items():
        if group in selected and pk not in selected[group]:
            words = _words(pk, standby.get(group, {}), decided.get(group))
            if words:
                found[pk] = [Obstacle("second_product", words, CLAUSE, ASK, blocks=False)]
    return found


def _words(product: int, standby: Mapping[int, str], decided: Second | None) -> str:
    if decided is not None and decided.product_id == product:
        return f"本机构登记的第二规（一品两规，{SecondBasis(decided.basis).label}）"
    now = f"本机构登记的第二规是{decided.words}；" if decided and decided.product_id else ""
    if product in standby:
        return f"一品两规：{now}本产品是本地区备供产品，选第二规时优先选用"
    if standby:
        named = "、".join(list(standby.values())[:3])
        return f"一品两规：{now}本地区有备供产品（{named}），应优先选用；选用本产品的，先登记第二规并写明原因"
    return f"一品两规：{now}换用本产品的，请重新登记" if now else ""


add_provider(second_product_obstacles)
