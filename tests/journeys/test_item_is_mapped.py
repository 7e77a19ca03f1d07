"""A hospital's clerk reads why a product is closed, uploads a list, mends it, settles a doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.models import HospitalItem, Listing, Product
from organisations.models import User
from tests.catalog.item_workbooks import workbook
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser


def test_searched_uploaded_mended_and_confirmed(sign_in: Open, tmp_path: Path) -> None:
    hospital = User.objects.get(username="hospital").organisation
    closed, other = Product.objects.filter(listing__state="listed").order_by("code")[:2]
    Listing.objects.filter(product=closed).update(
        state="suspended",
        reason_code="over_maximum",
        reason="高于最高挂网价",
        how_to_restore="调价后申请恢复",
    )
    page: Any = sign_in("hospital")
    page.fill("form.zc-search input[name=q]", closed.code)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=不能采购")
    page.wait_for_selector("text=高于最高挂网价")
    look(page, "product-search")
    page.goto("/search/?q=XA10ADM080B0020101071")
    page.wait_for_selector("text=没有找到")
    look(page, "product-search-nothing")

    page.goto("/catalog/items-upload/")
    row = ["Y1", other.name, "完全不同的规格9999", "盒", None, other.code, 1, None, None]
    sheet = tmp_path / "院内.xlsx"
    sheet.write_bytes(workbook([row, ["Y2", "某药", None, None, None, None, None, None, None]]))
    page.set_input_files("input[type=file]", sheet)
    page.get_by_role("button", name="校验并预览").click()
    page.wait_for_selector("text=缺少院内单位")
    look(page, "hospital-item-upload-errors")
    sheet.write_bytes(workbook([row, ["Y2", "某药", None, "盒", None, None, None, None, None]]))
    page.set_input_files("input[type=file]", sheet)
    page.get_by_role("button", name="校验并预览").click()
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_selector("text=已写入：新增 2")
    look(page, "hospital-item-list")

    page.goto("/tasks/")
    page.get_by_text("院内目录有对照存疑").first.click()
    page.get_by_role("link", name="Y1", exact=True).click()
    page.wait_for_selector("text=规格与院内登记不一致")
    look(page, "hospital-item")
    page.fill("#id_note", "院内规格写法不同，同一产品")
    page.get_by_role("button", name="核对无误").click()
    page.wait_for_selector("text=已核对，存疑消除")
    assert HospitalItem.objects.get(institution=hospital, his_code="Y1").standing == "mapped"
    page.goto("/catalog/items-suggestions/")
    look(page, "hospital-item-suggestions")
