"""T11: answers to order lines touch no index (HOT), counted by PostgreSQL itself."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from django.db import connections, transaction
from django.utils import timezone

from benchmarks.results import Result
from core.audit.record import SystemActor
from interchange.operations.load_dataset import load

SHARE = 10
"""Every tenth line, or the lines of every tenth order, is answered."""
LEAST = 0.95

LINES = f"""
SELECT o.order_no, l.line_no, p.code, b.code, l.packs, l.unit_price, 'confirmed',
       to_char(l.ordered_at AT TIME ZONE 'Asia/Shanghai' + %(after)s * INTERVAL '1 second',
               'YYYY-MM-DD"T"HH24:MI:SS'), NULL, NULL
FROM procurement_orderline l
JOIN procurement_order o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_batch b ON b.id = l.batch_id
WHERE mod({{key}}, {SHARE}) = 0 AND l.cancelled_at IS NULL
"""
COUNTS = """
SELECT sum(n_tup_upd), sum(n_tup_hot_upd)
FROM pg_stat_user_tables WHERE relname LIKE 'procurement\\_orderline\\_%'
"""
HEAD = ("order_no", "line_no", "product_code", "batch_code", "packs", "unit_price", "response",
        "responded_at", "reject_reason", "cancelled_at")  # fmt: skip


def measure() -> list[Result]:
    """The dataset's own update of answers, over single lines and over whole orders."""
    results = []
    # Single lines first: whole orders afterwards meet pages that already hold old versions.
    for words, key, seconds, target in (
        ("分散的订单行", "l.id", 1, True),
        ("整张订单的各行", "l.order_id + 5", 2, False),
    ):
        updated, hot = _answer(key, seconds)
        share = hot / updated if updated else 0.0
        results.append(
            Result(
                "T11", f"答复更新为 HOT：{words}", f"{100 * share:.1f}%", f"{100 * LEAST:.0f}%",
                LEAST / share if share else None, 1.0 if target else None,
                f"{updated:,} 行由数据集更新答复；n_tup_hot_upd / n_tup_upd",
            )
        )  # fmt: skip
    return results


def _answer(key: str, seconds: int) -> tuple[int, int]:
    """(updated, of them HOT) of loading answers, `seconds` after sending, to a tenth of all."""
    before = _counted()
    with tempfile.TemporaryDirectory() as name:
        with connections["owner"].cursor() as cursor, (Path(name) / "order_lines.csv").open(
            "w", newline="", encoding="utf-8"
        ) as stream:  # fmt: skip
            cursor.execute(LINES.replace("{key}", key), {"after": seconds})
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(HEAD)
            writer.writerows(cursor.fetchall())
        with transaction.atomic():
            report = load(Path(name), by=SystemActor(audit_name="性能对照"), at=timezone.now())
    if not report.accepted:
        raise SystemExit("\n".join(str(problem) for problem in report.problems[:20]))
    after = _counted()
    return after[0] - before[0], after[1] - before[1]


def _counted() -> tuple[int, int]:
    """Rows updated and updated HOT since the statistics began, as of now."""
    # A session reports what it did when it is idle for a moment, or at its end.
    connections["default"].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(COUNTS)
        updated, hot = cursor.fetchone()
    return int(updated or 0), int(hot or 0)
