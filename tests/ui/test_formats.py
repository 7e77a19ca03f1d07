"""Figures and times as Chinese readers see them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.templatetags import formats


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        ("", "—"),
        ("abc", "—"),
        (float("nan"), "—"),
        (0, "0"),
        (1234567, "1,234,567"),
        (Decimal("1234.5000"), "1,234.5"),
        (Decimal("0.125"), "0.13"),
        (Decimal("-1200.10"), "-1,200.1"),
        (Decimal("100"), "100"),
        (Decimal("-0.004"), "0"),
    ],
)
def test_number_groups_thousands_and_drops_empty_decimals(value: Any, expected: str) -> None:
    assert formats.number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "—"), (5, "5.00"), (Decimal("1234.5"), "1,234.50"), (Decimal("0.1234"), "0.1234"),
     (Decimal("0.1230"), "0.123"), (Decimal("0.00005"), "0.0001")],
)  # fmt: skip
def test_price_has_two_decimals_and_keeps_up_to_four(value: Any, expected: str) -> None:
    assert formats.price(value) == expected


def test_number_keeps_the_decimals_asked_for() -> None:
    assert formats.number(Decimal("12"), 2) == "12.00"
    assert formats.number(1234.5, 0) == "1,235"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        (Decimal("0.632"), "63.2%"),
        (Decimal("0.66650"), "66.7%"),
        (1, "100.0%"),
        (Decimal("12.5"), "1,250.0%"),
    ],
)
def test_percent_takes_ratios(value: Any, expected: str) -> None:
    assert formats.percent(value) == expected


def test_points_are_signed() -> None:
    assert formats.points(Decimal("0.012")) == "+1.2 个百分点"
    assert formats.points(Decimal("-0.012")) == "-1.2 个百分点"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"),
        (Decimal("9800"), "9,800.00 元"),
        (Decimal("10000"), "1.00 万元"),
        (Decimal("1234567.89"), "123.46 万元"),
        (Decimal("-123456789"), "-1.23 亿元"),
    ],
)
def test_money_is_shortened_with_its_unit(value: Any, expected: str) -> None:
    assert formats.money_short(value) == expected


def test_times_are_those_of_beijing() -> None:
    late_evening = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
    assert formats.moment(late_evening) == "2026-11-22 02:05"
    assert formats.day(late_evening) == "2026-11-22"
    assert formats.day_text(date(2026, 11, 22)) == "2026年11月22日（星期日）"
    assert formats.moment(None) == "—"


def test_month_text_from_date_and_from_code() -> None:
    assert formats.month_text("2026-03") == "2026年3月"
    assert formats.month_text(date(2026, 12, 1)) == "2026年12月"


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(days=3, minutes=1), "剩 3 天"),
        (timedelta(hours=5, minutes=1), "剩 5 小时"),
        (timedelta(minutes=20, seconds=30), "剩 20 分钟"),
        (timedelta(days=-2, minutes=-1), "超期 2 天"),
        (timedelta(hours=-1, minutes=-1), "超期 1 小时"),
    ],
)
def test_due_says_what_is_left_or_overdue(offset: timedelta, expected: str) -> None:
    due_at = timezone.now() + offset
    assert formats.due(due_at) == expected
    assert formats.is_late(due_at) is expected.startswith("超期")


def test_file_size_in_usual_units() -> None:
    assert formats.file_size(10) == "1 KB"
    assert formats.file_size(34_567) == "34 KB"
    assert formats.file_size(5 * 1024 * 1024) == "5.0 MB"
