"""The figures that an action rests on, in words, as they stood when it was drafted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitoring.models import Warning
from monitoring.queries.warning_rows import WarningRow, warning_rows

SHOWN = 20


def figure_words(warnings: Iterable[Warning]) -> str:
    """One line for each warning, the first twenty, and how many more there are."""
    return lines_of(warning_rows(warnings))


def lines_of(rows: Sequence[WarningRow]) -> str:
    lines = [
        f"{row.warning.warning_no} {row.label}"
        + (f"（{row.matter}）" if row.matter else "")
        + f"：实测 {row.measured}，阈值 {row.threshold}，依据 {row.warning.clause or '—'}"
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        lines.append(f"另有 {len(rows) - SHOWN} 条，见关联预警")
    return "\n".join(lines)
