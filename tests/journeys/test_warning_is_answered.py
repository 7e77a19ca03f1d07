"""A hospital answers a warning in the browser; its county returns it once and then closes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from inbox.models import Task
from monitoring.models import Warning
from organisations.models import User
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser


def test_hospital_answers_and_county_closes(sign_in: Open, tmp_path: Path) -> None:
    hospital = User.objects.get(username="hospital").organisation
    warning = Warning.objects.filter(institution=hospital, state="open").order_by("pk")[0]
    evidence = tmp_path / "采购计划.pdf"
    evidence.write_bytes(b"%PDF-1.7\n1 0 obj\nendobj\n")

    clerk = sign_in("hospital")
    clerk.goto(f"/monitoring/warnings/{warning.warning_no}/")
    clerk.get_by_role("button", name="签收").click()
    clerk.wait_for_selector("text=已签收，请在答复期限前提交说明")

    # Wrong input first: an empty explanation says what is missing and keeps the page.
    clerk.get_by_role("button", name="提交说明").click()
    clerk.wait_for_selector("text=请填写情况说明")
    clerk.fill("#id_explanation", "上月缺货导致采购滞后，已与配送企业约定本月补齐。")
    clerk.set_input_files("#id_files", str(evidence))
    clerk.get_by_role("button", name="提交说明").click()
    clerk.wait_for_selector("text=说明已提交，等待医保局核实")
    expect(clerk.get_by_role("link", name="采购计划.pdf").first).to_be_visible()

    officer = sign_in("county")
    officer.goto("/tasks/")
    officer.get_by_text(f"（{warning.warning_no}）").click()
    officer.fill("#id_closing_note", "请补充与配送企业的约定。")
    officer.get_by_role("button", name="退回补充").click()
    officer.wait_for_selector("text=已退回补充")

    clerk.goto("/tasks/")
    clerk.get_by_text(f"补充预警说明（{warning.warning_no}）").click()
    clerk.fill("#id_explanation", "补充：配送企业书面承诺月底前到货。")
    clerk.get_by_role("button", name="提交说明").click()
    clerk.wait_for_selector("text=说明已提交")

    officer.goto(f"/monitoring/warnings/{warning.warning_no}/")
    with officer.expect_download() as downloading:
        officer.get_by_role("link", name="采购计划.pdf").first.click()
    assert Path(downloading.value.path()).read_bytes() == evidence.read_bytes()
    officer.fill("#id_closing_note", "属实，同意办结。")
    officer.get_by_role("button", name="核实办结").click()
    officer.wait_for_selector("text=已核实办结")

    warning.refresh_from_db()
    assert warning.state == "closed"
    assert not Task.objects.filter(object_key=warning.warning_no, done_at__isnull=True).exists()


def test_two_officers_at_once_the_later_is_told(sign_in: Open) -> None:
    hospital = User.objects.get(username="hospital").organisation
    warning = Warning.objects.filter(institution=hospital, state="open").order_by("pk")[0]
    clerk = sign_in("hospital")
    clerk.goto(f"/monitoring/warnings/{warning.warning_no}/")
    clerk.fill("#id_explanation", "已整改，详见采购计划。")
    clerk.get_by_role("button", name="提交说明").click()
    clerk.wait_for_selector("text=说明已提交")

    county, city = sign_in("county"), sign_in("city")
    for officer in (county, city):
        officer.goto(f"/monitoring/warnings/{warning.warning_no}/")
        officer.fill("#id_closing_note", "同意办结。")
    county.get_by_role("button", name="核实办结").click()
    county.wait_for_selector("text=已核实办结")
    city.get_by_role("button", name="核实办结").click()
    city.wait_for_selector("text=请刷新后再办理")
    assert warning.steps.filter(verb="close").count() == 1
