"""Standby cases: who sees them, who acts, what may stand in, and what ordering is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import Obstacle, add_provider, supply_regions
from core.attachments.models import Attachment
from core.database.prepared import Prepared
from core.transitions import Verdict
from organisations.models import Organisation, Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within
from procurement.models import StandbyCase
from procurement.rules.standby import OFFICERS, gives_notice
from procurement.states.standby import CLAUSE, COUNTS_CLAUSE, GIVER, PROVINCE

STARTED = (StandbyCase.State.IN_FORCE, StandbyCase.State.ENDED)


def visible_standby_cases(scope: Scope) -> QuerySet[StandbyCase]:
    """Started ones are open to the trade: whoever orders has to know. The others are seen by who
    gave notice, by the manufacturer and by the authorities of the city or province."""
    if not scope.is_business:
        return within(scope, StandbyCase.objects.all(), NOTHING)
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    seen = Q(state__in=STARTED) | Q(given_by__in=own)
    if scope.region_level != Region.Level.COUNTY:
        seen |= condition(region_alternatives(scope))
    if scope.is_manufacturer:
        seen |= Q(manufacturer__in=own)
    return within(scope, StandbyCase.objects.all(), seen)


def may_give_notice(scope: Scope, product: Product | None = None) -> Verdict:
    """Of this product; without one, whether there is any that it might be."""
    own = product is None or product.manufacturer_id == scope.organisation_id
    return gives_notice(
        is_maker=scope.is_manufacturer and own, is_bureau=scope.is_bureau,
        has_role=scope.has_role(*OFFICERS),
    )  # fmt: skip


def standby_standings(scope: Scope, case: StandbyCase) -> frozenset[str]:
    if not scope.has_role(*OFFICERS):
        return frozenset()
    held = {GIVER} if case.given_by_id == scope.organisation_id else set()
    if scope.is_province_bureau and scope.province_id == case.province_id:
        held.add(PROVINCE)
    return frozenset(held)


def supplied_regions(product: Product, on: date) -> QuerySet[Region]:
    """Where the product is selected on the day: what a notice may name."""
    held = Selection.objects.filter(holds_on(on), product=product, role=Selection.Role.SELECTED)
    return Region.objects.filter(pk__in=held.values("region")).order_by("code")


def selection_in(product: Product, region: Region, on: date) -> Selection | None:
    """By which the product is supplied there on the day; of several batches the lowest code."""
    return (
        Selection.objects.filter(
            holds_on(on), product=product, role=Selection.Role.SELECTED,
            region__in=_with_parent(region),
        )
        .select_related("batch")
        .order_by("batch__code")
        .first()
    )  # fmt: skip


def candidates(case: StandbyCase, on: date) -> list[Product]:
    """Standby products of the same batch and group, selected so for the region, its province, or
    (of a province) one of its cities."""
    if case.product.group_id is None:
        return []
    there = Q(region__in=_with_parent(case.region)) | Q(region__parent=case.region)
    held = Selection.objects.filter(
        holds_on(on), there, batch=case.batch, role=Selection.Role.STANDBY,
        product__group=case.product.group_id,
    ).exclude(product=case.product_id)  # fmt: skip
    return list(
        Product.objects.filter(pk__in=held.values("product"))
        .select_related("manufacturer")
        .order_by("code")
    )


def institutions_in(region: Region) -> QuerySet[Organisation]:
    """Active institutions of the region and below."""
    return Organisation.objects.filter(
        Q(region=region) | Q(region__parent=region) | Q(region__parent__parent=region),
        kind=Organisation.Kind.INSTITUTION, is_active=True,
    )  # fmt: skip


def covers_all(case: StandbyCase) -> bool:
    """Whether every place in which the product is standby in the batch lies in the case's region.

    Then one exemption without an institution says exactly as much as one for each.
    """
    elsewhere = Selection.objects.filter(
        batch=case.batch, product=case.standby_product_id, role=Selection.Role.STANDBY
    ).exclude(Q(region=case.region) | Q(region__parent=case.region))
    return not elsewhere.exists()


def case_papers(case: StandbyCase) -> list[Attachment]:
    """What was handed in with the notice."""
    rows = Attachment.objects.filter(owner_type="standby_case", owner_id=case.pk)
    return list(rows.select_related("file").order_by("pk"))


def province_office(province: Region) -> Organisation | None:
    """The bureau that decides."""
    return (
        Organisation.objects.filter(kind="bureau", region=province, is_active=True)
        .order_by("code")
        .first()
    )


def standby_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """What is said to who orders, on both products; nothing is blocked by it. One query."""
    here = supply_regions(institution) | {institution.region_id}
    found: dict[int, list[Obstacle]] = defaultdict(list)
    wanted = set(ids)
    for case in _UNDER_WAY.rows(list(ids), list(here), on):
        until = f"，至 {case.ends_on:%Y-%m-%d}" if case.ends_on else ""
        days = f"{case.starts_on:%Y-%m-%d} 起{until}"
        standby = case.standby_product
        if standby is not None and standby.pk in wanted:
            text = f"备供已启动（{days}）：期间到货的视同采购中选产品，计入约定采购量完成率"
            found[standby.pk].append(
                Obstacle("standby_started", text, COUNTS_CLAUSE, f"备供启动 {case.case_no}", False)
            )
        if case.product_id in wanted and standby is not None:
            maker = case.standby_manufacturer.name if case.standby_manufacturer else ""
            why = "中选已取消" if case.source == case.Source.CANCELLED else "中选企业报告不能供应"
            text = f"{why}，已启动备供（{days}）：可采购 {standby}（{maker}）"
            found[case.product_id].append(
                Obstacle("standby_instead", text, CLAUSE, f"备供产品编码 {standby.code}", False)
            )
    return dict(found)


def _under_way(products: list[int], regions: list[int], on: date) -> QuerySet[StandbyCase]:
    rows = StandbyCase.objects.filter(
        Q(product__among=products) | Q(standby_product__among=products),
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        state__in=STARTED, starts_on__lte=on, region__among=regions,
    )  # fmt: skip
    return rows.select_related("product", "standby_product", "standby_manufacturer").order_by("pk")


_UNDER_WAY = Prepared(_under_way, [-1], [-2], date.min)


def _with_parent(region: Region) -> list[int]:
    return [pk for pk in (region.pk, region.parent_id) if pk is not None]


add_provider(standby_obstacles)
