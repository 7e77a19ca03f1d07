"""A manufacturer asks for another price; the city returns one item with its reason; mended, it goes on to the province."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.models import Product, ProductApplication
from organisations.models import User
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser


def test_returned_by_item_mended_and_passed_on(sign_in: Open, tmp_path: Path) -> None:
    maker, city = (User.objects.get(username=name) for name in ("manufacturer", "city"))
    maker.organisation.region = city.organisation.region
    maker.organisation.save(update_fields=["region"])
    product = Product.objects.filter(manufacturer=maker.organisation).order_by("code")[0]
    product.listed_price = Decimal("8")
    product.save(update_fields=["listed_price"])
    scan = tmp_path / "价格说明.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\nendobj\n")

    clerk: Any = sign_in("manufacturer")
    clerk.goto(f"/catalog/applications/new/price/?product={product.code}")
    clerk.fill("#id_price", "7,5")
    clerk.get_by_role("button", name="保存并去交材料").click()
    clerk.wait_for_selector("text=不是数字")
    clerk.fill("#id_price", "7.5")
    clerk.get_by_role("button", name="保存并去交材料").click()
    clerk.wait_for_selector("text=已保存为草稿")
    clerk.set_input_files("#id_file_price_statement", str(scan))
    clerk.get_by_role("button", name="保存选好的材料").click()
    clerk.wait_for_selector("text=已保存 1 份材料")
    clerk.get_by_role("button", name="提交", exact=True).click()
    clerk.wait_for_selector("text=已提交，请在待办")
    row = ProductApplication.objects.get()
    page = f"/catalog/applications/{row.application_no}/"

    officer: Any = sign_in("city")
    officer.goto("/tasks/")
    officer.get_by_text(row.application_no).first.click()
    officer.get_by_role("button", name="受理", exact=True).click()
    officer.wait_for_selector("text=已受理")
    officer.get_by_text("逐项写明要补正什么").click()
    officer.fill("#id_f_price", "与所附说明的价格不一致")
    officer.fill("[name=opinion]", "请核对后重新提交")
    officer.get_by_role("button", name="退回补正").click()
    officer.wait_for_selector("text=与所附说明的价格不一致")
    look(officer, "application-returned")

    clerk.goto("/tasks/")
    clerk.get_by_text(row.application_no).first.click()
    clerk.wait_for_selector("text=与所附说明的价格不一致")
    clerk.get_by_role("link", name="修改内容").click()
    clerk.fill("#id_price", "7.2")
    clerk.get_by_role("button", name="保存", exact=True).click()
    clerk.get_by_role("button", name="提交", exact=True).click()
    clerk.wait_for_selector("text=已提交，请在待办")

    officer.goto(page)
    officer.wait_for_load_state()
    if officer.get_by_role("button", name="受理", exact=True).count():
        officer.get_by_role("button", name="受理", exact=True).click()
    officer.get_by_role("button", name="审核通过，转报上级").click()
    officer.wait_for_selector("text=已转报上级")
    row.refresh_from_db()
    assert (row.state, row.level, row.path) == ("in_review", "province", ["city", "province"])
    assert Decimal(row.items.get(field="price").after) == Decimal("7.2")
