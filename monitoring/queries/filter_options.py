"""Choices of filter bars, from what the reader may see."""

from __future__ import annotations

from catalog.queries.visible import visible_batches
from monitoring.queries.live import live_of
from monitoring.queries.visible import visible_computed_months
from organisations.queries.scope import Scope


def batch_options(scope: Scope) -> list[dict[str, str]]:
    """Every batch: batches in force are readable to all of the trade."""
    rows = visible_batches(scope).order_by("code").values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]


def figure_month_options(scope: Scope) -> list[dict[str, str]]:
    """The months that have figures: the running one first, then those that have been computed."""
    live, computed = live_of(scope), month_options(scope)
    if live is None:
        return computed
    value = f"{live.month:%Y-%m}"
    running = {"value": value, "label": f"{live.month.year}年{live.month.month}月（实时）"}
    return [running, *(option for option in computed if option["value"] != value)]


def month_options(scope: Scope) -> list[dict[str, str]]:
    """The months that have been computed, newest first."""
    months = visible_computed_months(scope).order_by("-month").values_list("month", flat=True)
    return [
        {"value": f"{month:%Y-%m}", "label": f"{month.year}年{month.month}月"}
        for month in dict.fromkeys(months)
    ]
