"""Folded figures are rebuilt figures, whatever was written and however much time passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection, transaction

from monitoring.indicators.cut import MonthCut
from monitoring.models import LiveMonth, LiveValue
from monitoring.operations.live.keep_current import keep_current
from monitoring.operations.live.rebuild import rebuild
from procurement.models import LineDelta
from tests.monitoring.indicators.provinces import (
    TESTER,
    Figure,
    Key,
    compute,
    differences,
    figures_of,
    load_folder,
)
from tests.monitoring.live.mixes import Writer, count_notes
from tests.oracle.random_province.generate import generate


def live_figures() -> dict[Key, Figure]:
    found: dict[Key, Figure] = {}
    for row in LiveValue.objects.all():
        key = (
            row.indicator, row.window, row.subject_type, row.subject_code, row.batch_code,
            "" if row.year_no is None else str(row.year_no),
            row.group_code, row.product_code, row.category,
        )  # fmt: skip
        assert key not in found, key
        found[key] = (row.numerator, row.denominator, row.assessed)
    return found


def rebuilt(cut: MonthCut) -> dict[Key, Figure]:
    with transaction.atomic(), connection.cursor() as cursor:
        rebuild(cursor, cut, at=cut.cut)
    return live_figures()


@pytest.fixture
def month(request: pytest.FixtureRequest, tmp_path: Path) -> MonthCut:
    seed: int = request.param
    months = generate(seed, tmp_path / "province", 200)
    load_folder(tmp_path / "province")
    return MonthCut(date.fromisoformat(f"{months[0]}-01"))


@pytest.mark.django_db
@pytest.mark.parametrize("month", [1, 2], indirect=True)
def test_fold_equals_rebuild_after_any_mix(month: MonthCut) -> None:
    random = Random(str(month.first))
    writer = Writer(random.randint(1, 10**6))
    at: datetime = month.start + timedelta(days=random.randint(3, 12), hours=8)
    assert keep_current(by=TESTER, at=at).did == "rebuilt"
    keys = 0
    for hours in (1, 2, 3, 4, 9, 1, 2):
        at += timedelta(hours=hours)
        writer.write(at - timedelta(seconds=1), 15)
        kept = keep_current(by=TESTER, at=at)
        keys += kept.folded.keys if kept.folded else 0
        assert count_notes() == 0
        # The turn of the day compares, too.
        assert LiveMonth.objects.get().difference == 0
    state = LiveMonth.objects.get()
    assert (state.cut, state.compared_at is not None) == (at, True)
    assert keys
    assert differences(live_figures(), rebuilt(MonthCut(month.first, at))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("month", [4], indirect=True)
def test_at_the_months_end_live_figures_are_the_months(month: MonthCut) -> None:
    live = rebuilt(MonthCut(month.first, month.cut))
    compute(month.first)
    assert live
    assert differences(live, figures_of(month.first)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("month", [4], indirect=True)
def test_without_its_notes_a_fold_would_be_wrong(month: MonthCut) -> None:
    """The control: the comparison finds what the triggers' notes are there for."""
    at = month.start + timedelta(days=9, hours=8)
    keep_current(by=TESTER, at=at)
    at += timedelta(hours=1)
    for _ in range(5):
        Writer(1).receive(at)
    LineDelta.objects.all().delete()
    assert keep_current(by=TESTER, at=at).did == "folded"
    assert differences(live_figures(), rebuilt(MonthCut(month.first, at))) != []
