"""结余留用 computed by the platform: the sample's files to the byte, and the twin on random provinces."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.core.management import CommandError, call_command

from catalog.models import AgreementYear
from settlement.models import RetentionRow, RetentionSheet
from settlement.operations.retention_compute import compute_retention
from settlement.queries.retention_export import write_retention
from tests.monitoring.indicators.provinces import NOW, SAMPLE, TESTER, load_folder
from tests.oracle.dataset import read_dataset
from tests.oracle.random_province.generate import generate
from tests.oracle.retention import retention_rows

EXPECTED = (("retention.csv", "SD-YP-2023-1", "1"), ("retention_min.csv", "JX-YP-2019-1", "2"))


@pytest.mark.django_db
def test_sample_years_are_exported_as_expected(tmp_path: Path) -> None:
    load_folder(SAMPLE / "input")
    out = tmp_path / "retention.csv"
    with pytest.raises(CommandError, match="尚未测算，请先执行 manage.py compute_retention"):
        call_command("export_retention", batch="SD-YP-2023-1", year="1", out=out, verbosity=0)
    with pytest.raises(CommandError, match="没有批次 NONE"):
        call_command("compute_retention", batch="NONE", year="1", verbosity=0)
    with pytest.raises(CommandError, match="应为正整数：一"):
        call_command("compute_retention", batch="SD-YP-2023-1", year="一", verbosity=0)
    for name, batch, number in EXPECTED:
        # Computing again while a draft changes nothing.
        for _ in range(2):
            year = AgreementYear.objects.get(batch__code=batch, year_no=number)
            counts = compute_retention(year=year, by=TESTER, at=NOW)
        call_command("export_retention", batch=batch, year=number, out=out, verbosity=0)
        assert out.read_bytes() == (SAMPLE / "expected" / name).read_bytes()
        rows = RetentionRow.objects.filter(run__batch__code=batch)
        assert counts.rows == rows.count()
        sheets = RetentionSheet.objects.filter(run__batch__code=batch)
        assert sum(sheet.retained for sheet in sheets) == counts.retained
        assert counts.retained == sum(row.retained or 0 for row in rows) > 0


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(11, 13))
def test_random_province_equals_the_twin(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / "province"
    generate(seed, folder, 200)
    add_inputs(seed, folder)
    load_folder(folder)
    reasons: set[str] = set()
    compared = 0
    for year in AgreementYear.objects.select_related("batch__policy").order_by("batch__code"):
        if year.ends_on >= NOW.date():
            continue
        expected = retention_rows(folder, year.batch.code, year.year_no)
        if not expected:
            continue
        compute_retention(year=year, by=TESTER, at=NOW)
        buffer = io.BytesIO()
        write_retention(year, buffer)
        found = list(csv.reader(io.StringIO(buffer.getvalue().decode())))[1:]
        assert found == expected
        compared += len(expected)
        reasons |= {row[15] for row in expected}
    assert compared > 20
    assert {"unreported", "missing_input"} <= reasons


def add_inputs(seed: int, folder: Path) -> None:
    """retention_inputs.csv with some cells and some rows missing."""
    rng = Random(seed)
    data = read_dataset(folder)
    with (folder / "retention_inputs.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            [
                "batch_code",
                "year_no",
                "pool_code",
                "group_code",
                "baseline_price",
                "fund_share_before",
                "fund_share",
                "insured_share",
            ]
        )
        for year in data.years:
            for pool in data.pools:
                for group in data.groups:
                    if rng.random() < 0.1:
                        continue
                    cells = [
                        Decimal(rng.randint(1, 99999)).scaleb(-4),
                        *(Decimal(rng.randint(0, 10000)).scaleb(-4) for _ in range(3)),
                    ]
                    shown = ["" if rng.random() < 0.04 else f"{cell:f}" for cell in cells]
                    out.writerow([year.batch_code, year.year_no, pool.code, group.code, *shown])
