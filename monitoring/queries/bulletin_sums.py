"""The sums of a bulletin's frozen inputs: every figure of its text and tables is one of these."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from monitoring.models import Bulletin

ZERO = Decimal(0)


@dataclass(frozen=True)
class Ratio:
    """Numerator over denominator, exact; `value` is None where there is nothing to divide by."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def value(self) -> Decimal | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def words(self) -> str:
        return percent_words(self.value)


def percent_words(value: Decimal | None) -> str:
    """“98.23%”, rounded half up once; “—” for nothing."""
    return "—" if value is None else f"{_places(value * 100)}%"


def change_words(now: Ratio, then: Ratio) -> str:
    """“上升1.20个百分点”, of the figures as they are printed."""
    if now.value is None or then.value is None:
        return "无可比数据"
    points = _places(now.value * 100) - _places(then.value * 100)
    if points == 0:
        return "持平"
    return f"{'上升' if points > 0 else '下降'}{abs(points)}个百分点"


def points_words(now: Ratio, then: Ratio) -> str:
    """“-1.20”, for a column that says percentage points."""
    if now.value is None or then.value is None:
        return "—"
    points = _places(now.value * 100) - _places(then.value * 100)
    return f"{points:+f}" if points else "0.00"


def _places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, order=True)
class Subject:
    kind: str
    code: str
    name: str


Key = tuple[str, bool, str, str, str]
"""indicator, of this period, subject kind, subject code, batch code ('' = all batches)."""

SUMS = """
SELECT indicator, month >= %s, subject_type, subject_code, max(subject_name), batch_code,
       sum(numerator), sum(denominator)
FROM monitoring_bulletininput
WHERE bulletin_id = %s AND category IN ('', 'all')
GROUP BY indicator, month >= %s, subject_type, subject_code, batch_code
ORDER BY subject_type, subject_code, batch_code
"""


class Sums:
    """All sums of one bulletin, read in one query."""

    def __init__(self, bulletin: Bulletin) -> None:
        self._found: dict[Key, Ratio] = defaultdict(Ratio)
        self._subjects: dict[tuple[str, str], str] = {}
        self._batches: set[str] = set()
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [bulletin.period_from, bulletin.pk, bulletin.period_from])
            for indicator, now, kind, code, name, batch, numerator, denominator in cursor:
                ratio = Ratio(numerator, denominator)
                self._subjects[kind, code] = name
                self._found[indicator, now, kind, code, ""] += ratio
                if batch:
                    self._found[indicator, now, kind, code, batch] += ratio
                    if now and indicator == "completion_rate":
                        self._batches.add(batch)

    def ratio(
        self, indicator: str, kind: str, code: str, *, batch: str = "", before: bool = False
    ) -> Ratio:
        return self._found.get((indicator, not before, kind, code, batch), Ratio())

    def subjects(self, kind: str) -> list[Subject]:
        """In the order of their codes."""
        return sorted(
            Subject(k, code, name) for (k, code), name in self._subjects.items() if k == kind
        )

    @property
    def batches(self) -> list[str]:
        return sorted(self._batches)
