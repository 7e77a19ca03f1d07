"""Add the differences to the live figures: every subject's rows, by the month's own roll-up."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.declaration import Indicator
from monitoring.indicators.rollup import COLUMNS, write_differences
from monitoring.operations.live.values_table import LIVE

CHANGES = "live_change"
KEY = (
    "subject_type", "subject_code", "indicator", '"window"', "batch_code", "group_code",
    "product_code", "category", "province_id",
)  # fmt: skip


def start_changes(cursor: CursorWrapper) -> None:
    cursor.execute(f"CREATE TEMP TABLE {CHANGES} (LIKE {LIVE}) ON COMMIT DROP")
    cursor.execute(f"ALTER TABLE {CHANGES} ALTER id DROP NOT NULL")


def changes_of(indicator: Indicator, units: str) -> str:
    """The statement that derives all subjects' differences from the units', which `units` selects."""
    return write_differences(indicator, units, CHANGES)


def merge_changes(cursor: CursorWrapper) -> int:
    """Add them up: rows come, change, and go with both sides 0; returns how many."""
    # How many there are is all that the planner has to know.
    cursor.execute(f"ANALYZE {CHANGES} (month)")
    same = " AND ".join(f"v.{name} = c.{name}" for name in KEY)
    names = [name.strip() for name in COLUMNS.split(",")]
    cursor.execute(
        f"""
        MERGE INTO {LIVE} v USING {CHANGES} c
        ON {same} AND v.year_no IS NOT DISTINCT FROM c.year_no
        WHEN MATCHED AND v.numerator + c.numerator = 0
                     AND v.denominator + c.denominator = 0 THEN DELETE
        WHEN MATCHED THEN UPDATE SET numerator = v.numerator + c.numerator,
                                     denominator = v.denominator + c.denominator,
                                     assessed = c.assessed
        WHEN NOT MATCHED AND (c.numerator <> 0 OR c.denominator <> 0) THEN
            INSERT ({COLUMNS}) VALUES ({", ".join(f"c.{name}" for name in names)})"""
    )
    return int(cursor.rowcount)
