"""What institutions reported to need of a product's group, by batch and agreement year.

Reports name a group, not a product: the demand of a group is that of all its products together.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from catalog.models import Product
from monitoring.queries.figure_address import with_query
from organisations.queries.scope import Scope
from volumes.models import VolumeReportLine
from volumes.queries.visible import visible_report_lines

NOT_IN_FORCE = (VolumeReportLine.Status.DRAFT, VolumeReportLine.Status.RETURNED)


@dataclass(frozen=True)
class Demand:
    """Reported quantities of one batch year in base units, and how much of them is approved."""

    batch: str
    batch_name: str
    year_no: int
    units: int
    reported: Decimal
    approved: Decimal
    prior_year: Decimal
    url: str


def demand_lines(scope: Scope, product: Product) -> QuerySet[VolumeReportLine]:
    """Visible report lines of the product's group that were handed in and not returned."""
    rows = visible_report_lines(scope).exclude(status__in=NOT_IN_FORCE)
    return rows.filter(group_id=product.group_id) if product.group_id else rows.none()


def reported_demand(scope: Scope, product: Product) -> list[Demand]:
    """By batch year, the newest first; added up in the database."""
    approved = Q(status=VolumeReportLine.Status.APPROVED)
    sums = (
        demand_lines(scope, product)
        .order_by()
        .values("batch__code", "batch__name", "year_no")
        .annotate(
            units=Count("institution", distinct=True), reported=Sum("reported_qty"),
            approved=Sum("reported_qty", filter=approved), prior_year=Sum("prior_year_qty"),
        )
        .order_by("-batch__effective_on", "batch__code", "-year_no")
    )  # fmt: skip
    path = reverse("dashboard-product-demand", args=[product.code])
    return [
        Demand(
            batch=row["batch__code"], batch_name=row["batch__name"], year_no=row["year_no"],
            units=row["units"], reported=row["reported"], approved=row["approved"] or Decimal(0),
            prior_year=row["prior_year"],
            url=with_query(path, {"batch": row["batch__code"], "year_no": str(row["year_no"])}),
        )
        for row in sums
    ]  # fmt: skip
