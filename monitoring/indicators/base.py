"""Sum an indicator's lines to unit rows, held to 8 decimals: what all its other rows are made of."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.declaration import Indicator, Subject
from monitoring.indicators.render import render

BASE = "ind_base"


def held(expression: str) -> str:
    """Held to 8 decimals, half away from zero.

    Shares are divided at 30 decimals; going through 20 brings back the exact halves among them.
    """
    return f"round(round(COALESCE({expression}, 0), 20), 8)"


def _held_sum(total: str) -> str:
    """The same number, sooner: what has no more than 8 decimals is its own rounding.

    Its scale is not made 8: for columns that have their own.
    """
    return f"CASE WHEN scale({total}) <= 8 THEN {total} ELSE {held(total)} END"


def flags(indicator: Indicator) -> tuple[str, ...]:
    """Columns of the lines that say in which windows a line is."""
    kinds = ("in", "first") if indicator.own_windows else ("in",)
    return tuple(f"{kind}_{window}" for kind in kinds for window in indicator.windows)


def measures(indicator: Indicator, subject: Subject) -> list[tuple[str, str]]:
    """(window, flag) of each window of the subject's rows."""
    kind = "first" if indicator.own_windows and not subject.has_batch else "in"
    return [(window, f"{kind}_{window}") for window in indicator.windows]


def base_select(indicator: Indicator, lines: str) -> str:
    """The SELECT of an indicator's unit rows over its lines."""
    dimensions = ", ".join(("unit_id", *indicator.dimensions))
    sums = ", ".join(
        f"{_held_sum(f'sum({side}) FILTER (WHERE {flag})')} AS {flag}_{side}"
        for flag in flags(indicator)
        for side in ("numerator", "denominator")
    )
    any_window = " OR ".join(flags(indicator))
    return (
        f"SELECT {dimensions}, {sums}, bool_and(assessed) AS assessed"
        f" FROM (\n{lines}\n) lines WHERE {any_window} GROUP BY {dimensions}"
    )


def build_base(cursor: CursorWrapper, indicator: Indicator, parameters: dict[str, Any]) -> None:
    """Create the temporary table of the indicator's unit rows."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{BASE}")
    cursor.execute(
        f"CREATE TEMP TABLE {BASE} ON COMMIT DROP AS "
        + base_select(indicator, render(indicator.code)),
        parameters,
    )
    cursor.execute(f"ANALYZE {BASE}")
