"""A month from its order lines to a joint 通报: drafted, objected to, countersigned, issued, answered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.audit.record import SystemActor
from monitoring.models import Bulletin, BulletinReceipt
from monitoring.operations.bulletins.draft import draft_bulletin
from organisations.models import Organisation, User
from tests.journeys.conftest import MONTH, Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser
JOB = SystemActor("定时任务")


def drafted() -> Bulletin:
    """As the month's job does, once the month is computed after its end."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_computedmonth SET computed_at = '2026-04-01 08:00+08'")
    bureau = User.objects.select_related("organisation__region").get(username="province")
    return draft_bulletin(
        kind="monthly", first=MONTH, issuer=bureau.organisation, by=JOB, at=timezone.now()
    )


def seated(bulletin: Bulletin) -> dict[str, Organisation]:
    """Who plays whom: two of the named institutions, a named enterprise, a second person of the bureau."""
    named = bulletin.lines.filter(organisation__kind="institution").order_by("line_no")
    first = named[0].organisation
    other = named.exclude(organisation=first)[0].organisation
    assert first is not None
    assert other is not None
    enterprise = bulletin.lines.filter(organisation__kind="enterprise").order_by("line_no")[0]
    for username, office in (
        ("hospital", first), ("consortium", other), ("finance", bulletin.issuer),
        ("distributor", enterprise.organisation),
    ):  # fmt: skip
        User.objects.filter(username=username).update(organisation=office)
    return {"hospital": first, "consortium": other}


def test_from_the_lines_of_a_month_to_the_answered_bulletin(sign_in: Open, tmp_path: Path) -> None:
    bulletin = drafted()
    named = seated(bulletin)
    page = f"/bulletins/{bulletin.bulletin_no}/"

    # The officer follows a printed figure to what was frozen, and the live figure to its lines.
    officer: Any = sign_in("finance")
    officer.goto("/monitoring/figures/2026-03/on_time_rate/month/province/360000/")
    officer.wait_for_selector("text=分母")
    officer.locator("table tbody tr").first.wait_for()
    look(officer, "bulletin-figure")
    officer.goto(page)
    officer.locator("a[title$='打开冻结数据']").first.click()
    officer.wait_for_url("**/figures/**")
    officer.goto(f"{page}edit/")
    officer.locator("[name=is_joint]").check()
    officer.get_by_role("button", name="保存", exact=True).click()
    officer.wait_for_selector("text=正文中的数据按冻结的指标填入")
    officer.get_by_role("button", name="发起数据核对", exact=True).click()
    officer.wait_for_selector("text=当前状态：数据核对")

    # One named institution objects; another's line is none of its business.
    clerk: Any = sign_in("hospital")
    clerk.goto(page)
    clerk.wait_for_selector("text=印发前只能看到点名本单位的条目")
    theirs = bulletin.lines.filter(organisation=named["consortium"])[0]
    assert clerk.goto(f"{page}lines/{theirs.line_no}/").status == 404
    own = bulletin.lines.filter(organisation=named["hospital"]).order_by("line_no")[0]
    clerk.goto(f"{page}lines/{own.line_no}/")
    clerk.get_by_role("button", name="提交异议", exact=True).click()
    clerk.wait_for_selector("text=请")
    clerk.fill("[name=reason]", "企业断供期间已书面报告，请核减。")
    clerk.get_by_role("button", name="提交异议", exact=True).click()
    clerk.wait_for_selector("text=待裁定")

    officer.goto(f"{page}lines/{own.line_no}/")
    officer.fill("[name=ruling]", "断供报告属实，本条删除。")
    officer.get_by_role("button", name="异议成立，从名单中删除", exact=True).click()
    officer.wait_for_selector("text=已从名单中删除")
    look(officer, "bulletin-line-ruled")

    # The days of 核对期 go by.
    yesterday = timezone.localdate() - timedelta(days=1)
    Bulletin.objects.filter(pk=bulletin.pk).update(check_due_on=yesterday)
    officer.goto(page)
    officer.get_by_role("button", name="提交审核", exact=True).click()
    officer.wait_for_selector("text=当前状态：待审核")
    # Whoever handed it in reviews nothing.
    assert officer.get_by_role("button", name="审核通过并送会签", exact=True).count() == 0

    head: Any = sign_in("province")
    head.goto("/tasks/")
    head.get_by_role("link", name=bulletin.bulletin_no).first.click()
    head.get_by_role("button", name="审核通过并送会签", exact=True).click()
    head.wait_for_selector("text=当前状态：待会签")
    health: Any = sign_in("health")
    health.goto(page)
    health.get_by_role("button", name="会签同意", exact=True).click()
    health.wait_for_selector("text=当前状态：待印发")
    head.goto(page)
    head.get_by_role("button", name="编号印发", exact=True).click()
    head.wait_for_selector("text=核验定稿")
    head.get_by_role("button", name="核验定稿", exact=True).click()
    head.wait_for_selector("text=核验一致")
    look(head, "bulletin-issued")
    with head.expect_download() as file:
        head.get_by_role("link", name=".pdf").first.click()
    assert Path(file.value.path()).read_bytes().startswith(b"%PDF")

    # Bureaus and a named enterprise sign for it; the named institution also answers, and its answer is judged.
    for username in ("city", "county", "distributor"):
        reader: Any = sign_in(username)
        reader.goto(page)
        reader.get_by_role("button", name="签收本通报", exact=True).click()
        reader.wait_for_selector("text=已签收")
    answering: Any = sign_in("consortium")
    answering.goto("/tasks/")
    answering.get_by_role("link", name="反馈整改情况").first.click()
    answering.get_by_role("button", name="签收本通报", exact=True).click()
    answering.wait_for_selector("text=已签收")
    answering.goto(f"{page}receipts/{named['consortium'].code}/")
    answering.get_by_role("button", name="提交反馈", exact=True).click()
    answering.wait_for_selector("text=请")
    answering.fill("[name=feedback]", "已补足三月约定采购量，四月起按周核对进度。")
    answering.get_by_role("button", name="提交反馈", exact=True).click()
    answering.wait_for_selector("text=已反馈待核实")
    officer.goto(f"{page}receipts/{named['consortium'].code}/")
    officer.fill("#judge [name=note]", "已按周核对，属实。")
    officer.locator("#judge").get_by_role("button", name="整改认可", exact=True).click()
    officer.wait_for_selector("text=整改完成")
    look(officer, "bulletin-answer-judged")

    bulletin.refresh_from_db()
    assert bulletin.state == "issued"
    receipt = BulletinReceipt.objects.get(bulletin=bulletin, organisation=named["consortium"])
    assert receipt.state == "accepted"
    # The struck line's institution is named no more, so nothing is asked of it for that line.
    struck = bulletin.lines.get(line_no=own.line_no)
    assert struck.removed
