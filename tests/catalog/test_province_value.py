"""One value of a province is the same whether it is read alone or with all others."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.queries.province_values import province_value, province_values
from organisations.models import Region
from policy.queries.shipped import shipped_parameters

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["360000", "370000", "610000", ""])
@pytest.mark.parametrize("on", [date(2020, 3, 1), date(2026, 3, 31)], ids=str)
def test_alone_or_with_all_others(code: str, on: date) -> None:
    """江西, 山东, 陕西, and nobody's province; with and without what is not in force."""
    province = Region(code=code) if code else None
    together = province_values(province, on)
    assert {key: province_value(province, on, key) for key in shipped_parameters()} == together
