"""The province makes a batch from Excel with a mistake, mends it, a second person publishes, a hospital sees it."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from catalog.documents.batch_workbook import template
from catalog.models import BatchDraft, Product
from organisations.models import User
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def second(province: str) -> str:
    """A colleague of the province's officer, who may publish."""
    bureau = User.objects.get(username="province").organisation
    User.objects.filter(username="city").update(organisation=bureau, roles=["leader"])
    return "city"


def workbook(folder: Path, name: str, price: str) -> Path:
    """A batch of one product of the sample; issued 45 days ago, so that its lead is long enough."""
    product = Product.objects.filter(group__isnull=False, category="drug").order_by("code")[0]
    group = product.group
    assert group is not None
    start = timezone.localdate()
    end = start + timedelta(days=364)
    rows = {
        "批次": ["JX-LC-1", "旅程批次", "药品", "省级", "jiangxi-2024"],
        "日期": [f"{start - timedelta(days=45)}", f"{start}", f"{end}"],
        "采购年度": ["1", f"{start}", f"{end}"],
        "品种": [group.code, group.name, "药品", group.base_unit],
        "中选结果": [product.code, "中选", price, "", ""],
        "供应地区": [product.code, "360000"],
    }
    book = openpyxl.load_workbook(io.BytesIO(template()))
    for sheet, cells in rows.items():
        for place, value in enumerate(cells, start=1):
            book[sheet].cell(row=2, column=place, value=value)
    path = folder / name
    book.save(path)
    return path


def test_from_a_wrong_workbook_to_the_hospital(second: str, sign_in: Open, tmp_path: Path) -> None:
    page: Any = sign_in("province")
    page.goto("/catalog/batch-drafts/new/")
    look(page, "batch-new")
    page.set_input_files("#id_file", workbook(tmp_path, "错.xlsx", "面议"))
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_selector("text=还不能发布")
    page.wait_for_selector("text=面议")
    look(page, "batch-wrong")
    page.set_input_files("#id_workbook", workbook(tmp_path, "改.xlsx", "5.60"))
    page.get_by_role("button", name="上传并重新检查").click()
    page.wait_for_selector("text=已按新的工作簿重新检查")
    assert page.get_by_text("还不能发布").count() == 0
    for part in ("results", "payment", "supply", "volumes"):
        file = {"name": f"{part}.pdf", "mimeType": "application/pdf", "buffer": PDF}
        page.set_input_files(f"#id_part_{part}", file)
        page.locator(f"form:has(#id_part_{part})").get_by_role(
            "button", name="上传", exact=True
        ).click()
        page.wait_for_selector(f"text={part}.pdf")
    page.get_by_role("button", name="提交复核").click()
    page.wait_for_selector("text=已提交，由本局另一位审核或负责人复核发布")
    draft = BatchDraft.objects.get()

    colleague: Any = sign_in(second)
    colleague.goto("/tasks/")
    colleague.get_by_text(draft.draft_no).first.click()
    look(colleague, "batch-to-publish")
    colleague.get_by_role("button", name="复核发布").click()
    colleague.wait_for_selector("text=已发布，所有业务用户可见")

    hospital: Any = sign_in("hospital")
    hospital.goto("/catalog/batches/JX-LC-1/")
    hospital.wait_for_selector("text=医保支付政策：payment.pdf")
    look(hospital, "batch-published")
    hospital.goto("/catalog/batches/JX-LC-1/preparation/")
    hospital.wait_for_selector("text=平台尚未登记")
    look(hospital, "batch-preparation")
