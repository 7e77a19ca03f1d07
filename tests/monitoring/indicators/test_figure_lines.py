"""Opening figures: the lines sum exactly to each figure, and say why others were left out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue
from monitoring.queries.figure_lines import figure_lines
from monitoring.queries.figure_parts import lower_figures, unit_figures

EACH = 2


def test_lines_and_parts_sum_to_their_figures(sample_march: date) -> None:
    kinds = defaultdict(list)
    for row in IndicatorValue.objects.filter(month=sample_march).order_by("id"):
        kinds[row.indicator, row.window, row.subject_type].append(row)
    excluded = set()
    for rows in kinds.values():
        for row in rows[:: max(1, len(rows) // EACH)]:
            opened = figure_lines(row, limit=5)
            assert opened.sums_to(row), (str(row), opened.numerator, opened.denominator)
            assert opened.counted
            reasons = figure_lines(row, side="excluded", limit=5)
            assert bool(reasons.lines) == bool(reasons.excluded)
            excluded |= {(row.indicator, line.excluded) for line in reasons.lines}
            assert all(line.numerator == line.denominator == 0 for line in reasons.lines)
    for code in ("non_selected_share", "selected_amount_share", "response_rate"):
        words = {reason for indicator, reason in excluded if indicator == code}
        assert words
        assert words <= set(BY_CODE[code].exclusions.values())


def test_region_figures_are_the_sum_of_their_parts(sample_march: date) -> None:
    regions = IndicatorValue.objects.filter(
        month=sample_march, subject_type__in=["county", "city", "pool", "province"]
    )
    opened = 0
    for row in regions.filter(indicator__in=["non_selected_share", "completion_amount_rate"]):
        sums = unit_figures(row).aggregate(n=Sum("numerator"), d=Sum("denominator"))
        assert (sums["n"], sums["d"]) == (row.numerator, row.denominator)
        opened += 1
    assert opened > 100
    province = regions.get(indicator="response_rate", subject_type="province")
    cities = lower_figures(province).aggregate(n=Sum("numerator"), d=Sum("denominator"))
    outside = regions.filter(indicator="response_rate", subject_type="city")
    assert cities["d"] == outside.aggregate(d=Sum("denominator"))["d"] <= province.denominator


def test_pages_of_lines_follow_each_other(sample_march: date) -> None:
    row = (
        IndicatorValue.objects.filter(month=sample_march, indicator="receipt_overdue_rate")
        .filter(subject_type="institution")
        .order_by("-denominator")
        .first()
    )
    assert row is not None
    whole = figure_lines(row, limit=1000)
    assert len(whole.lines) == row.denominator
    seen, after = [], None
    while True:
        page = figure_lines(row, limit=7, after=after)
        assert page.denominator == row.denominator
        seen += page.lines
        if not page.has_more:
            break
        after = page.lines[-1].cursor
    assert seen == whole.lines
    assert sum(line.numerator for line in seen) == row.numerator


def test_a_changed_row_shows_that_the_lines_no_longer_sum(sample_march: date) -> None:
    row = IndicatorValue.objects.filter(month=sample_march, indicator="completion_rate").first()
    assert row is not None
    row.numerator += Decimal("0.00000001")
    assert not figure_lines(row).sums_to(row)
