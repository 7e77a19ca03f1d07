"""The twin gives the two retention files of the sample province, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from .retention import retention_rows, write_retention

SAMPLE = Path(__file__).parent.parent / "data" / "sample"


@pytest.mark.parametrize(
    ("name", "batch", "year", "rows"),
    [("retention.csv", "SD-YP-2023-1", 1, 44), ("retention_min.csv", "JX-YP-2019-1", 2, 13)],
)
def test_sample_retention_equals_expected(
    name: str, batch: str, year: int, rows: int, tmp_path: Path
) -> None:
    out = tmp_path / name
    found = retention_rows(SAMPLE / "input", batch, year)
    write_retention(out, found)
    assert len(found) == rows
    assert out.read_bytes() == (SAMPLE / "expected" / name).read_bytes()
