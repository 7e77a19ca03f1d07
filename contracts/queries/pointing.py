"""What a pointing by form, sheet or API names: own products, pools, a county, a distributor."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from catalog.models import Batch, Product, Selection
from catalog.queries.visible import visible_batches, visible_products
from contracts.models import DeliveryRelation
from contracts.queries.relations import visible_relations
from organisations.models import Organisation, Pool, Region
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_pools, visible_regions


def own_products(scope: Scope, codes: Collection[str]) -> dict[str, Product]:
    """Products of the reader's own making by code."""
    rows = visible_products(scope).filter(
        code__in=codes, manufacturer_id__in=sorted({scope.organisation_id, *scope.predecessor_ids})
    )
    return {row.code: row for row in rows.select_related("manufacturer", "group")}


def won_products(scope: Scope, batch: Batch) -> list[Product]:
    """Own selected and standby products of a batch."""
    won = Selection.objects.filter(batch=batch).values("product")
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    rows = visible_products(scope).filter(pk__in=won, manufacturer_id__in=own)
    return list(rows.select_related("manufacturer", "group").order_by("code"))


def enterprises(scope: Scope, codes: Collection[str]) -> dict[str, Organisation]:
    """Enterprises by code, whether or not they deliver: the rule says why one does not fit."""
    rows = visible_organisations(scope).filter(code__in=codes, kind="enterprise")
    return {row.code: row for row in rows}


def pools(scope: Scope, codes: Iterable[str] | None = None) -> dict[str, Pool]:
    """Pools by code, with their region; all without `codes`."""
    rows = visible_pools(scope).select_related("region__parent").order_by("code")
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    return {row.code: row for row in rows}


def counties(scope: Scope, codes: Collection[str]) -> dict[str, Region]:
    rows = visible_regions(scope).filter(code__in=codes, level="county")
    return {row.code: row for row in rows}


def batches(scope: Scope, codes: Collection[str]) -> dict[str, Batch]:
    rows = visible_batches(scope).filter(code__in=codes)
    return {row.code: row for row in rows.select_related("policy")}


def own_batches(scope: Scope) -> QuerySet[Batch]:
    """Batches that one's own products won."""
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    won = Selection.objects.filter(product__manufacturer_id__in=own).values("batch")
    return visible_batches(scope).filter(pk__in=won).order_by("-effective_on", "code")


def to_replace(scope: Scope, number: str) -> DeliveryRelation | None:
    """An accepted relation of one's own that another shall replace."""
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    rows = visible_relations(scope).filter(relation_no=number, manufacturer_id__in=own)
    return rows.select_related("product", "pool__region__parent", "county", "batch__policy").first()
