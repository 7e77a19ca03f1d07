"""What an application asks for as a price is held to what holds for an officer's price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.models import ProductApplication
from catalog.operations.applications.problems import WrongApplication
from catalog.queries.price_faults import may_be_listed_at

PRICED = ("price", "linked_price")


def check_price(row: ProductApplication, on: date) -> None:
    """Of a price application: raises WrongApplication where the price may not be listed that day.

    Asked when it is handed in, when it is published or approved, and on the day itself, for the
    selection, the maximum and the way of the listing may change in between.
    """
    if row.kind not in PRICED or row.product is None:
        return
    price = Decimal(row.items.get(field="price").after)
    fits = may_be_listed_at(row.product, price, on=on, province=row.province)
    if not fits:
        raise WrongApplication({"price": f"{fits.reason}（{fits.clause}）"})
