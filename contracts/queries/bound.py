"""Who is bound by an agreement on a product; catalog.queries.product_users asks."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef

from catalog.models import AgreementYear, Product
from catalog.queries.product_users import add_source
from contracts.models import AgreementLine


def bound_by_agreements(product: Product, on: date) -> set[int]:
    """Institutions with a line, signed or not, of an agreement year that has not ended."""
    running = AgreementYear.objects.filter(
        batch=OuterRef("batch"), year_no=OuterRef("year_no"), ends_on__gte=on
    )
    lines = AgreementLine.objects.filter(
        Exists(running), manufacturer_id=product.manufacturer_id, product=product
    )
    return set(lines.order_by().values_list("institution_id", flat=True).distinct())


add_source(bound_by_agreements)
