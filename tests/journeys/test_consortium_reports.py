"""Members fill in theirs, the lead compiles, changes one figure with a note and submits; the county accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.audit.record import SystemActor
from organisations.models import Organisation, User
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.scope import scope_of
from tests.factories import organisations as people
from tests.journeys.conftest import PASSWORD, Open
from tests.journeys.looking import look
from volumes.models import MemberSheet, VolumeReport
from volumes.operations.tasks.draft import TaskValues, draft_task
from volumes.operations.tasks.open import open_task

pytestmark = pytest.mark.browser
TESTER = SystemActor("测试")


def opened_by_province() -> VolumeReport:
    """The lead's report in a task of the second year, and the lead's certificate."""
    now = timezone.now()
    officer = User.objects.select_related("organisation__region").get(username="province")
    scope = scope_of(officer, now.date())
    values = TaskValues(
        title="医共体整体报量", batch_code="JX-YP-2026-1", year_no=2, kind="renewal",
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9),
    )  # fmt: skip
    open_task(
        task=draft_task(values=values, by=officer, scope=scope, at=now),
        by=officer, scope=scope, at=now,
    )  # fmt: skip
    lead = User.objects.get(username="consortium").organisation
    make_signing_root(name="测试根证书", by=TESTER, at=now)
    issue_certificate(organisation=lead, by=TESTER, at=now)
    return VolumeReport.objects.select_related("county").get(institution=lead)


def account(of: Organisation, role: str, username: str) -> str:
    user = people.person(of, role, username=username, must_change_password=False)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return username


def handed_in(page: Any, sheet: MemberSheet) -> None:
    """By the member's clerk: what is proposed, explained where it must be."""
    page.goto(f"/volumes/member-sheets/{sheet.pk}/")
    page.get_by_role("button", name="空白处填建议量").click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_selector("text=已保存")
    page.get_by_role("button", name="报牵头机构", exact=True).click()
    page.wait_for_selector("text=已报牵头机构")


def test_consortium_reports_as_one_and_the_county_accepts(sign_in: Open) -> None:
    report = opened_by_province()
    sheets = MemberSheet.objects.filter(report=report).select_related("institution")
    for number, sheet in enumerate(sheets.exclude(institution=report.institution)):
        handed_in(sign_in(account(sheet.institution, "clerk", f"member-{number}")), sheet)
    lead: Any = sign_in("consortium")
    handed_in(lead, sheets.get(institution=report.institution))
    lead.goto(f"/volumes/reports/{report.report_no}/")
    lead.get_by_role("button", name="汇总成员数字", exact=True).click()
    lead.wait_for_selector("text=已按成员报来的数字汇总")
    row = lead.locator("tr[data-prior]").filter(has=lead.locator("input[name=quantity]")).first
    field = row.locator("input[name=quantity]")
    field.fill(str(int(float(field.input_value().replace(",", ""))) + 7))
    row.locator("select[name=reason_code]").select_option("new_service")
    row.locator("input[name=explanation]").fill("新增一个分院")
    lead.get_by_role("button", name="保存", exact=True).click()
    lead.wait_for_selector("text=已保存")
    # The lead's figure is not the members' sum: it goes on with its note only.
    lead.get_by_role("button", name="送院内审核", exact=True).click()
    lead.wait_for_selector("text=请填写汇总说明")
    look(lead, "consortium-without-note")
    row = lead.locator("tr[data-prior]").filter(has=lead.locator("input[name=quantity]")).first
    row.locator("input[name^=compile_note]").fill("新增一个分院，合计外另加")
    look(lead, "consortium-compiled")
    lead.get_by_role("button", name="保存", exact=True).click()
    lead.wait_for_selector("text=已保存")
    for button, said in (
        ("送院内审核", "数字已固定"), ("院内审核通过", "由负责人提交"), ("生成承诺函", "第 1 份承诺函"),
        ("电子签署", "承诺函已电子签署"), ("提交", "已提交"),
    ):  # fmt: skip
        lead.get_by_role("button", name=button, exact=True).click()
        lead.wait_for_selector(f"text={said}")
    assert report.county is not None
    bureau = Organisation.objects.get(kind="bureau", region=report.county)
    # The demonstration's county reviewer, moved to the lead's county with the second factor it has.
    User.objects.filter(username="county").update(organisation=bureau)
    county: Any = sign_in("county")
    county.wait_for_url(lambda address: "/login/" not in address)
    county.goto(f"/volumes/reviews/{report.report_no}/")
    county.get_by_role("button", name="开始县级审核", exact=True).click()
    county.wait_for_selector("text=已开始审核")
    look(county, "consortium-review")
    county.wait_for_load_state()  # rows are counted below, and must all have arrived
    boxes = county.locator("input[name=groups]")
    for place in range(boxes.count()):
        boxes.nth(place).check()
    county.locator("select[name=verdict]").select_option("accepted")
    county.get_by_role("button", name="办理勾选的品种").click()
    county.wait_for_selector("text=已审核")
    county.get_by_role("button", name="通过，转市级审核", exact=True).click()
    county.wait_for_selector("text=已通过")
    report.refresh_from_db()
    assert report.state == "city_review"
    changed = report.lines.exclude(compile_note="")
    assert [line.compile_note for line in changed] == ["新增一个分院，合计外另加"]
