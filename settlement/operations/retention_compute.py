"""Compute 结余留用 of a batch's year: one run per pool, one sheet per unit, one row per group.

Set-based: one pass collects the inputs, the formula runs over them in chunks, COPY writes the rows.
Run again it gives the same; runs that were published stay as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper

from catalog.models import AgreementYear
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.queries.assessment import YearTerms, year_terms
from organisations.models import Pool, Region
from settlement.formulas.retention import Figures, Terms, retention
from settlement.models import RetentionRun
from settlement.queries.pools import province_of
from settlement.queries.retention_figures import Collected, collect, collected, formula_terms
from settlement.states.retention import CLAUSE, OPEN_RUNS, RUN_MACHINE

COLUMNS = (
    "run_id", "sheet_id", "institution_id", "county_id", "city_id", "province_id", "pool_id",
    "group_id", "reported_qty", "actual_qty", "basis_qty", "baseline_price", "fund_share_before",
    "fund_share", "insured_share", "agreed_worth", "other_amount", "budget", "spend", "base",
    "agreed_qty", "completed_qty", "products", "exempt", "incomplete", "share_numerator",
    "share_denominator", "assessed_because", "passed", "failed_because", "ratio", "retained",
)  # fmt: skip
KEPT_CLAUSES = (
    "retention_basis", "retention_ratio_max", "retention_accuracy_tolerance",
    "non_selected_share_max",
)  # fmt: skip

SHEETS = """
INSERT INTO settlement_retentionsheet
    (sheet_no, run_id, institution_id, county_id, city_id, province_id, pool_id, rows_count,
     passed_count, missing_count, base, retained, overlap, overlap_note, self_check_note,
     appeal_text, decision_note, entry_key, state, state_at, state_by_id, state_by_name, row_version)
SELECT r.run_no || '-' || o.code, r.id, c.unit_id, c.county_id, c.city_id, c.province_id, c.pool_id,
       count(*), 0, 0, 0, 0, FALSE, '', '', '', '', '', 'draft', %(at)s, %(by)s, %(name)s, 1
FROM retention_collected c
JOIN settlement_retentionrun r
  ON r.pool_id = c.pool_id AND r.batch_id = %(batch)s AND r.year_no = %(year_no)s
JOIN organisations_organisation o ON o.id = c.unit_id
WHERE r.id = ANY (%(runs)s)
GROUP BY r.run_no, r.id, o.code, c.unit_id, c.county_id, c.city_id, c.province_id, c.pool_id
"""
TOTALS = """
UPDATE settlement_retentionsheet s
SET rows_count = t.rows_count, passed_count = t.passed_count, missing_count = t.missing_count,
    base = t.base, retained = t.retained
FROM (
    SELECT sheet_id, count(*) AS rows_count, count(*) FILTER (WHERE passed) AS passed_count,
           count(*) FILTER (WHERE failed_because = 'missing_input') AS missing_count,
           COALESCE(sum(base) FILTER (WHERE failed_because = ''), 0) AS base,
           COALESCE(sum(retained), 0) AS retained
    FROM settlement_retentionrow WHERE sheet_id = ANY (%(sheets)s) GROUP BY sheet_id
) t
WHERE t.sheet_id = s.id
"""


class Listener(Protocol):
    """Whoever wants to know how far it is."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None: ...
    def log(self, text: str) -> None: ...


