"""The stages that all indicators are made from, in the order in which they are built.

Each stage is one SELECT. For a whole month it becomes a temporary table; when one figure is
opened it becomes a common table expression over the few rows of its scope.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """A stage; with keys it is summed for a whole month, so that ids and moments are lost there."""

    name: str
    keys: tuple[str, ...] = ()
    index: str = ""


LOST = (
    "NULL::text AS source, NULL::bigint AS source_id, NULL::bigint AS line_id,"
    " NULL::timestamptz AS ordered_at, NULL::timestamptz AS at"
)
"""What a summed row cannot say; present so that the same SELECTs read both forms."""

STAGES = (
    Stage("place"),
    Stage("unit"),
    Stage("home"),
    Stage("province_value"),
    Stage("batch_year"),
    Stage("bucket"),
    Stage("selection"),
    Stage("span"),
    Stage("span_price"),
    Stage("role"),
    Stage("member"),
    Stage("standing"),
    Stage("role_span"),
    Stage("lower_batch"),
    Stage("exemption"),
    Stage("agreement"),
    Stage("agreed"),
    Stage("relief"),
    Stage("report"),
    Stage("substitute"),
    Stage(
        "accepted",
        keys=(
            "unit_id", "batch_id", "year_no", "group_id", "covered", "product_id",
            "role", "left_out", "in_month",
        ),
    ),
    Stage(
        "substituted",
        keys=("unit_id", "batch_id", "year_no", "group_id", "is_current", "is_history"),
    ),
    Stage("traded", keys=("unit_id", "category", "in_month", "negotiated", "has_role")),
    Stage("urgent"),
    Stage("deadline"),
    Stage("usual"),
    Stage("due_receipt"),
    Stage("settled_until"),
    Stage("completion"),
)  # fmt: skip
