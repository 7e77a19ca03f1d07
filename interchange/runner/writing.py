"""From the staged rows into the tables: new ones inserted, differing ones updated."""

from __future__ import annotations

import pgtrigger
from django.db.backends.utils import CursorWrapper

from core.datasets import DatasetFile
from interchange.runner.report import FileCounts, LoadFailed
from interchange.runner.spelling import spell_names
from organisations.datasets.institutions import STAMP
from procurement.datasets.copies import (
    CHILDREN,
    NEW_BARE_PROGRESS,
    NEW_PROGRESS,
    PROGRESS,
    REFRESH_OF_LINES,
    REFRESH_OF_PRODUCTS,
)
from procurement.datasets.order_lines import NEW_LINES

MONTHS = """
SELECT DISTINCT date_trunc('month', at)::date
FROM (SELECT sent_at AS at FROM s_orders
      UNION ALL SELECT coalesce(shipped_at, delivered_at) FROM s_deliveries
      UNION ALL SELECT received_at FROM s_receipts
      UNION ALL SELECT returned_at FROM s_returns) x
WHERE at >= '2000-01-01+08' AND at < '2100-01-01+08'
ORDER BY 1
"""


def count(cursor: CursorWrapper, file: DatasetFile) -> FileCounts:
    """How many staged rows are new, changed, or there already; read before anything is written."""
    cursor.execute(
        f"SELECT (SELECT count(*) FROM n_{file.name}), (SELECT count(*) FROM u_{file.name}),"
        f" (SELECT count(*) FROM s_{file.name})"
    )
    created, updated, staged = cursor.fetchone()
    return FileCounts(file.name, created, updated, staged - created - updated)


def prepare(cursor: CursorWrapper) -> None:
    """What the writing of any file may need: month partitions, lists of moved and of new lines."""
    cursor.execute(
        "CREATE TEMP TABLE moved_lines (line_id bigint, ordered_at timestamptz) ON COMMIT DROP"
    )
    cursor.execute(NEW_LINES)
    cursor.execute(MONTHS)
    for (first_day,) in cursor.fetchall():
        cursor.execute("SELECT ensure_partitions(%s, %s)", [first_day, first_day])


def write(cursor: CursorWrapper, file: DatasetFile, counts: FileCounts) -> None:
    """Write one file. Raises LoadFailed when a statement does not do each row once."""
    if counts.created:
        made = 0
        for statement in file.inserts:
            cursor.execute(statement)
            made += cursor.rowcount
        _require(file, "新增", counts.created, made)
    if counts.updated:
        for statement in file.updates:
            cursor.execute(statement)
        _require(file, "更新", counts.updated, cursor.rowcount)
    if counts.created or counts.updated:
        for statement in file.after:
            cursor.execute(statement)
        spell_names(cursor, file.name)
    if file.name == "institutions":
        cursor.execute(STAMP)
        cursor.execute("ANALYZE stamp")


def finish(cursor: CursorWrapper) -> None:
    """Refresh what copies from changed lines and products, and how far lines have come."""
    for statement in REFRESH_OF_PRODUCTS:
        cursor.execute(statement)
    cursor.execute("SELECT EXISTS (SELECT FROM moved_lines)")
    if cursor.fetchone()[0]:
        for statement in REFRESH_OF_LINES:
            cursor.execute(statement)
    staged = " OR ".join(f"EXISTS (SELECT FROM s_{name})" for name in CHILDREN)
    cursor.execute(f"SELECT {staged}")
    cursor.execute(NEW_PROGRESS if cursor.fetchone()[0] else NEW_BARE_PROGRESS)
    # Files say where a line stands, not by which steps it came there.
    with pgtrigger.ignore("procurement.LineProgress:order_line_states"):
        cursor.execute(PROGRESS)


def _require(file: DatasetFile, verb: str, expected: int, done: int) -> None:
    if done != expected:
        raise LoadFailed(
            f"{file.file_name}：应{verb} {expected} 行，实际 {done} 行。"
            "加载期间数据可能被他人修改，什么都没有写入，请重试"
        )
