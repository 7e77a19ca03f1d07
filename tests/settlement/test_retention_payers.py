"""结余留用 above dual_approval_amount is agreed by one and paid by another; members see the sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from core.transitions import NotYours
from settlement.models import LedgerEntry, RetentionRun
from settlement.operations.retention_run import agree_payment, pay_run, request_payment
from settlement.queries.retention import visible_retention_rows, visible_retention_sheets
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories.retention import retention_run, retention_sheet
from tests.settlement.trade import Trade, noon

pytestmark = pytest.mark.django_db


def countersigned(trade: Trade, retained: str) -> RetentionRun:
    run: RetentionRun = retention_run(
        batch=trade.batch, year_no=1, pool=trade.pool, state="published",
        published_at=noon(2, 1), appeal_due_on=date(2026, 2, 20),
    )  # fmt: skip
    retention_sheet(trade.jia, run, state="confirmed", retained=Decimal(retained))
    RetentionRun.objects.filter(pk=run.pk).update(
        state="noticed", notice_from=date(2026, 3, 1), notice_to=date(2026, 3, 8)
    )
    RetentionRun.objects.filter(pk=run.pk).update(state="countersigned")
    return RetentionRun.objects.get(pk=run.pk)


def test_exactly_the_amount_needs_one() -> None:
    trade = Trade()
    run = countersigned(trade, "1000000")
    first = trade.acting(trade.bureau, "first")
    with pytest.raises(NotYours):
        agree_payment(run=run, **first)
    assert pay_run(run=run, **first) == 1


def test_a_cent_more_needs_another() -> None:
    trade = Trade()
    run = countersigned(trade, "1000000.01")
    first, second = trade.acting(trade.bureau, "first"), trade.acting(trade.bureau, "second")
    for step in (pay_run, request_payment):
        with pytest.raises(NotYours, match="第二人"):
            step(run=run, **first)
    run = agree_payment(run=run, **first)
    assert (run.state, run.pay_first_by_name) == ("agreed", first["by"].audit_name)
    for step in (pay_run, request_payment):
        with pytest.raises(NotYours):
            step(run=run, **first)
    with pytest.raises(DatabaseError, match="paid_by_another"), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(state="paid", state_by_id=first["by"].pk)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        run.sheets.update(retained=1)
    assert pay_run(run=run, **second) == 1
    assert LedgerEntry.objects.get(event_kind="retention.paid").posted_by_id == second["by"].pk


def test_members_see_their_leads_sheet_of_the_year() -> None:
    """Whoever belonged to the consortium on the year's last day, and nobody else."""
    trade = Trade()
    make.agreement_year(batch=trade.batch)
    run = countersigned(trade, "100")
    lead = people.consortium(trade.jia)
    ended, member = people.organisation(region=trade.jia.region, pool=trade.pool), trade.yi
    people.membership(lead, member, valid_from=date(2025, 12, 31))
    people.membership(lead, ended, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 30))
    seen = {
        office.name: visible_retention_sheets(trade.acting(office)["scope"]).filter(run=run).count()
        for office in (trade.jia, member)
    }
    assert seen == {"甲医院": 1, "乙医院": 1}
    gone = trade.acting(ended)["scope"]
    assert not visible_retention_sheets(gone).exists()
    assert not visible_retention_rows(gone).exists()
