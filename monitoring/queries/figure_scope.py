"""Whose rows a single figure is made of: what its key restricts, pushed down to the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.models import Batch, Group, Product
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.scope import WHOLE, Scope
from monitoring.indicators.staging import with_stages
from monitoring.models import IndicatorValue

REGION_COLUMN = {
    "institution": ("unit_id", "institution_id"),
    "county": ("county_id", "county_id"),
    "city": ("city_id", "city_id"),
    "pool": ("pool_id", "pool_id"),
    "province": ("province_id", "province_id"),
}
SUPPLY = frozenset({"response_rate", "on_time_rate", "fulfilment_rate"})


@dataclass(frozen=True)
class FigureScope:
    """The push-down, and the conditions on an indicator's lines that leave this figure's alone."""

    scope: Scope
    conditions: str
    parameters: dict[str, Any]


def scope_of_figure(
    row: IndicatorValue, indicator: Indicator, parameters: dict[str, Any]
) -> FigureScope:
    """Restrictions of the row's subject and keys. Raises LookupError for a key that is gone."""
    keys: dict[str, Any] = {}
    if row.batch_code:
        keys["batch_id"] = Batch.objects.values_list("pk", flat=True).get(code=row.batch_code)
        keys["year_no"] = row.year_no
    if row.group_code:
        keys["group_id"] = Group.objects.values_list("pk", flat=True).get(code=row.group_code)
    product_code = row.subject_code if row.subject_type == "product" else row.product_code
    product = Product.objects.get(code=product_code) if product_code else None
    if product is not None:
        keys["product_id"] = product.pk
    if row.category:
        keys["category"] = row.category
    if row.subject_type in ("manufacturer", "distributor"):
        keys[f"{row.subject_type}_id"] = row.enterprise_id
    if row.subject_type == "institution":
        keys["unit_id"] = row.institution_id

    bucket = keys.get("group_id")
    if product is not None:
        bucket = product.group_id or -product.pk
    scope = Scope(
        institutions=_institutions(row, parameters),
        batch_id=keys.get("batch_id"),
        buckets=None if bucket is None else (bucket,),
        manufacturer_id=keys.get("manufacturer_id"),
        distributor_id=keys.get("distributor_id"),
        product_id=product.pk if product and indicator.code in SUPPLY else None,
    )
    conditions = [f"{column} = %(key_{column})s" for column in keys]
    conditions.append(
        "unit_id IN (SELECT unit_id FROM ind_home WHERE province_id = %(key_province_id)s)"
    )
    values = {f"key_{column}": value for column, value in keys.items()}
    return FigureScope(
        scope=scope,
        conditions=" AND ".join(conditions),
        parameters=values | {"key_province_id": row.province_id} | scope.parameters(),
    )


def _institutions(row: IndicatorValue, parameters: dict[str, Any]) -> tuple[int, ...] | None:
    """Institutions whose unit at the cut is, or lies in, the subject; None for enterprises."""
    if row.subject_type not in REGION_COLUMN:
        return None
    column, attribute = REGION_COLUMN[row.subject_type]
    select = f"SELECT institution_id FROM ind_unit WHERE {column} = %(subject_id)s ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute(
            with_stages(select, WHOLE),
            parameters | {"subject_id": getattr(row, attribute)},
        )
        return tuple(found[0] for found in cursor.fetchall())
