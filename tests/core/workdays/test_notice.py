"""The missing year is announced from December on."""

from datetime import date

import pytest

from core.workdays.notice import missing_year_notice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("on", "notice"),
    [
        (date(2026, 11, 30), None),
        (date(2025, 12, 31), None),
        (date(2026, 12, 1), "2027 年"),
        (date(2027, 3, 1), "2027 年"),
        (date(2027, 12, 1), "2027 年、2028 年"),
    ],
)
def test_notice_names_the_missing_years(on: date, notice: str | None) -> None:
    found = missing_year_notice(on)
    assert found == (notice and f"{notice}的节假日安排尚未录入，涉及的期限均为暂定，请上传该年日历")
