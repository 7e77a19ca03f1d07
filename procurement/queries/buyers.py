"""Who bought a product of late; catalog.queries.product_users asks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from catalog.models import Product
from catalog.queries.product_users import add_source
from procurement.models import OrderLine

DAYS = 365


def buyers_of(product: Product, on: date) -> set[int]:
    """Institutions with an order of the last 365 days that was not taken back.

    Reads the lines of the product's manufacturer by its index, not everybody's.
    """
    since = timezone.make_aware(datetime.combine(on - timedelta(days=DAYS), time.min))
    lines = OrderLine.objects.filter(
        manufacturer_id=product.manufacturer_id, product=product, ordered_at__gte=since,
        cancelled_at__isnull=True,
    )  # fmt: skip
    return set(lines.order_by().values_list("institution_id", flat=True).distinct())


add_source(buyers_of)
