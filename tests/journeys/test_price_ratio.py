"""An officer finds both products by typing, calculates a 差比价 step by step and confirms it as the price."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db.models import Count, Q

from catalog.models import Group, PriceCalculation, Product
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser


def _two_of_a_group() -> tuple[Product, Product]:
    """A representative with a price, and another of its group."""
    group = (
        Group.objects.annotate(many=Count("products", filter=Q(products__listed_price__gt=0)))
        .filter(many__gte=2)
        .order_by("code")[0]
    )
    first, second = group.products.filter(listed_price__gt=0).order_by("code")[:2]
    return first, second


def test_found_calculated_and_confirmed(sign_in: Open) -> None:
    representative, new = _two_of_a_group()
    page: Any = sign_in("province")
    page.goto("/catalog/price-ratio/")
    for field, product in (("product", new), ("representative", representative)):
        # What is found second stands where the first answer stood.
        page.fill(f"#id_{field}", "zzq")
        page.wait_for_selector("text=没有找到“zzq”")
        page.fill(f"#id_{field}", "")
        page.locator(f"#id_{field}").press_sequentially(product.code[:-1], delay=10)
        page.locator(f"button[hx-get*='pick={product.code}']").first.click()
        page.wait_for_selector(f"#id_{field}[value='{product.code}']")
    for field, value in (
        ("representative_strength", "10"), ("strength", "20"), ("representative_count", "7"),
        ("count", "14"),
    ):  # fmt: skip
        page.fill(f"#id_{field}", value)
    look(page, "price-ratio-form")
    page.get_by_role("button", name="计算", exact=True).click()
    page.wait_for_selector("text=计算步骤")
    look(page, "price-ratio-steps")
    page.get_by_role("button", name="确认").click()
    page.wait_for_selector("text=已确认，挂网价")
    kept = PriceCalculation.objects.get()
    assert (kept.product, kept.representative) == (new, representative)
    assert representative.listed_price is not None
    # Twice the strength and twice the number: 1.7 × 1.95 times the price, to a cent.
    wanted = representative.listed_price * Decimal("1.7") * Decimal("1.95")
    assert kept.result == wanted.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
