"""What agreements say about a batch's 落地准备, product by product, as far as the reader sees them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from catalog.models import Batch
from catalog.queries.preparation import answer_item
from catalog.rules.preparation import DONE, MISSING, Readiness
from contracts.queries.relations import in_force_on, visible_relations
from contracts.queries.visible import visible_agreement_lines
from contracts.states.relation import DELIVERING
from organisations.queries.scope import Scope

SIGNED = Q(
    institution_signed_at__isnull=False,
    manufacturer_signed_at__isnull=False,
    distributor_signed_at__isnull=False,
)


def signed_agreements(scope: Scope, batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    """Lines of the first agreement year, signed by all three; a product without lines is left out."""
    rows = (
        visible_agreement_lines(scope)
        .filter(batch=batch, product__in=ids, year_no=1)
        .order_by()
        .values("product_id")
        .annotate(lines=Count("pk"), signed=Count("pk", filter=SIGNED))
    )
    return {
        row["product_id"]: Readiness(
            DONE if row["signed"] == row["lines"] else MISSING,
            f"{row['signed']} / {row['lines']} 已签",
        )
        for row in rows
    }


def pointed_relations(scope: Scope, batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    """In how many of the pools pointed for it a product has a distributor on the batch's first day."""
    holds = in_force_on(batch.effective_on)
    rows = (
        visible_relations(scope)
        .filter(product__in=ids, state__in=("pointed", "refused", *DELIVERING))
        .order_by()
        .values("product_id")
        .annotate(
            pools=Count("pool", distinct=True),
            ready=Count("pool", distinct=True, filter=holds),
        )
    )
    return {
        row["product_id"]: Readiness(
            DONE if row["ready"] == row["pools"] else MISSING,
            f"{row['ready']} / {row['pools']} 个统筹区已确认",
        )
        for row in rows
    }


answer_item("agreements", signed_agreements)
answer_item("relations", pointed_relations)
