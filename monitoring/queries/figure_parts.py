"""The figures that a region's figure is the sum of, and the next level down."""

from __future__ import annotations

from django.db.models import QuerySet

from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue

REGION_TYPES = ("county", "city", "pool", "province")
BELOW = {"province": "city", "city": "county"}


def same_keys(row: IndicatorValue) -> QuerySet[IndicatorValue]:
    """All figures of the row's month, indicator, window and further keys, of any subject."""
    # Of the table that the row is in: an ended month's or the running one's.
    return type(row)._default_manager.filter(
        month=row.month,
        indicator=row.indicator,
        window=row.window,
        batch_code=row.batch_code,
        year_no=row.year_no,
        group_code=row.group_code,
        product_code=row.product_code,
        category=row.category,
        province_id=row.province_id,
    )


def unit_figures(row: IndicatorValue) -> QuerySet[IndicatorValue]:
    """Unit rows whose sum is exactly this region row; none where the indicator has no unit rows."""
    if row.subject_type not in REGION_TYPES or not BY_CODE[row.indicator].has_units:
        return IndicatorValue.objects.none()
    column = f"{row.subject_type}_id"
    return same_keys(row).filter(subject_type="institution", **{column: getattr(row, column)})


def lower_figures(row: IndicatorValue) -> QuerySet[IndicatorValue]:
    """Rows of the regions one level below: a province's cities, a city's counties."""
    below = BELOW.get(row.subject_type)
    if below is None:
        return IndicatorValue.objects.none()
    column = f"{row.subject_type}_id"
    return same_keys(row).filter(subject_type=below, **{column: getattr(row, column)})
