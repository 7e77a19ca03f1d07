"""A clerk fills the sheet in, reviewer and leader send it; county, city and province confirm it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.audit.record import SystemActor
from organisations.models import User
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.scope import scope_of
from tests.journeys.conftest import Open
from tests.journeys.looking import look
from volumes.models import VolumeReport
from volumes.operations.tasks.draft import TaskValues, draft_task
from volumes.operations.tasks.open import open_task

pytestmark = pytest.mark.browser
TESTER = SystemActor("测试")


def opened_by_province() -> str:
    """A task of the second year, and the hospital's certificate; gives the hospital's report number."""
    now = timezone.now()
    officer = User.objects.select_related("organisation__region").get(username="province")
    scope = scope_of(officer, now.date())
    values = TaskValues(
        title="第二采购年度报量", batch_code="JX-YP-2026-1", year_no=2, kind="renewal",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9),
    )  # fmt: skip
    task = draft_task(values=values, by=officer, scope=scope, at=now)
    open_task(task=task, by=officer, scope=scope, at=now)
    hospital = User.objects.get(username="hospital").organisation
    make_signing_root(name="测试根证书", by=TESTER, at=now)
    issue_certificate(organisation=hospital, by=TESTER, at=now)
    return str(VolumeReport.objects.get(task=task, institution=hospital).report_no)


def test_sheet_is_filled_in_signed_and_handed_in(sign_in: Open) -> None:
    number = opened_by_province()
    address = f"/volumes/reports/{number}/"
    clerk: Any = sign_in("hospital")
    clerk.goto("/tasks/")
    clerk.get_by_text("报量：第二采购年度报量").first.click()
    fields = clerk.locator("input[name=quantity]")
    clerk.get_by_role("button", name="空白处填建议量").click()
    for place in range(fields.count()):
        assert fields.nth(place).input_value() != ""
    first = clerk.locator("tr[data-prior]").filter(has=clerk.locator("input[name=quantity]")).first
    prior = float(first.get_attribute("data-prior"))
    first.locator("input[name=quantity]").fill("0")
    if prior:
        assert "−100% 须说明" in first.locator("[data-deviation]").inner_text()
    look(clerk, "volume-report-typing")
    first.locator("select[name=reason_code]").select_option("service_ended")
    first.locator("input[name=explanation]").fill("科室停诊，本年不再使用")
    clerk.get_by_role("button", name="保存", exact=True).click()
    clerk.wait_for_selector("text=已保存")
    clerk.get_by_role("button", name="送院内审核").click()
    clerk.wait_for_selector("text=数字已固定")

    reviewer: Any = sign_in("hospital-reviewer")
    reviewer.goto(address)
    reviewer.get_by_role("button", name="院内审核通过").click()
    reviewer.wait_for_selector("text=由负责人提交")
    leader: Any = sign_in("hospital-leader")
    leader.goto(address)
    leader.get_by_role("button", name="生成承诺函").click()
    leader.wait_for_selector("text=第 1 份承诺函")
    look(leader, "volume-report-letter")
    leader.get_by_role("button", name="电子签署").click()
    leader.wait_for_selector("text=承诺函已电子签署")
    leader.get_by_role("button", name="提交", exact=True).click()
    leader.wait_for_selector("text=已提交")
    report = VolumeReport.objects.get(report_no=number)
    assert report.state == "submitted" and report.office is not None
    reviewed(sign_in, number)
    clerk.goto(address)
    assert "已确认" in clerk.locator(".zc-holder").inner_text()


def reviewed(sign_in: Open, number: str) -> None:
    """Each level from its own list; what breaks a limit does not pass before it was judged."""
    steps = (
        ("county", "县级", "转市级审核"),
        ("city", "市级", "转省级审核"),
        ("province", "省级", "通过并确认"),
    )
    for role, level, onward in steps:
        office: Any = sign_in(role)
        office.goto("/volumes/reviews/?stage=mine")
        office.locator(f"a[href='/volumes/reviews/{number}/']").click()
        office.wait_for_url(f"**/volumes/reviews/{number}/")
        if role == "county":
            office.get_by_role("button", name=f"开始{level}审核").click()
            office.wait_for_selector("text=已开始审核")
        office.wait_for_load_state()  # rows are counted below, and must all have arrived
        flagged = office.locator("tr.zc-row-late")
        if flagged.count():
            office.get_by_role("button", name=onward).click()
            office.wait_for_selector("text=个品种偏差超过限度")
            office.goto(f"/volumes/reviews/{number}/")
            for place in range(flagged.count()):
                flagged.nth(place).locator("input[name=groups]").check()
            office.locator("select[name=verdict]").select_option("accepted")
            office.get_by_role("button", name="办理勾选的品种").click()
            office.wait_for_selector("text=/已审核 [0-9]+ 个品种/")
        look(office, f"volume-review-{role}")
        office.get_by_role("button", name=onward).click()
        office.wait_for_selector("text=已通过，现为")
