"""Order lines of a surge: which are tied to a report, which might be, and what counts as what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Batch, Product
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import EmergencyPurchase, OrderLine, SurgeReport, Transfer
from procurement.queries.surge import roles_for, supply_options
from procurement.rules.surge import BEFORE_DAYS, counts_as

MOST_LISTED = 50


def visible_emergency_purchases(scope: Scope) -> QuerySet[EmergencyPurchase]:
    """As the report: the institution's own and its authorities'; rows name no enterprise."""
    return within(scope, EmergencyPurchase.objects.all(), party_rows(scope))


def standing_ties(rows: QuerySet[EmergencyPurchase]) -> QuerySet[EmergencyPurchase]:
    """Those entries that tie and that no later entry of the same line has taken back."""
    later = EmergencyPurchase.objects.filter(
        line_id=OuterRef("line_id"), ordered_at=OuterRef("ordered_at"),
        entry_no=OuterRef("entry_no") + 1,
    )  # fmt: skip
    return rows.filter(~Exists(later), kind=EmergencyPurchase.Kind.TIED)


def tied_lines(scope: Scope, report: SurgeReport) -> list[EmergencyPurchase]:
    """The report's emergency purchases as the reader sees them, oldest first."""
    rows = visible_emergency_purchases(scope).filter(report=report).select_related("product")
    return list(standing_ties(rows).order_by("pk"))


def untied_lines(scope: Scope, report: SurgeReport) -> list[EmergencyPurchase]:
    """Corrections: what was tied to the report by mistake, with why and by whom, oldest first."""
    rows = visible_emergency_purchases(scope).filter(
        report=report, kind=EmergencyPurchase.Kind.UNTIED
    )
    return list(rows.select_related("product").order_by("pk"))


def last_entries(lines: Iterable[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """The number of the last entry by line; lines that were never tied are left out."""
    wanted = set(lines)
    rows = EmergencyPurchase.objects.filter(line_id__in=[line_id for line_id, _ in wanted])
    found: dict[tuple[int, datetime], int] = {}
    for line_id, ordered_at, entry_no in rows.values_list("line_id", "ordered_at", "entry_no"):
        key = (line_id, ordered_at)
        if key in wanted:
            found[key] = max(found.get(key, 0), entry_no)
    return found


def emergency_products(report: SurgeReport, on: date) -> list[int]:
    """Ids of what may be an emergency purchase: the product itself and what its page offers."""
    return [report.product_id, *(each.product.pk for each in supply_options(report, on))]


def lines_to_tie(report: SurgeReport, on: date) -> list[OrderLine]:
    """The institution's own order lines of these products since BEFORE_DAYS before the report."""
    tied = standing_ties(EmergencyPurchase.objects.all()).filter(
        line_id=OuterRef("pk"), ordered_at=OuterRef("ordered_at")
    )
    rows = OrderLine.objects.filter(
        ~Exists(tied), institution=report.institution_id,
        product__in=emergency_products(report, on),
        ordered_at__gte=report.reported_at - timedelta(days=BEFORE_DAYS),
    )  # fmt: skip
    return list(
        rows.select_related("order", "product").order_by("-ordered_at", "-pk")[:MOST_LISTED]
    )


def received_transfers(report: SurgeReport) -> QuerySet[Transfer]:
    """What other institutions let it have and what it took in."""
    return Transfer.objects.filter(report=report, state=Transfer.State.RECEIVED)


def tied_products(report: SurgeReport) -> list[Product]:
    """Products of the report's emergency purchases, each once, by code."""
    ids = standing_ties(EmergencyPurchase.objects.filter(report=report)).values("product")
    return list(Product.objects.filter(pk__in=ids).order_by("code"))


def counting_kind(
    report: SurgeReport, product: Product, on: date
) -> tuple[str, Batch | None]:  # fmt: skip
    """As what a verified purchase of the product counts, and the batch; '' where it needs nothing.

    The reported product itself, when packs of it were lent in a public emergency, frees the agreed
    quantity: what was lent is no purchase.
    """
    roles = roles_for(report.institution, product, on)
    kind = counts_as(
        roles=frozenset(row.role for row in roles),
        lent=product.pk == report.product_id and received_transfers(report).exists(),
        cause=report.cause,
    )
    return kind, roles[0].batch if roles else None


def others_to_count(
    report: SurgeReport, named: Product, on: date
) -> Sequence[tuple[Product, str, Batch | None]]:
    """Beside the named one: tied products that need an exemption, with their kind and batch."""
    found = []
    for product in tied_products(report):
        if product.pk == named.pk:
            continue
        kind, batch = counting_kind(report, product, on)
        if kind:
            found.append((product, kind, batch))
    return found
