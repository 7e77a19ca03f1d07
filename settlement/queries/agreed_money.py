"""What agreements of a year are worth: Σ agreed quantity × price per base unit, in yuan."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum

from contracts.models import AgreementLine

CENT = Decimal("0.01")
WORTH = ExpressionWrapper(
    F("agreed_qty") * F("price") / F("product__base_units_per_pack"),
    output_field=DecimalField(max_digits=40, decimal_places=12),
)


def effective_lines(at: datetime) -> QuerySet[AgreementLine]:
    """Signed by all three before the moment, and not ended by then."""
    return AgreementLine.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), institution_signed_at__lt=at,
        manufacturer_signed_at__lt=at, distributor_signed_at__lt=at,
    )  # fmt: skip


def worth(lines: QuerySet[AgreementLine]) -> Decimal:
    """Yuan, rounded half up once."""
    total: Decimal = lines.aggregate(total=Sum(WORTH))["total"] or Decimal(0)
    return total.quantize(CENT, ROUND_HALF_UP)
