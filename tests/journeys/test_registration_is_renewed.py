"""A manufacturer renews a 注册证 that runs out; county and province review it; the warning ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from catalog.models import Product, ProductApplication
from catalog.operations.applications.due import take_due_applications
from catalog.queries.registrations import registration_state
from catalog.rules.applications.papers import papers_of
from core.audit.record import SystemActor
from core.workdays.deadlines import add_workdays
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.rules.registrations import REGISTRATION_EXPIRING
from organisations.models import User
from tests.factories import catalog as make
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser
JOB = SystemActor("定时任务")


def test_renewal_from_wrong_input_to_the_day_it_holds(sign_in: Open, tmp_path: Path) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    maker, county = (User.objects.get(username=name) for name in ("manufacturer", "county"))
    maker.organisation.region = county.organisation.region
    maker.organisation.save(update_fields=["region"])
    own = Product.objects.filter(manufacturer=maker.organisation)
    product = own.order_by("category", "code")[0]
    paper = make.registration(number="国药准字H20211234", manufacturer=maker.organisation)
    make.registration_version(registration=paper, expires_on=today + timedelta(days=5))
    make.product_registration(product=product, registration=paper)
    raise_daily_warnings(REGISTRATION_EXPIRING, on=today, by=JOB, at=now)
    scan = tmp_path / "注册证.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\nendobj\n")

    clerk = sign_in("manufacturer")
    clerk.goto(f"/catalog/registrations/{paper.number}/")
    clerk.wait_for_selector("text=5 天后到期")
    clerk.get_by_role("link", name="申报延续（换证）").click()
    clerk.fill("#id_issued_on", f"{today - timedelta(days=1)}")
    clerk.fill("#id_expires_on", f"{today - timedelta(days=2)}")
    clerk.get_by_role("button", name="保存并去交材料").click()
    clerk.wait_for_selector("text=有效期截止须晚于批准日期")
    clerk.fill("#id_expires_on", f"{today + timedelta(days=1800)}")
    clerk.get_by_role("button", name="保存并去交材料").click()
    clerk.wait_for_selector("text=已保存为草稿")
    clerk.get_by_role("button", name="提交", exact=True).click()
    clerk.wait_for_selector("text=还缺材料")
    # A consumable is asked for three papers, a drug for one.
    asked = papers_of("renewal", product.category)
    for each in asked:
        clerk.set_input_files(f"#id_file_{each.code}", str(scan))
    clerk.get_by_role("button", name="保存选好的材料").click()
    clerk.wait_for_selector(f"text=已保存 {len(asked)} 份材料")
    clerk.get_by_role("button", name="提交", exact=True).click()
    clerk.wait_for_selector("text=已提交，请在待办")
    row = ProductApplication.objects.get()
    page = f"/catalog/applications/{row.application_no}/"

    officer = sign_in("county")
    officer.goto("/tasks/")
    officer.get_by_text(row.application_no).first.click()
    officer.get_by_role("button", name="受理", exact=True).click()
    officer.wait_for_selector("text=已受理")
    officer.get_by_role("button", name="审核通过，转报上级").click()
    officer.wait_for_selector("text=已转报上级")

    chief = sign_in("province")
    chief.goto(page)
    if chief.get_by_role("button", name="受理", exact=True).count():
        chief.get_by_role("button", name="受理", exact=True).click()
    effective = add_workdays(now, 8).day
    chief.fill("#id_effective_on", f"{effective}")
    chief.get_by_role("button", name="审核通过，提交公示").click()
    chief.wait_for_selector("text=已提交公示")

    later = now + (effective - today)
    take_due_applications(on=effective, at=later)
    raise_daily_warnings(REGISTRATION_EXPIRING, on=effective, by=JOB, at=later)
    clerk.goto(page)
    expect(clerk.get_by_text("已生效").first).to_be_visible()
    assert registration_state(product, effective).status == "in_force"
    assert Warning.objects.get(rule="registration_expiring").state == "recovered"
