"""The twin gives the expected exports of the sample province, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from .__main__ import main

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


@pytest.mark.parametrize("name", ["indicators.csv", "warnings.csv"])
def test_sample_export_equals_expected(name: str, exports: Path) -> None:
    found = (exports / name).read_text(encoding="utf-8").splitlines()
    expected = (SAMPLE / "expected" / name).read_text(encoding="utf-8").splitlines()
    assert len(expected) > 200
    assert found == expected


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exports")
    main(str(SAMPLE / "input"), "2026-03", str(out))
    return out
