"""What the changed lines add to the indicators that are plain sums over lines."""

from __future__ import annotations

from monitoring.indicators.base import flags
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.render import fill, text_of
from monitoring.operations.live.images import tables_of
from monitoring.operations.live.placed import as_of_before, placed


def line_changes(indicator: Indicator) -> str:
    """The SELECT of the indicator's unit rows as now less before, where that is not zero."""
    dimensions = ", ".join(("unit_id", *indicator.dimensions))
    columns = [(flag, side) for flag in flags(indicator) for side in ("numerator", "denominator")]
    read = ", ".join((dimensions, "numerator", "denominator", *flags(indicator)))
    now, before = _lines(indicator, "new"), as_of_before(_lines(indicator, "old"))
    sums = ", ".join(
        f"COALESCE(sum(sign * {side}) FILTER (WHERE {flag}), 0) AS {flag}_{side}"
        for flag, side in columns
    )
    some = " OR ".join(f"{flag}_{side} <> 0" for flag, side in columns)
    return (
        "SELECT *, TRUE AS assessed FROM ("
        f" SELECT {dimensions}, {sums} FROM ("
        f"  SELECT 1 AS sign, {read} FROM (\n{now}\n) lines"
        f"  UNION ALL SELECT -1, {read} FROM (\n{before}\n) lines"
        f" ) both_sides GROUP BY {dimensions}) summed WHERE {some}"
    )


def _lines(indicator: Indicator, side: str) -> str:
    """The indicator's lines over one image; its supply lines are the table of them made once."""
    text = text_of(indicator.code).replace("{supply_line}", f"SELECT * FROM live_{side}_supply")
    return placed(fill(text), tables_of(side))
