"""A clerk filters a list, saves the view, exports it, acts on many rows and reads the result; all by keyboard or click."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from monitoring.models import Warning
from organisations.models import User
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser


def test_filter_save_export_act_result(sign_in: Open) -> None:
    hospital = User.objects.get(username="hospital").organisation
    mine = Warning.objects.filter(institution=hospital, state="open")
    severity = mine.order_by("pk")[0].severity
    wanted = mine.filter(severity=severity).count()

    page = sign_in("hospital")
    page.goto("/monitoring/warnings/")
    help_opens_beside_the_page_and_gives_the_focus_back(page)
    page.select_option("select[name=severity]", severity)
    page.select_option("select[name=stage]", "open")
    page.wait_for_url(f"**/*severity={severity}*stage=open*")
    page.reload()

    page.get_by_role("button", name="视图").click()
    page.get_by_label("把当前筛选、排序和列存为").fill("我的未办结")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_selector("text=已保存视图“我的未办结”")
    assert f"severity={severity}" in page.url

    with page.expect_download() as downloading:
        page.get_by_role("link", name="导出 Excel").click()
    body = Path(downloading.value.path()).read_bytes()
    rows = list(load_workbook(io.BytesIO(body)).active.values)
    assert len(rows) - 1 == wanted

    page.check("[data-tick-all]")
    page.get_by_role("button", name="批量签收").click()
    page.get_by_role("button", name=f"确认办理 {wanted}").click()
    page.wait_for_selector(f"text=办成 {wanted} 件")
    assert not mine.filter(severity=severity).exists()
    page.get_by_role("link", name="返回列表").click()
    expect(page.locator("table").get_by_text("已签收")).to_have_count(wanted)


def help_opens_beside_the_page_and_gives_the_focus_back(page: Any) -> None:
    page.get_by_role("link", name="本页帮助").focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open] h2").inner_text() == "预警"
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.zc-shell')"), (
            "focus left the dialog"
        )
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "本页帮助"


def test_draft_is_there_again_after_the_session_was_lost(sign_in: Open) -> None:
    hospital = User.objects.get(username="hospital").organisation
    warning = Warning.objects.filter(institution=hospital, state="open").order_by("pk")[0]
    page = sign_in("hospital")
    page.goto(f"/monitoring/warnings/{warning.warning_no}/")
    page.fill("#id_explanation", "缺货导致滞后，正与配送企业约定")
    page.locator("#id_explanation").blur()
    page.wait_for_selector("text=草稿已保存")

    # The session ends; what is typed after that stays in this browser until somebody signs in again.
    page.context.clear_cookies(name="sessionid")
    page.fill("#id_explanation", "缺货导致滞后，正与配送企业约定本月补齐")
    page.locator("#id_explanation").blur()
    page.wait_for_selector("text=登录已过期")

    again = sign_in("hospital")
    again.goto(f"/monitoring/warnings/{warning.warning_no}/")
    again.wait_for_selector("text=已恢复")
    assert again.input_value("#id_explanation") == "缺货导致滞后，正与配送企业约定"
    again.get_by_role("button", name="提交说明").click()
    again.wait_for_selector("text=说明已提交")
