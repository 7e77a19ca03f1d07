"""RETENTION: 结余留用 of one batch's year, 2,500 institutions × 350 groups, from raw stages to rows.

Whatever the number of order lines asked for: this province is always drawn whole, with one receipt
of each group for each institution. Every stored amount is compared with the definition in SQL.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime

from django.db import connection, connections, transaction

from benchmarks import databases
from benchmarks.province import LAST_YEAR, SQL
from benchmarks.reporting import SIZE
from benchmarks.results import Result
from benchmarks.setup import Bench
from benchmarks.timing import clocked
from catalog.models import AgreementYear
from core.audit.record import SystemActor
from settlement.operations.retention_compute import RetentionCounts, compute_retention

ACTOR = SystemActor(audit_name="性能对照")
AT = datetime(LAST_YEAR + 1, 1, 5, 2, tzinfo=UTC)
SECONDS = 300.0
"""For 875,000 rows; the job shows its progress all the while."""
# Row by row these keep history and look whether figures may change: nothing of it is measured.
UNWATCHED = ("pgtrigger_insert_insert_3528b", "report_figures_stand_insert")
# Quotients are carried: a half that thirds make is found by rounding at the twentieth place first.
OTHERWISE = """
SELECT count(*) FILTER (WHERE retained > 0), count(*) FILTER (WHERE retained <> wanted)
FROM (
    SELECT retained, CASE WHEN failed_because <> '' THEN 0 ELSE round(round(
        (least(reported_qty, actual_qty) * baseline_price * fund_share_before * insured_share
         - (agreed_worth + other_amount) * fund_share * insured_share) * r.ratio_max
        * greatest(0, reported_qty - greatest(0, abs(actual_qty - reported_qty)
                                              - r.tolerance * reported_qty))
        / reported_qty, 20), 2) END AS wanted
    FROM settlement_retentionrow w JOIN settlement_retentionrun r ON r.id = w.run_id
) x
"""


class Stages:
    """When the rows begin, behind what is collected."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.collected = 0.0

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        if done and not self.collected:
            self.collected = time.perf_counter() - self.started

    def log(self, text: str) -> None:
        pass


def measure(bench: Bench, seed: float) -> list[Result]:
    """In a database of its own, which is dropped at the end."""
    database = bench.new("retention")
    databases.point_at(database)
    try:
        filling = clocked(lambda: _fill(seed))
        first, stages, made = _computed()
        again, _, same = _computed()
        kept, different = _compared()
        right = made == same and kept > 0 and not different
        what = f"测算 {made.units:,} 家、{made.rows:,} 行"
        note = (
            f"造数 {filling:.0f}s；归集到第一批写入 {stages.collected:.0f}s；有留用 {kept:,} 行，"
            + ("与定义逐行相同" if right else f"与定义不同 {different:,} 行或两次不同")
        )
        return [
            Result("RETENTION", what, f"{first:.0f}s", f"{SECONDS:.0f}s",
                   first / SECONDS if right else None, 1.0, note),
            Result("RETENTION", "重新测算（先删去前次的行）", f"{again:.0f}s", f"{SECONDS:.0f}s",
                   again / SECONDS, 1.0),
        ]  # fmt: skip
    finally:
        bench.drop(database)
        databases.point_at(bench.template)


def _fill(seed: float) -> None:
    values = {**asdict(SIZE), "last_year": LAST_YEAR}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        for name in ("1_parties", "2_catalogue"):
            cursor.execute((SQL / f"{name}.sql").read_text(), values)
        for name in UNWATCHED:
            cursor.execute(f"ALTER TABLE volumes_volumereportline DISABLE TRIGGER {name}")
        cursor.execute((SQL.parent / "retention.sql").read_text(), values)
        for name in UNWATCHED:
            cursor.execute(f"ALTER TABLE volumes_volumereportline ENABLE TRIGGER {name}")
        cursor.execute("VACUUM (ANALYZE)")


def _computed() -> tuple[float, Stages, RetentionCounts]:
    """Seconds of the operation as the job calls it, what it told, and what it made."""
    year = AgreementYear.objects.select_related("batch__policy").get(batch__code="PC-11", year_no=1)
    stages, made = Stages(), list[RetentionCounts]()

    def compute() -> None:
        with transaction.atomic():
            made.append(compute_retention(year=year, by=ACTOR, at=AT, listener=stages))

    return clocked(compute), stages, made[0]


def _compared() -> tuple[int, int]:
    """Rows with money, and rows whose amount is not what the definition gives."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERWISE)
        kept, different = cursor.fetchone()
    return int(kept), int(different)
