"""A target that is missed, or could not be measured, is said to be missed."""

import pytest

from benchmarks.province import Size
from benchmarks.results import Result, table
from benchmarks.timing import Series, interleaved


def result(ratio: float | None, target: float | None) -> Result:
    return Result("T1", "甲比乙", "1.00s", "2.00s", ratio, target, "说明")


@pytest.mark.parametrize(
    ("ratio", "target", "missed", "verdict"),
    [
        (1.2, 1.2, False, "达标"),
        (1.21, 1.2, True, "未达标"),
        (None, 1.2, True, "未达标"),
        (9.0, None, False, "—"),
    ],
)
def test_verdict(ratio: float | None, target: float | None, missed: bool, verdict: str) -> None:
    assert result(ratio, target).missed is missed
    assert result(ratio, target).verdict == verdict


def test_table_shows_every_result_with_its_note() -> None:
    shown = table([result(1.5, 1.2), result(0.004, 0.01)])
    assert shown.count("说明") == 2
    assert "1.50" in shown
    assert "0.0040" in shown
    assert "≤ 0.01" in shown


def test_turns_are_taken_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []

    def work(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    series = interleaved({"a": lambda: work("a"), "b": lambda: work("b")}, 2)
    assert calls == ["a", "b", "a", "b", "b", "a"]
    assert series["a"].seconds == [3.0, 6.0]
    assert series["b"].median == 4.5


def test_range_of_one_series() -> None:
    assert Series([2.0, 1.0, 3.0]).range_text == "1.00–3.00"


def test_ten_million_lines_are_the_province_of_the_targets() -> None:
    size = Size.of(10_000_000)
    assert (size.institutions, size.groups, size.products) == (2500, 350, 3700)
    assert (size.manufacturers, size.distributors) == (600, 300)
