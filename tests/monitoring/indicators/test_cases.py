"""Cases that can be checked by hand: each indicator has one, and each must give exactly its rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring.indicators.registry import INDICATORS
from monitoring.models import IndicatorValue
from tests.monitoring.indicators.cast import code, write_case
from tests.monitoring.indicators.provinces import compute, load_folder

FOLDER = Path(__file__).parent / "cases"
KEYS = ("window", "subject_type", "subject_code", "group_code", "product_code", "category")


def read_case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(
        (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )
    return loaded


@pytest.mark.django_db
@pytest.mark.parametrize("name", [indicator.code for indicator in INDICATORS])
def test_case_gives_exactly_its_rows(name: str, tmp_path: Path) -> None:
    case = read_case(name)
    for purchase in case.get("purchases", []):
        for key in ("packs", "accepted", "delivered_packs"):
            if key in purchase:
                purchase[key] = Decimal(purchase[key])
    write_case(tmp_path / "case", case)
    load_folder(tmp_path / "case")
    month = date.fromisoformat(f"{case.get('month', '2026-03')}-01")
    compute(month)
    subjects = case["subjects"].split()
    found = sorted(
        (
            *(str(getattr(row, key)) for key in KEYS),
            row.numerator,
            row.denominator,
            row.assessed,
        )
        for row in IndicatorValue.objects.filter(
            month=month, indicator=name, subject_type__in=subjects
        )
    )
    expected = sorted(
        (
            *(code(row.get(key, "")) for key in KEYS),
            Decimal(row["numerator"]),
            Decimal(row["denominator"]),
            row.get("assessed", "1") == "1",
        )
        for row in case["expect"]
    )
    assert found == expected
