"""What agreements say of ordering: search and ordering ask through catalog.queries.orderable."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import F, Q

from catalog.models import Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import Obstacle, add_provider, supply_regions
from contracts.models import AgreementLine, DeliveryRelation
from contracts.queries.relations import covering, delivers
from contracts.rules.relation import CLAUSE as RELATION_CLAUSE
from contracts.rules.relation import stage_words
from organisations.models import ConsortiumMembership, Organisation

CLAUSE = "赣2024 二"
PARTIES = (
    ("institution_signed_at", "医疗机构"),
    ("manufacturer_signed_at", "生产企业"),
    ("distributor_signed_at", "配送企业"),
)


def agreement_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Selected for the institution's region, but no agreement of this year is in force.

    The lead of a consortium signs for its members, so its lines count too. It does not block: the
    agreed quantity and the distributor are what is missing. Two queries for any number.
    """
    here = supply_regions(institution)
    selected = set(
        Selection.objects.filter(
            holds_on(on), product__in=ids, region__in=here, role=Selection.Role.SELECTED
        ).values_list("product_id", flat=True)
    )
    if not selected:
        return {}
    waiting: dict[int, set[str]] = {}
    effective: set[int] = set()
    for row in _lines(institution, selected, on).values(
        "product_id", *(c for c, _ in PARTIES), *(f"agreement__{c}" for c, _ in PARTIES)
    ):
        missing = {label for column, label in PARTIES if row[column] is None}
        if missing:
            # The head of an agreement that waits knows who has signed already; lines loaded
            # without a head say it themselves.
            missing = {
                label for column, label in PARTIES
                if row[column] is None and row[f"agreement__{column}"] is None
            } or missing  # fmt: skip
            waiting.setdefault(row["product_id"], set()).update(missing)
        else:
            effective.add(row["product_id"])
    return {pk: [_obstacle(waiting.get(pk))] for pk in selected - effective}


def _lines(institution: Organisation, products: set[int], on: date):  # type: ignore[no-untyped-def]
    lead = ConsortiumMembership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), institution=institution, valid_from__lte=on
    ).values("consortium__lead_id")
    return AgreementLine.objects.filter(
        Q(institution=institution) | Q(institution__in=lead),
        product__in=products,
        ended_at__isnull=True,
        batch__years__year_no=F("year_no"),
        batch__years__starts_on__lte=on,
        batch__years__ends_on__gte=on,
    )


def _obstacle(missing: set[str] | None) -> Obstacle:
    if missing is None:
        return Obstacle(
            "no_agreement",
            "本地区中选，但本机构本采购年度没有这个产品的三方协议：没有约定量和约定的配送企业",
            CLAUSE, "主管医保局（报量与协议）；配送关系问生产企业", blocks=False,
        )  # fmt: skip
    who = "、".join(label for _, label in PARTIES if label in missing)
    return Obstacle(
        "agreement_unsigned", f"三方协议尚未生效：待{who}签订", CLAUSE, f"待签的{who}", blocks=False
    )


def relation_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Relations were pointed for the institution's place, but none delivers on that day.

    Where nobody has ever pointed one, nothing is said: agreements loaded before name their own
    distributor. One query.
    """
    rows = DeliveryRelation.objects.filter(covering(institution), product_id__in=ids)
    found: dict[int, list[DeliveryRelation]] = {}
    for row in rows.select_related("distributor").order_by("pointed_at", "pk"):
        found.setdefault(row.product_id, []).append(row)
    return {
        pk: [_no_relation(held[-1], on)]
        for pk, held in found.items()
        if not any(delivers(row, on) for row in held)
    }


def _no_relation(last: DeliveryRelation, on: date) -> Obstacle:
    words = stage_words(last.state, last.valid_from, last.valid_until, on)
    return Obstacle(
        "no_relation",
        f"本地区没有生效的配送关系：{last.distributor.name}{words}",
        RELATION_CLAUSE, "生产企业（点选配送企业）", blocks=False,
    )  # fmt: skip


add_provider(agreement_obstacles)
add_provider(relation_obstacles)
