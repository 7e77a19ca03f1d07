"""Load a dataset folder and compute its months, for comparing with what is expected."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from core.audit.record import SystemActor
from interchange.operations.load_dataset import load
from monitoring.models import IndicatorValue
from monitoring.operations.compute_month import MonthCounts, compute_month

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TESTER = SystemActor(audit_name="测试")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
Key = tuple[str, ...]
Figure = tuple[Decimal, Decimal, bool]


def load_folder(folder: Path) -> None:
    report = load(folder, by=TESTER, at=NOW)
    assert not report.problems, report.problems[:5]


def compute(month: date, at: datetime = NOW) -> MonthCounts:
    return compute_month(month, by=TESTER, at=at)


def figures_of(month: date) -> dict[Key, Figure]:
    """What is stored for the month, by its exported key; fails where a key is there twice."""
    found: dict[Key, Figure] = {}
    for row in IndicatorValue.objects.filter(month=month):
        key = (
            row.indicator, row.window, row.subject_type, row.subject_code, row.batch_code,
            "" if row.year_no is None else str(row.year_no),
            row.group_code, row.product_code, row.category,
        )  # fmt: skip
        assert key not in found, key
        found[key] = (row.numerator, row.denominator, row.assessed)
    return found


def differences(found: dict[Key, Figure], expected: dict[Key, Figure]) -> list[str]:
    """The first rows that are missing, too many or different, in words."""
    said = []
    for key in sorted(found.keys() | expected.keys()):
        if found.get(key) != expected.get(key):
            said.append(f"{key}: {found.get(key)} instead of {expected.get(key)}")
    return said[:20]
