"""Bars and sparklines are right where the figures are odd."""

from decimal import Decimal
from typing import Any

import pytest

from core.templatetags.drawings import bar, share, spark_points, sparkline


@pytest.mark.parametrize(
    ("value", "largest", "expected"),
    [
        (Decimal("0.5"), 1, 50.0),
        (5, 4, 100.0),
        (-1, 4, 0.0),
        (None, 4, 0.0),
        (3, 0, 0.0),
        (3, None, 0.0),
    ],
)
def test_share_stays_between_0_and_100(value: Any, largest: Any, expected: float) -> None:
    assert share(value, largest) == expected


def test_bar_draws_its_threshold_only_when_there_is_one() -> None:
    assert "zc-bar-mark" in bar(Decimal("0.5"), 1, Decimal("0.7"))
    assert "zc-bar-mark" not in bar(Decimal("0.5"), 1)


def test_sparkline_of_fewer_than_two_values_is_nothing() -> None:
    assert sparkline([]) == ""
    assert sparkline(None) == ""
    assert sparkline([None, 3, None]) == ""


def test_sparkline_leaves_room_for_months_without_a_value() -> None:
    assert spark_points([1, None, 3]) == [(3.0, 25.0), (93.0, 3.0)]


def test_sparkline_of_equal_values_lies_in_the_middle() -> None:
    assert [y for _, y in spark_points([2, 2])] == [14.0, 14.0]
