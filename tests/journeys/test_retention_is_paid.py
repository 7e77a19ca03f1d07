"""结余留用 is published, appealed with a paper, computed anew, noticed, countersigned and paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from catalog.models import AgreementYear
from core.jobs.models import Job
from core.jobs.run import run as run_job
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from settlement.models import LedgerEntry, RetentionInput, RetentionRun, RetentionSheet
from settlement.operations.retention_compute import compute_retention
from settlement.operations.retention_run import start_check
from tests.factories import organisations as people
from tests.journeys.conftest import Open
from tests.journeys.looking import look
from tests.monitoring.indicators.provinces import TESTER

pytestmark = pytest.mark.browser
INPUTS = """
INSERT INTO settlement_retentioninput AS i (batch_id, year_no, pool_id, group_id,
    baseline_price, fund_share_before, fund_share, insured_share)
SELECT %s, 1, p.id, g.id, 1, 0.5, 0.5, 0.9 FROM organisations_pool p, catalog_group g
ON CONFLICT (batch_id, year_no, pool_id, group_id) DO UPDATE
SET baseline_price = COALESCE(i.baseline_price, 1)
"""


def office(kind: str, run: RetentionRun) -> Organisation:
    found = Organisation.objects.filter(kind=kind, region=run.region).first()
    return found or people.organisation(kind, region=run.region)


def computed() -> RetentionRun:
    """The pool with most rows, sent out to be checked; the demonstration's people sit in its offices."""
    year = AgreementYear.objects.select_related("batch__policy").get(
        batch__code="SD-YP-2023-1", year_no=1
    )
    with connection.cursor() as cursor:
        cursor.execute(INPUTS, [year.batch_id])
    compute_retention(year=year, by=TESTER, at=timezone.now())
    runs = RetentionRun.objects.filter(sheets__retained__gt=0)
    run = runs.annotate(size=Sum("sheets__rows_count")).order_by("-size")[0]
    for username, place in (
        ("city", office("bureau", run)), ("province", office("bureau", run)),
        ("finance", office("finance", run)),
    ):  # fmt: skip
        User.objects.filter(username=username).update(organisation=place)
    city = User.objects.select_related("organisation__region__parent__parent").get(username="city")
    return start_check(
        run=run, by=city, scope=scope_of(city, timezone.localdate()), at=timezone.now()
    )


def test_published_appealed_mended_countersigned_and_paid(sign_in: Open, tmp_path: Path) -> None:
    run = computed()
    sheet = run.sheets.order_by("-retained")[0]
    User.objects.filter(username="hospital").update(organisation=sheet.institution)
    before, today = sheet.retained, timezone.localdate()
    rows = RetentionRun.objects.filter(pk=run.pk)
    page, own = (
        f"/settlement/retention/runs/{run.run_no}/",
        f"/settlement/retention/sheets/{sheet.sheet_no}/",
    )

    city: Any = sign_in("city")
    city.goto(page)
    city.get_by_role("button", name="发布测算结果").click()
    city.wait_for_selector("text=已发布待确认")

    hospital: Any = sign_in("hospital")
    hospital.goto(own)
    appeal = hospital.locator("#appeal")
    appeal.locator("[name=words]").fill("集采前均价取数有误，见证明")
    appeal.get_by_role("button", name="申诉", exact=True).click()
    # Without a paper nothing is handed in.
    assert RetentionSheet.objects.get(pk=sheet.pk).state == "waiting"
    paper = tmp_path / "证明.pdf"
    paper.write_bytes(b"%PDF-1.7\n1 0 obj\nendobj\n")
    hospital.goto(own)
    appeal.locator("[name=words]").fill("集采前均价取数有误，见证明")
    hospital.set_input_files("#id_files", str(paper))
    appeal.get_by_role("button", name="申诉", exact=True).click()
    hospital.wait_for_selector("text=申诉中")
    look(hospital, "retention-appealed")

    # The mistake is mended where it stands; the city computes the sheet anew.
    RetentionInput.objects.filter(batch=run.batch, year_no=1, pool=run.pool).update(
        baseline_price=Decimal("9.9")
    )
    city.goto(own)
    decision = city.locator("#adjust")
    decision.locator("[name=words]").fill("均价已更正")
    decision.get_by_role("button", name="按更正后的数据重算").click()
    city.wait_for_selector("text=申诉成立已调整")
    sheet.refresh_from_db()
    assert sheet.retained > before
    look(city, "retention-adjusted")

    # The days of appeal go by, then those of the notice.
    rows.update(appeal_due_on=today - timedelta(days=1))
    city.goto(page)
    notice = city.locator("#give_notice")
    notice.locator("[name=notice_to]").fill(f"{today + timedelta(days=7):%Y-%m-%d}")
    notice.get_by_role("button", name="公示", exact=True).click()
    city.wait_for_selector("text=公示中")
    rows.update(notice_from=today - timedelta(days=9), notice_to=today - timedelta(days=1))

    finance: Any = sign_in("finance")
    finance.goto(page)
    signing = finance.locator("#countersign")
    signing.locator("[name=words]").fill("同意")
    signing.get_by_role("button", name="财政会签", exact=True).click()
    finance.wait_for_selector("text=财政已会签")
    look(finance, "retention-countersigned")

    city.goto(page)
    payer = city
    if city.get_by_role("button", name="同意拨付（第一人）").count():
        city.get_by_role("button", name="同意拨付（第一人）").click()
        payer = sign_in("province")
        payer.goto(page)
    payer.get_by_role("button", name="拨付", exact=True).click()
    payer.wait_for_load_state("networkidle")
    run_job(Job.objects.get(kind="pay_retention").pk)
    payer.goto(page)
    payer.wait_for_selector("text=已拨付")
    hospital.goto(own)
    hospital.wait_for_selector("text=已拨付待备案")
    entry = LedgerEntry.objects.get(event_kind="retention.paid", event_identity=sheet.sheet_no)
    assert entry.postings.get(account__purpose="retention").amount == sheet.retained
