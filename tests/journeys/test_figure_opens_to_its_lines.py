"""An officer follows a number down: province → city → county → institution → figure → lines."""

from __future__ import annotations

import pytest

from monitoring.models import IndicatorValue
from organisations.models import User
from tests.journeys.conftest import MONTH, Open

pytestmark = pytest.mark.browser


def test_officer_follows_a_number_to_its_order_lines(sign_in: Open) -> None:
    officer = sign_in("province")
    officer.goto("/monitoring/")
    for words in ("江西省", "南昌市", "西湖区"):
        officer.wait_for_selector(f"h1:has-text('{words}')")
        following = {"江西省": "南昌市", "南昌市": "西湖区", "西湖区": ""}[words]
        if following:
            officer.get_by_role("link", name=following, exact=True).first.click()
    hospital = User.objects.get(username="hospital").organisation
    officer.get_by_role("link", name=hospital.name, exact=True).first.click()
    officer.wait_for_selector(f"h1:has-text('{hospital.name}')")
    row = IndicatorValue.objects.filter(
        month=MONTH, indicator="completion_rate", subject_code=hospital.code, denominator__gt=0
    )[0]
    link = officer.locator(f"a[href*='/figures/'][href*='{row.product_code}']").first
    link.click()
    officer.wait_for_selector("text=分子")
    officer.wait_for_selector("text=分母")
    assert "/figures/" in officer.url
