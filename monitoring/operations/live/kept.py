"""The tables in schema rollup that folds work from: made by each rebuild, swapped in as a whole."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.base import BASE, base_select
from monitoring.indicators.render import fill, render
from monitoring.operations.live.plans import ALL_KEYED, PIECES, Keyed

SCHEMA = "rollup"
VALUES = "live_value"
PIECE_CODES = ", ".join(f"'{code}'" for code in PIECES)
NUMBER = "numeric"

BASE_COLUMNS = {
    "batch_id": "bigint",
    "year_no": "smallint",
    "group_id": "bigint",
    "product_id": "bigint",
    "manufacturer_id": "bigint",
    "distributor_id": "bigint",
    "in_month_numerator": NUMBER,
    "in_month_denominator": NUMBER,
    "in_ytd_numerator": NUMBER,
    "in_ytd_denominator": NUMBER,
    "assessed": "boolean",
}
"""Of a kept unit row, after indicator, unit_id and bucket; what it has not is NULL."""

# Stages that hold until the day ends or the catalogue changes: copied as they were built.
FRAME = {
    "place": ("region_id",),
    "unit": ("institution_id",),
    "home": ("unit_id",),
    "province_value": ("province_id",),
    "standing": ("zone_id, product_id",),
    "role_span": ("zone_id, product_id, batch_id",),
    "lower_batch": ("zone_id, product_id, batch_id",),
    "exemption": ("batch_id, product_id",),
    "relief": ("batch_id, product_id",),
    "bucket": ("batch_id",),
    "deadline": ("province_id, kind, day",),
    "agreement": ("unit_id",),
    "report": ("unit_id",),
}
GROUP_BUCKET = "group_id"
PRODUCT_BUCKET = "COALESCE(group_id, -product_id)"
SUMS = {
    "accepted": (
        "unit_id, batch_id, year_no, group_id, covered, product_id, role, left_out, in_month",
        PRODUCT_BUCKET,
    ),
    "substituted": ("unit_id, batch_id, year_no, group_id, is_current, is_history", GROUP_BUCKET),
}
"""Stages that are kept as sums: a fold adds rows to them, the next rebuild adds those up."""

USUAL = "SELECT {usual_sums} FROM ({ordered_before}) x GROUP BY x.unit_id, x.product_id"


def keep_stages(cursor: CursorWrapper, parameters: dict[str, Any]) -> None:
    """Copy the stages of this transaction into new tables beside the live ones."""
    for name, indexes in FRAME.items():
        _keep(cursor, f"ind_{name}", f"SELECT * FROM pg_temp.ind_{name}", indexes)
    for name, (keys, bucket) in SUMS.items():
        _keep(
            cursor,
            f"ind_{name}",
            f"SELECT {keys}, {bucket} AS bucket, quantity, amount FROM pg_temp.ind_{name}",
            ("unit_id, bucket",),
        )
    # Of every product, because tomorrow's first order of one has to know its year.
    _keep(cursor, "ind_usual", fill(USUAL), ("unit_id, product_id",), parameters)


def _keep(
    cursor: CursorWrapper,
    name: str,
    select: str,
    indexes: tuple[str, ...],
    parameters: dict[str, Any] | None = None,
) -> None:
    cursor.execute(f"CREATE TABLE {SCHEMA}.{name}_new AS {select}", parameters)
    for columns in indexes:
        cursor.execute(f"CREATE INDEX ON {SCHEMA}.{name}_new ({columns})")
    cursor.execute(f"ANALYZE {SCHEMA}.{name}_new")


def start_base(cursor: CursorWrapper) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in BASE_COLUMNS.items())
    cursor.execute(
        f"CREATE TABLE {SCHEMA}.live_base_new"
        f" (indicator text, unit_id bigint, bucket bigint, {columns})"
    )


def keep_base(cursor: CursorWrapper, plan: Keyed, parameters: dict[str, Any]) -> None:
    """Keep the unit rows that were just built for the indicator, or its pieces."""
    rows = keyed_rows(plan, render(plan.indicator.code)) if plan.pieces else f"SELECT * FROM {BASE}"
    cursor.execute(
        insert_base(plan, f"{SCHEMA}.live_base_new", rows), parameters if plan.pieces else None
    )


def finish_base(cursor: CursorWrapper) -> None:
    name = f"{SCHEMA}.live_base_new"
    cursor.execute(f"CREATE INDEX ON {name} (unit_id, bucket)")
    cursor.execute(
        f"CREATE INDEX ON {name} (unit_id, batch_id, year_no) WHERE indicator IN ({PIECE_CODES})"
    )
    cursor.execute(f"ANALYZE {name}")


def keyed_rows(plan: Keyed, lines: str) -> str:
    """The SELECT of an indicator's kept rows over its lines: its unit rows, or their pieces."""
    if not plan.pieces:
        return base_select(plan.indicator, lines)
    return (
        "SELECT unit_id, batch_id, year_no, product_id,"
        " sum(numerator) AS in_ytd_numerator, sum(denominator) AS in_ytd_denominator,"
        f" bool_and(assessed) AS assessed FROM (\n{lines}\n) lines"
        " WHERE in_ytd GROUP BY unit_id, batch_id, year_no, product_id"
    )


def columns_of(plan: Keyed) -> list[str]:
    """The columns of BASE_COLUMNS that the indicator's kept rows have."""
    dimensions = {*plan.indicator.dimensions, *(("product_id",) if plan.pieces else ())}
    windows = plan.indicator.windows
    return [
        name
        for name in BASE_COLUMNS
        if name in dimensions
        or name == "assessed"
        or any(name.startswith(f"in_{window}_") for window in windows)
    ]


def insert_base(plan: Keyed, target: str, rows: str) -> str:
    """INSERT of kept rows with the indicator's code and their bucket."""
    columns = columns_of(plan)
    listed = ", ".join(f"r.{name}" for name in columns)
    bucket, join = "0", ""
    if plan.bucket == "group":
        bucket = "r.group_id"
    elif plan.bucket == "product":
        bucket = "COALESCE(p.group_id, -p.id)"
        join = "JOIN catalog_product p ON p.id = r.product_id"
    return (
        f"INSERT INTO {target} (indicator, unit_id, bucket, {', '.join(columns)})"
        f" SELECT '{plan.indicator.code}', r.unit_id, {bucket}, {listed} FROM ({rows}) r {join}"
    )


def kept_tables() -> list[str]:
    """Every table that a rebuild replaces beside the values themselves."""
    assert all(plan.indicator.dimensions for plan in ALL_KEYED)
    stages = [*FRAME, *SUMS, "usual"]
    return [*(f"ind_{name}" for name in stages), "live_base", "live_wake"]
