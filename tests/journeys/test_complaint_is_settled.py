"""A hospital complains, the manufacturer replies and claims, the hospital agrees, the county closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.models import Complaint
from complaints.queries.cases import case_of
from inbox.models import Task
from organisations.models import User
from procurement.models import OrderLine
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser


def test_from_filing_to_the_countys_closing(sign_in: Open) -> None:
    sides = {
        name: User.objects.get(username=name).organisation for name in ("hospital", "manufacturer")
    }
    line = (
        OrderLine.objects.filter(institution=sides["hospital"], manufacturer=sides["manufacturer"])
        .select_related("order")
        .earliest("pk")
    )
    clerk = sign_in("hospital")
    clerk.goto("/complaints/new/")
    # Wrong input first: nothing is filed, the fields say what is missing.
    clerk.get_by_role("button", name="提交诉求").click()
    clerk.wait_for_selector("text=请填写情况说明")
    assert not Complaint.objects.filter(complaint_no__startswith="TS2", case__isnull=False).exists()
    clerk.select_option("#id_category", "late_delivery")
    clerk.fill("#id_order_no", line.order.order_no)
    clerk.fill("#id_line_no", str(line.line_no))
    clerk.fill("#id_content", "超过七十二小时没有送到，影响手术。")
    clerk.get_by_role("button", name="提交诉求").click()
    clerk.wait_for_selector("text=已提交，已告知对方和所在地医保局")
    complaint = Complaint.objects.filter(case__isnull=False).latest("pk")
    page = f"/complaints/of/{complaint.complaint_no}/"

    maker = sign_in("manufacturer")
    maker.goto(page)
    # A day that has passed is refused beside its field, with what was typed.
    maker.fill("#reply textarea", "今天补送。")
    maker.fill("#reply input[type=date]", "2020-01-01")
    maker.get_by_role("button", name="回复并承诺").click()
    maker.wait_for_selector("text=承诺解决日期不能早于今天")
    tomorrow = timezone.localdate() + timedelta(days=1)
    maker.fill("#reply input[type=date]", tomorrow.isoformat())
    maker.get_by_role("button", name="回复并承诺").click()
    maker.wait_for_selector("text=已回复，请按承诺的日期解决")
    maker.fill("#claim textarea", "已送到药库。")
    maker.get_by_role("button", name="申报已解决").click()
    maker.wait_for_selector("text=已申报解决，等提出方确认")

    clerk.goto(page)
    clerk.get_by_role("button", name="确认已解决").click()
    clerk.wait_for_selector("text=已确认解决，等医保局办结")
    officer = sign_in("county")
    officer.goto(page)
    officer.fill("#close textarea", "已核实送达。")
    officer.get_by_role("button", name="办结", exact=True).click()
    officer.wait_for_selector("text=已办结")

    complaint = Complaint.objects.get(pk=complaint.pk)
    assert case_of(complaint).state == "closed"
    waiting = Task.objects.filter(
        object_key__startswith=f"{complaint.complaint_no}/", done_at__isnull=True
    )
    assert not waiting.exists()
