"""Provinces as nasty as the load checks allow are taken, and come back the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from interchange.operations.dump_dataset import dump
from tests.interchange.test_load_dataset import load_folder
from tests.interchange.test_round_trip import contents, undone
from tests.oracle.random_province.generate import generate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_random_province_loads_and_comes_back(tmp_path: Path, seed: int) -> None:
    generate(seed, tmp_path / "source", 120)
    with undone():
        loaded = load_folder(tmp_path / "source")
        assert [str(problem) for problem in loaded.problems] == []
        dump(tmp_path / "first")
        again = load_folder(tmp_path / "source")
        assert again.totals == f"0 created, 0 updated, {loaded.created} unchanged"
    with undone():
        assert load_folder(tmp_path / "first").created == loaded.created
        dump(tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
