"""The rows of one indicator and month: ordered, named, held against their limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, Round

from catalog.queries.visible import visible_products
from core.lists.keyset import COUNT_CAP
from monitoring.models import IndicatorValue
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_judgement import Judgement
from monitoring.queries.figure_page import judged_row
from monitoring.queries.figure_terms import Terms
from monitoring.queries.figure_words import CATEGORIES, part_short, ratio, value_text
from monitoring.queries.names import names_of
from organisations.queries.scope import Scope

NO_VALUE = Decimal(-1_000_000)
"""Stands for an empty value when sorting, below every value that there is."""

SORTS = {
    "value": ("sorted_value", "id"),
    "numerator": ("numerator", "id"),
    "denominator": ("denominator", "id"),
    "subject": ("subject_code", "id"),
}
TOO_MANY = f"超过 {COUNT_CAP:,} 行不能按此列排序，请先筛选"


@dataclass(frozen=True)
class IndicatorRow:
    """One figure of a list, in words."""

    figure: IndicatorValue
    url: str
    subject: str
    subject_type: str
    window: str
    matter: str
    numerator: str
    denominator: str
    value: Decimal | None
    value_text: str
    judged: Judgement


def sortable(rows: QuerySet[IndicatorValue]) -> QuerySet[IndicatorValue]:
    """Rows with the value to sort by, to 12 decimals, and their province's code."""
    kind: DecimalField[Any, Any] = DecimalField(max_digits=40, decimal_places=12)
    value = Round(F("numerator") / NullIf(F("denominator"), Value(Decimal(0))), precision=12)
    return rows.annotate(
        sorted_value=Coalesce(value, Value(NO_VALUE), output_field=kind),
        province_code=F("province__code"),
    )


def order_of(sort: str, direction: str, *, capped: bool) -> tuple[tuple[str, ...], bool]:
    """Columns of the order and whether it ascends; by subject unless asked otherwise.

    Where there are too many rows to sort, they stand as they were written.
    """
    if capped:
        return ("id",), True
    ascending = direction == "asc" if sort in SORTS and direction else sort not in SORTS
    return SORTS.get(sort, SORTS["subject"]), ascending


def indicator_rows(
    scope: Scope, rows: Iterable[IndicatorValue], terms: Terms
) -> list[IndicatorRow]:
    """Name everything on these rows; the number of queries does not grow with them."""
    listed = list(rows)
    names = names_of(listed)
    codes = {row.product_code for row in listed if row.product_code and not row.group_code}
    units = dict(
        visible_products(scope)
        .filter(code__in=codes, group__isnull=False)
        .values_list("code", "group__base_unit")
    ) if codes else {}  # fmt: skip
    made = []
    for row in listed:
        unit = names.units.get(row.group_code) or units.get(row.product_code, "")
        province_code = str(getattr(row, "province_code", ""))
        matter = [names.group(row), names.product(row), names.batch(row)]
        if row.category:
            matter.append(CATEGORIES.get(row.category, row.category))
        made.append(
            IndicatorRow(
                figure=row,
                url=figure_url(row),
                subject=names.subject(row),
                subject_type=str(IndicatorValue.Subject(row.subject_type).label),
                window=str(IndicatorValue.Window(row.window).label),
                matter=" · ".join(part for part in matter if part),
                numerator=part_short(row.indicator, row.numerator, unit),
                denominator=part_short(row.indicator, row.denominator, unit),
                value=ratio(row.numerator, row.denominator),
                value_text=value_text(row.numerator, row.denominator),
                judged=judged_row(row, terms, province_code),
            )
        )
    return made
