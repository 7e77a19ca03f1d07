"""The sample province: every row of the expected export, byte for byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.monitoring.indicators.provinces import SAMPLE, compute, load_folder

MARCH = date(2026, 3, 1)


@pytest.mark.django_db
def test_sample_month_is_exported_as_expected(tmp_path: Path) -> None:
    load_folder(SAMPLE / "input")
    counts = compute(MARCH)
    out = tmp_path / "indicators.csv"
    call_command("export_indicators", "--month", "2026-03", "--out", str(out), verbosity=0)
    assert out.read_bytes() == (SAMPLE / "expected" / "indicators.csv").read_bytes()
    assert counts.total == 3187

    # Computing again changes nothing.
    assert compute(MARCH).rows == counts.rows
    call_command("export_indicators", "--month", "2026-03", "--out", str(out), verbosity=0)
    assert out.read_bytes() == (SAMPLE / "expected" / "indicators.csv").read_bytes()
