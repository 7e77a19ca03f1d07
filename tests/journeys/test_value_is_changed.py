"""An officer proposes a value and tries it on a past month; a second one puts it in force."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core.jobs.run import run
from monitoring.models import Rehearsal, RehearsalRow
from organisations.models import User
from policy.models import ParameterValue, ValueChange
from tests.journeys.conftest import Open
from tests.journeys.looking import look

pytestmark = pytest.mark.browser

KEY = "non_selected_share_max"


@pytest.fixture
def second(province: str) -> str:
    """A colleague of the province's officer, who may confirm."""
    # The city's officer was promoted: sign-in stays the same, second factor included.
    bureau = User.objects.get(username="province").organisation
    User.objects.filter(username="city").update(organisation=bureau, roles=["leader"])
    return "city"


def test_proposed_tried_and_confirmed(second: str, sign_in: Open) -> None:
    page: Any = sign_in("province")
    page.goto(f"/policies/parameters/{KEY}/")
    look(page, "parameter")
    page.goto(f"/policies/jiangxi-2024/parameters/{KEY}/change/")
    page.get_by_label("执行", exact=True).check()
    page.fill("#id_value", "")
    page.fill("#id_clause", "赣2024 五")
    page.fill("#id_reason", "省局会议确定下调")
    page.get_by_role("button", name="提出调整").click()
    page.wait_for_selector("text=请填写新取值")
    page.fill("#id_value", "10")
    look(page, "change-new")
    page.get_by_role("button", name="提出调整").click()
    page.wait_for_selector("text=已提出，由本局另一位审核或负责人确认后生效")
    assert page.get_by_role("button", name="确认生效").count() == 0
    change = ValueChange.objects.get()

    page.get_by_role("link", name="试算对过去月份的影响").click()
    page.get_by_role("button", name="开始试算").click()
    page.wait_for_selector("text=排队中")
    run(Rehearsal.objects.get().job_id)
    page.wait_for_selector("text=按新取值，各月预警")
    look(page, "rehearsal")
    page.get_by_role("link", name="2026-03").click()
    row = RehearsalRow.objects.filter(effect="named").order_by("id")[0]
    page.wait_for_selector(f"text={row.subject_code}")
    look(page, "rehearsal-month")

    colleague: Any = sign_in(second)
    colleague.goto("/tasks/")
    colleague.get_by_text(change.change_no).first.click()
    look(colleague, "change-detail")
    colleague.get_by_role("button", name="确认生效").click()
    colleague.wait_for_selector("text=已确认，自生效日起按新取值")
    look(colleague, "change-confirmed")
    held = ParameterValue.objects.get(
        policy__code="jiangxi-2024", parameter__key=KEY, origin="page"
    )
    assert (held.value, held.valid_from) == ("0.1", timezone.localdate().replace(day=1))
    colleague.goto("/policies/changes/")
    look(colleague, "change-list")
