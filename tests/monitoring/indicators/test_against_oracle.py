"""Random provinces: the platform's figures are those of the plain-Python twin, row by row."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.monitoring.indicators.provinces import (
    Figure,
    Key,
    compute,
    differences,
    figures_of,
    load_folder,
)
from tests.oracle.dataset import read_dataset
from tests.oracle.export import write_indicators
from tests.oracle.indicators import indicators
from tests.oracle.periods import Month
from tests.oracle.random_province.generate import generate
from tests.oracle.world import World

SEEDS = range(1, 7)
SIZE = 200


def expected_figures(folder: Path, month: str, out: Path) -> dict[Key, Figure]:
    """The twin's figures, read back from its export."""
    world = World(read_dataset(folder), Month.parse(month))
    write_indicators(out, world, indicators(world))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {tuple(row[1:10]): (Decimal(row[10]), Decimal(row[11]), row[13] == "1") for row in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_random_province_equals_the_twin(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "province"
    months = generate(seed, folder, SIZE)
    load_folder(folder)
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        compute(first)
        expected = expected_figures(folder, month, tmp_path / f"{month}.csv")
        assert expected
        assert differences(figures_of(first), expected) == []
