"""T9: exports beside the plainest way to write the same rows."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import connection, connections

from benchmarks.results import Result
from benchmarks.timing import Series, clocked, interleaved
from core.lists.workbook import write_workbook
from monitoring.queries.indicator_export import write_indicators
from procurement.models import OrderLine

ROWS = 100_000
FEW = 20_000
FLAT = 1.15
MEGABYTE = 1024 * 1024
CHUNK = 2000
FIELDS = ("id", "line_no", "ordered_at", "product_id", "batch_id", "packs", "unit_price",
          "response", "responded_at", "institution_id")  # fmt: skip
SORTED = "ORDER BY " + ", ".join(
    f'{column} COLLATE "C"'
    for column in ("indicator", '"window"', "subject_type", "subject_code", "batch_code",
                   "COALESCE(year_no::text, '')", "group_code", "product_code", "category")
)  # fmt: skip
HEADINGS = [(name, 14) for name in FIELDS]


def measure(month: date, repeats: int) -> list[Result]:
    """The month's figures as CSV, and order lines as a workbook, in turns with their baselines."""
    figures = _make_figures(month)
    csv = interleaved(
        {
            "ours": lambda: clocked(lambda: write_indicators(month, io.BytesIO())),
            "copy": lambda: clocked(lambda: _copy(month, SORTED)),
            "unsorted": lambda: clocked(lambda: _copy(month)),
        },
        repeats,
    )
    book = interleaved(
        {"ours": lambda: clocked(lambda: ours(ROWS)), "bare": lambda: clocked(lambda: _bare(ROWS))},
        min(repeats, 2),
    )
    few, many = _peak(FEW), _peak(ROWS)
    return [
        Result(
            "T9", f"导出 CSV {figures:,} 行", _shown(csv["ours"]), _shown(csv["copy"]),
            csv["ours"].median / csv["copy"].median, 2.0,
            "平台：当月指标的导出文件，排序、求比值；对照：同样各行按同样顺序的 COPY TO；"
            f"不排序的 COPY TO {_shown(csv['unsorted'])}",
        ),
        Result(
            "T9", f"导出 Excel {ROWS:,} 行", _shown(book["ours"]), _shown(book["bare"]),
            book["ours"].median / book["bare"].median, 1.3,
            "平台：列表导出所用的 write_workbook，逐批读取；对照：xlsxwriter constant_memory 的裸循环，"
            "同样的行与列",
        ),
        Result(
            "T9", f"导出 Excel 内存：{ROWS:,} 行比 {FEW:,} 行", f"{many / MEGABYTE:.0f}MB",
            f"{few / MEGABYTE:.0f}MB", many / few, FLAT,
            "单独进程（含 Django）的最大常驻内存；写入磁盘上的临时文件，与导出任务相同",
        ),
    ]  # fmt: skip


def _make_figures(month: date) -> int:
    """Compute the month where that was not done yet; returns how many rows it has."""
    from django.utils import timezone

    from benchmarks.month_job import ACTOR, rows_of
    from monitoring.operations.compute_month import compute_month

    if rows_of(month) == 0:
        compute_month(month, by=ACTOR, at=timezone.now())
    return rows_of(month)


def _copy(month: date, order: str = "") -> None:
    with connection.cursor() as cursor:
        columns = ('month, indicator, "window", subject_type, subject_code, batch_code, year_no,'
                   " group_code, product_code, category, numerator, denominator, assessed")  # fmt: skip
        statement = cursor.mogrify(
            f"COPY (SELECT {columns} FROM rollup.indicator_value WHERE month = %s {order})"
            " TO STDOUT WITH (FORMAT csv, HEADER true)",
            [month],
        )
        cursor.cursor.copy_expert(statement.decode(), io.BytesIO())


def ours(rows: int, target: Any = None) -> None:
    """The platform's writer over a queryset read in chunks."""
    found = OrderLine.objects.order_by("ordered_at", "id").values_list(*FIELDS)[:rows]
    write_workbook(
        io.BytesIO() if target is None else target,
        columns=HEADINGS,
        rows=found.iterator(chunk_size=CHUNK),
    )


def _bare(rows: int) -> None:
    """xlsxwriter and a cursor, nothing else."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(FIELDS)} FROM procurement_orderline"
            f" ORDER BY ordered_at, id LIMIT {rows:d}"
        )
        for row_no, row in enumerate(cursor.fetchall()):
            for column, value in enumerate(row):
                if hasattr(value, "isoformat"):
                    sheet.write_string(row_no, column, value.isoformat(" "))
                elif value is not None:
                    sheet.write(row_no, column, value)
    book.close()


def _peak(rows: int) -> int:
    """Peak memory in bytes of a process that writes so many rows and does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.export_once", str(rows)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"导出没有完成：\n{done.stderr[-2000:]}")
    return int(json.loads(done.stdout.splitlines()[-1])["peak_bytes"])


def _shown(series: Series) -> str:
    return f"{series.median:.2f}s ({series.range_text})"
