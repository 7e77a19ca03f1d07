"""Lists of the demonstration's hospitals: most of it mapped, some open, some doubtful."""

from __future__ import annotations

from datetime import datetime

from catalog.models import HospitalItem, Product
from catalog.operations.hospital_items.put import put_items
from catalog.states.hospital_item import Basis
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import scope_of

HOSPITALS = ("hospital", "consortium")
"""User names of the demonstration's clerks whose hospitals have a list."""
ITEMS = 120
UNMAPPED_EACH, DOUBTFUL_EACH, STOPPED_EACH = 6, 17, 29


@operation
def create_demo_items(*, at: datetime) -> int:
    """Give each of these hospitals a list as its clerk would upload it; a second call does nothing."""
    made = 0
    products = list(
        Product.objects.select_related("group", "manufacturer").order_by("code")[:ITEMS]
    )
    rows = User.objects.select_related("organisation__region__parent__parent")
    for user in rows.filter(username__in=HOSPITALS, organisation__kind="institution"):
        if HospitalItem.objects.filter(institution=user.organisation).exists():
            continue
        raws = [
            raw
            for number, product in enumerate(products, start=1)
            for raw in _raws(number, product)
        ]
        written = put_items(
            raws=list(enumerate(raws, start=2)), basis=Basis.EXCEL, all_or_nothing=False, by=user,
            scope=scope_of(user, at.date()), at=at,
        )  # fmt: skip
        made += written.counts["created"]
    return made


def _raws(number: int, product: Product) -> list[dict[str, str]]:
    """One item, counted in packs or in base units; every so often a second with another factor."""
    by_pack = number % 3 != 0 or product.group is None
    unit = (
        product.pack_unit or "盒" if by_pack else product.group.base_unit if product.group else ""
    )
    units = "1" if by_pack else f"{product.base_units_per_pack.normalize():f}"
    raw = {
        "his_code": f"YP{number:05d}", "name": product.name,
        "specification": product.specification, "unit": unit,
        "manufacturer_name": product.manufacturer.name, "product_code": product.code,
        "units_per_pack": units, "is_stopped": "是" if number % STOPPED_EACH == 0 else "",
    }  # fmt: skip
    if number % UNMAPPED_EACH == 0:
        return [raw | {"product_code": "", "units_per_pack": ""}]
    if number % DOUBTFUL_EACH == 0:
        return [raw, raw | {"his_code": f"YP{number:05d}-B", "units_per_pack": "2"}]
    return [raw]
