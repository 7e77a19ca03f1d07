"""Addresses of figures, by their keys: a month that is computed again gives its rows new ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from core.transitions import MissingInput
from monitoring.models import IndicatorValue
from monitoring.queries.live import visible_figures
from monitoring.queries.months import MalformedMonth, parse_month
from organisations.queries.scope import Scope

KEYS = (
    ("batch", "batch_code"),
    ("year", "year_no"),
    ("group", "group_code"),
    ("product", "product_code"),
    ("category", "category"),
)


class Keyed(Protocol):
    """A figure, or anything with its keys."""

    @property
    def month(self) -> date: ...
    @property
    def indicator(self) -> str: ...
    @property
    def window(self) -> str: ...
    @property
    def subject_type(self) -> str: ...
    @property
    def subject_code(self) -> str: ...
    @property
    def batch_code(self) -> str: ...
    @property
    def year_no(self) -> int | None: ...
    @property
    def group_code(self) -> str: ...
    @property
    def product_code(self) -> str: ...
    @property
    def category(self) -> str: ...


def figure_url(row: Keyed, route: str = "figure-detail", **more: str) -> str:
    """Where the figure is opened; enterprises' rows name their province where the row knows it."""
    path = reverse(
        route,
        args=[f"{row.month:%Y-%m}", row.indicator, row.window, row.subject_type, row.subject_code],
    )
    return with_query(path, key_query(row) | more)


def key_query(row: Keyed) -> dict[str, str]:
    """The keys beyond the subject, as the address and the API carry them; empty ones are left out."""
    query = {name: str(getattr(row, column) or "") for name, column in KEYS}
    query["province"] = str(getattr(row, "province_code", ""))
    return {name: value for name, value in query.items() if value}


def with_query(path: str, query: Mapping[str, str]) -> str:
    """The path with its query, if there is any."""
    return f"{path}?{urlencode(query)}" if query else path


def read_month(text: str) -> date:
    """The month of an address. Raises MissingInput in Chinese."""
    try:
        return parse_month(text)
    except MalformedMonth as error:
        raise MissingInput("month", str(error)) from error


def figures_at(
    scope: Scope,
    *,
    month: str,
    indicator: str,
    window: str,
    subject_type: str,
    subject_code: str,
    query: Mapping[str, Any],
) -> QuerySet[IndicatorValue]:
    """Visible figures with exactly these keys: one, or one per province for enterprises.

    Raises MissingInput for a month or a year that is none.
    """
    year = str(query.get("year", "") or "")
    if year and not (year.isascii() and year.isdigit() and len(year) <= 4):
        raise MissingInput("year", f"“{year}”不是采购年度序号，请写 1、2、3 这样的数字")
    rows = visible_figures(scope, read_month(month)).filter(
        indicator=indicator,
        window=window,
        subject_type=subject_type,
        subject_code=subject_code,
        batch_code=query.get("batch", ""),
        year_no=int(year) if year else None,
        group_code=query.get("group", ""),
        product_code=query.get("product", ""),
        category=query.get("category", ""),
    )
    if query.get("province"):
        rows = rows.filter(province__code=query["province"])
    return rows.order_by("province_id")
