"""What agreements of a year are worth: Σ agreed quantity × price per base unit, in yuan."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum

from contracts.models import AgreementLine

CENT = Decimal("0.01")
WORTH = ExpressionWrapper(
    F("agreed_qty") * F("price") / F("product__base_units_per_pack"),
    output_field=DecimalField(max_digits=40, decimal_places=12),
)


def effective(at: datetime) -> Q:
    """Signed by all three before the moment, and not ended by then."""
    return Q(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), institution_signed_at__lt=at,
        manufacturer_signed_at__lt=at, distributor_signed_at__lt=at,
    )  # fmt: skip


def effective_lines(at: datetime) -> QuerySet[AgreementLine]:
    return AgreementLine.objects.filter(effective(at))


def worth_by_year(lines: QuerySet[AgreementLine]) -> dict[tuple[int, int], Decimal]:
    """Yuan by (batch, year number), each rounded half up once; one query."""
    sums: Any = lines.order_by().values_list("batch_id", "year_no").annotate(total=Sum(WORTH))
    return {(batch, year): total.quantize(CENT, ROUND_HALF_UP) for batch, year, total in sums}