class Silent:
    """Nobody listens."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        pass

    def log(self, text: str) -> None:
        pass


@dataclass(frozen=True)
class RetentionCounts:
    """pools, units and rows computed; retained: Σ in yuan; kept_pools: published before, left."""

    pools: int
    units: int
    rows: int
    retained: Decimal
    kept_pools: tuple[str, ...]


@operation
def compute_retention(
    *,
    year: AgreementYear,
    by: Actor,
    at: datetime,
    pools: Sequence[int] | None = None,
    listener: Listener | None = None,
) -> RetentionCounts:
    """All pools with rows, or those named; each run is a draft again afterwards.

    Raises TransitionRefused before the year has ended, where nothing is to be computed, and where
    every pool was published already.
    """
    listener = listener or Silent()
    if shanghai_day(at) <= year.ends_on:
        raise TransitionRefused(
            f"{year.batch.name} 第 {year.year_no} 年到 {year.ends_on:%Y-%m-%d} 才结束，结束后才能测算结余留用",
            CLAUSE,
        )  # fmt: skip
    terms = year_terms(year)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))",
            [f"retention {year.batch_id} {year.year_no}"],
        )
        listener.progress(0, None, "归集报量、协议、采购和考核")
        total = collect(cursor, terms)
        runs, kept = _open_runs(cursor, year, terms, pools, by=by, at=at)
        if not runs:
            raise TransitionRefused(_nothing(year, total, kept), CLAUSE)
        sheets = _new_sheets(cursor, year, runs, by=by, at=at)
        written = write_rows(
            cursor, runs, sheets, formula_terms(terms), total=total, listener=listener
        )
        cursor.execute(TOTALS, {"sheets": list(sheets.values())})
        cursor.execute(
            "SELECT COALESCE(sum(retained), 0) FROM settlement_retentionsheet WHERE run_id = ANY (%s)",
            [list(runs.values())],
        )
        retained: Decimal = cursor.fetchone()[0]
    record(
        by=by, at=at, action="retention_run.compute", object_type="retention_year",
        object_key=f"{year.batch.code}/{year.year_no}", object_label=str(year), clause=CLAUSE,
        detail={"pools": len(runs), "rows": written, "retained": f"{retained}"},
    )  # fmt: skip
    return RetentionCounts(len(runs), len(sheets), written, retained, tuple(kept))


def _nothing(year: AgreementYear, rows: int, kept: Sequence[str]) -> str:
    if kept:
        return f"{'、'.join(kept)}的结果已经发布，不能重新测算；有异议请走申诉"
    if rows:
        return "指定的统筹区没有需要测算的医疗机构"
    return f"{year.batch.name} 第 {year.year_no} 年没有审核通过的报量、生效的协议或采购，没有可测算的数据"


def _open_runs(
    cursor: CursorWrapper,
    year: AgreementYear,
    terms: YearTerms,
    pools: Sequence[int] | None,
    *,
    by: Actor,
    at: datetime,
) -> tuple[dict[int, int], list[str]]:
    """Run ids by pool of what may be computed, as drafts without rows; names of pools left alone."""
    cursor.execute("SELECT DISTINCT pool_id FROM retention_collected WHERE pool_id IS NOT NULL")
    wanted = {pool for (pool,) in cursor.fetchall()}
    before = RetentionRun.objects.filter(batch=year.batch, year_no=year.year_no)
    wanted |= set(before.values_list("pool_id", flat=True))
    if pools is not None:
        wanted &= set(pools)
    found: dict[int, int] = {}
    kept = []
    values = formula_terms(terms)
    for pool in Pool.objects.filter(pk__in=wanted).select_related("region").order_by("code"):
        region: Region = pool.region
        fields: dict[str, Any] = {
            "region": region, "province": province_of(region), "basis": values.basis,
            "ratio_max": values.ratio_max, "tolerance": values.tolerance,
            "share_max": terms.share_max, "computed_at": at, "computed_by_name": by.audit_name,
            "clauses": {key: terms.values[key].clause for key in KEPT_CLAUSES},
            "state_at": at, "state_by_id": by.audit_id, "state_by_name": by.audit_name,
        }  # fmt: skip
        run, made = RetentionRun.objects.select_for_update().get_or_create(
            batch=year.batch, year_no=year.year_no, pool=pool,
            defaults=fields | {"run_no": f"JY-{year.batch.code}-{year.year_no}-{pool.code}"},
        )  # fmt: skip
        if run.state not in OPEN_RUNS:
            kept.append(pool.name)
            continue
        if not made:
            for name, value in fields.items():
                setattr(run, name, value)
            run.state = RetentionRun.State.DRAFT
            run.row_version += 1
            run.save()
        record(
            by=by, at=at, action="retention_run.compute", object_type=RUN_MACHINE.name,
            object_key=run.pk, object_label=str(run), clause=CLAUSE,
        )  # fmt: skip
        found[pool.pk] = run.pk
    return found, kept


def _new_sheets(
    cursor: CursorWrapper, year: AgreementYear, runs: dict[int, int], *, by: Actor, at: datetime
) -> dict[int, int]:
    """Sheet ids by unit, anew; what was noted of an overlap stays with its unit."""
    ids = list(runs.values())
    cursor.execute(
        "CREATE TEMP TABLE kept_overlap ON COMMIT DROP AS SELECT run_id, institution_id, overlap_note"
        " FROM settlement_retentionsheet WHERE run_id = ANY (%s) AND overlap", [ids],
    )  # fmt: skip
    cursor.execute("DELETE FROM settlement_retentionrow WHERE run_id = ANY (%s)", [ids])
    cursor.execute("DELETE FROM settlement_retentionsheet WHERE run_id = ANY (%s)", [ids])
    cursor.execute(
        SHEETS,
        {"batch": year.batch_id, "year_no": year.year_no, "runs": ids, "at": at,
         "by": by.audit_id, "name": by.audit_name},
    )  # fmt: skip
    cursor.execute(
        "UPDATE settlement_retentionsheet s SET overlap = TRUE, overlap_note = k.overlap_note"
        " FROM kept_overlap k WHERE k.run_id = s.run_id AND k.institution_id = s.institution_id"
    )
    cursor.execute("DROP TABLE kept_overlap")
    cursor.execute(
        "SELECT institution_id, id FROM settlement_retentionsheet WHERE run_id = ANY (%s)", [ids]
    )
    return dict(cursor.fetchall())


def write_rows(
    cursor: CursorWrapper,
    runs: dict[int, int],
    sheets: dict[int, int],
    terms: Terms,
    *,
    total: int | None = None,
    listener: Listener | None = None,
) -> int:
    """Copy the rows of what was collected of these pools and units; run ids by pool, sheets by unit."""
    listener = listener or Silent()
    done = 0
    for rows in collected(list(runs)):
        text = io.StringIO()
        out = csv.writer(text)
        for row in rows:
            found = retention(row.inputs(), terms)
            run = runs[row.pool_id or 0]
            out.writerow(cells_of(row, found, run=run, sheet=sheets[row.unit_id]))
        text.seek(0)
        cursor.copy_expert(
            f"COPY settlement_retentionrow ({', '.join(COLUMNS)}) FROM STDIN"
            " WITH (FORMAT csv, FORCE_NOT_NULL (assessed_because, failed_because))",
            text,
        )
        done += len(rows)
        listener.progress(done, total, "逐品种测算")
    return done


def cells_of(row: Collected, found: Figures, *, run: int, sheet: int) -> list[Any]:
    """The columns of one stored row, in the order of COLUMNS; None is an empty cell."""
    incomplete = "{" + ",".join(row.incomplete) + "}"
    return [
        run, sheet, row.unit_id, row.county_id, row.city_id, row.province_id, row.pool_id,
        row.group_id, row.reported, found.used, found.basis_qty, row.baseline_price,
        row.fund_share_before, row.fund_share, row.insured_share, row.worth, row.other,
        found.budget, found.spend, found.base, row.agreed, row.completed, row.products, row.exempt,
        incomplete, row.share_numerator, row.share_denominator, row.because,
        row.because == "", found.because,
        found.ratio, found.retained,
    ]  # fmt: skip
