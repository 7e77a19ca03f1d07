"""银行退汇: money that came back is owed again, its lines unpaid, and paid anew under a new number."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from inbox.models import Notice, Task
from monitoring.models import IndicatorValue
from monitoring.operations.compute_month import compute_month
from policy.models import Policy
from procurement.models import LineProgress, Payment, Receipt
from settlement.models import BankOrder, LedgerEntry, Statement, StatementPayment
from settlement.operations.statements.bank import export_bank_orders
from settlement.operations.statements.bank_rows import BankRow
from tests.factories import catalog as make
from tests.settlement.test_statements import balances, pay, row_of
from tests.settlement.trade import APRIL, CLOCK, Trade, noon

pytestmark = pytest.mark.django_db
BACK_ON = date(2026, 4, 20)
HEADINGS = "付款编号,金额,付款日期,银行流水号,结果,说明"


def settled() -> tuple[Trade, Statement, BankOrder, Receipt]:
    """40 yuan paid by the bank on 10 April."""
    trade = Trade()
    taken = trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(order))
    row.refresh_from_db()
    order.refresh_from_db()
    assert (row.state, order.state) == ("paid", "done")
    return trade, row, order, taken


def back(order: BankOrder, ref: str = "TH1", **changes: Any) -> BankRow:
    given: dict[str, Any] = {
        "succeeded": False, "returned": True, "paid_on": BACK_ON, "words": "户名不符",
    }  # fmt: skip
    return row_of(order, ref=ref, **given | changes)


def test_money_that_came_back_is_paid_anew() -> None:
    trade, row, order, taken = settled()
    progress = LineProgress.objects.get(line_id=taken.line_id)
    assert progress.state == "completed"
    result = pay(trade, back(order), apply=False)
    assert (result.returned, result.errors) == (1, ())
    assert balances(trade) == {"claim": 40, "fund": -40}
    result = pay(trade, back(order))
    assert (result.paid, result.returned, result.failed) == (0, 1, 0)
    row.refresh_from_db()
    assert (row.state, row.paid, row.open_amount) == ("approved", 0, 40)
    assert balances(trade) == {"claim": 40, "payable": -40}
    mirror = LedgerEntry.objects.get(reverses__event_kind="bank.paid")
    assert (mirror.occurred_on, mirror.reverses.source_label) == (BACK_ON, f"结算单 {row}")
    kinds = StatementPayment.objects.order_by("pk").values_list("kind", "amount", "reference")
    assert list(kinds) == [("bank", 40, "LS1"), ("returned", -40, "TH1")]
    assert sum(each.amount for each in Payment.objects.filter(line_id=taken.line_id)) == 0
    progress.refresh_from_db()
    assert progress.state == "received"
    assert Task.objects.get(object_key=row.statement_no, done_at=None).act == "pay_statement"
    assert Notice.objects.filter(organisation=trade.seller, title__contains="退汇").count() == 1
    trade.check()
    # Both answers come again: nothing more happens, in whichever order.
    for again in (row_of(order), back(order)):
        assert pay(trade, again).repeated == 1
    assert pay(trade, back(order, ref="TH9")).errors[0].column == "付款编号"
    (anew,) = export_bank_orders(**trade.acting(trade.agency))
    assert (anew.order_no, anew.amount) == (order.order_no[:-1] + "2", 40)
    pay(trade, row_of(anew, ref="LS2", paid_on=date(2026, 4, 28)))
    row.refresh_from_db()
    progress.refresh_from_db()
    assert (row.state, progress.state) == ("paid", "completed")
    assert balances(trade) == {"claim": 40, "fund": -40}


def test_a_part_that_came_back_leaves_the_other_paid() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    (first,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(first, "25"))
    (second,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(second, ref="LS2"))
    first.refresh_from_db()
    assert pay(trade, back(first)).errors[0].column == "金额"
    assert pay(trade, back(first, amount=Decimal(25))).returned == 1
    row.refresh_from_db()
    assert (row.state, row.paid) == ("part_paid", 15)
    assert sum(each.amount for each in Payment.objects.all()) == 15
    trade.check()


def test_what_is_no_return() -> None:
    trade, row, order, _ = settled()
    other = Trade()
    other.receive(noon(3, 5))
    (waiting,) = other.draft()
    other.through(waiting)
    (sent,) = export_bank_orders(**other.acting(other.agency))
    assert pay(other, back(sent)).errors[0].column == "结果"
    assert pay(other, back(order)).errors[0].column == "付款编号"
    wrong = [
        (back(order, ref=""), "银行流水号"), (back(order, amount=Decimal("39.99")), "金额"),
        (back(order, paid_on=date(2026, 4, 9)), "付款日期"),
        (back(order, paid_on=date(2026, 5, 21)), "付款日期"), (back(order, words=" "), "说明"),
    ]  # fmt: skip
    for given, column in wrong:
        assert [error.column for error in pay(trade, given).errors] == [column]
    # One reference stands for one payment, also within one file.
    twice = pay(other, row_of(sent, ref="LS1"))
    assert twice.errors[0].column == "银行流水号"
    row.refresh_from_db()
    assert row.state == "paid"
    with pytest.raises(IntegrityError, match="bank_order_returned_has_ref"), transaction.atomic():
        BankOrder.objects.filter(pk=order.pk).update(state="returned")


def test_returned_in_the_banks_file() -> None:
    trade, row, order, _ = settled()
    client = Client()
    client.force_login(trade.acting(trade.agency)["by"])
    line = f"{order.order_no},40.00,2026-04-20,TH1,退汇,户名不符"
    text = "\r\n".join((HEADINGS, line)).encode("gb18030")
    shown = client.post(
        "/money/bank/answer/", {"file": SimpleUploadedFile("回单.csv", text, "text/csv")}
    )
    assert shown.status_code == 200, shown.content.decode()
    done = client.post("/money/bank/answer/", {"token": shown.context["token"]}, follow=True)
    page = done.content.decode()
    assert "退汇 1 笔" in page
    assert "已退汇" in page
    row.refresh_from_db()
    assert row.state == "approved"
    api = {"order_no": order.order_no, "amount": "40", "paid_on": "2026-04-20", "bank_ref": "TH1"}
    for flags, code in (
        ({"succeeded": True, "returned": True}, 400),
        ({"succeeded": False, "returned": True, "words": "户名不符"}, 200),
    ):
        answer = client.post(
            "/api/v1/bank-orders/answer/", {"rows": [api | flags]}, content_type="application/json"
        )
        assert answer.status_code == code, answer.content.decode()
    assert answer.json()["repeated"] == 1


@pytest.mark.parametrize(("paid_on", "rate"), [(date(2026, 4, 30), 1), (date(2026, 5, 1), 0)])
def test_paid_anew_too_late_is_late(paid_on: date, rate: int) -> None:
    """Due on 30 April: what came back on the 20th and was paid on 1 May was not paid in time."""
    trade, _, order, _ = settled()
    assert trade.city.parent
    Policy.objects.filter(code="jiangxi-2024").update(province_code=trade.city.parent.code)
    make.agreement_year(batch=trade.batch, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    pay(trade, back(order))
    (anew,) = export_bank_orders(**trade.acting(trade.agency))
    assert pay(trade, row_of(anew, ref="LS2", paid_on=paid_on)).paid == 1
    compute_month(APRIL, by=CLOCK, at=noon(5, 21))
    (value,) = IndicatorValue.objects.filter(
        indicator="payment_on_time_rate", month=APRIL, institution=trade.jia
    )
    assert value.numerator / value.denominator == rate


def test_a_credit_is_written_under_its_side_without_a_minus() -> None:
    """A minus under 贷方 reads as a 红字 entry, which takes a credit back."""
    trade, row, _, _ = settled()
    client = Client()
    client.force_login(trade.acting(trade.agency)["by"])
    assert row.entry is not None
    payable = row.entry.postings.get(amount__lt=0)
    assert (payable.amount, payable.debit, payable.credit) == (-40, None, 40)
    for page in (f"/money/entries/{row.entry_id}/", f"/money/ledger/{payable.account_id}/"):
        lines = client.get(page).content.decode().split("<tbody>", 1)[1]
        assert "40.00" in lines
        assert "-40.00" not in lines


def test_the_trial_balance_shows_its_sums_on_any_day() -> None:
    """40 yuan owed on 8 April and paid on the 10th; of one purpose alone the sides differ."""
    trade, row, _, _ = settled()
    assert row.approved_on is not None
    client = Client()
    client.force_login(trade.acting(trade.agency)["by"])

    def sums(asked: str) -> tuple[Decimal, ...]:
        return tuple(client.get(f"/money/ledger/{asked}").context["sums"].values())

    before = row.approved_on - timedelta(days=1)
    assert sums(f"?until={before:%Y-%m-%d}") == (0, 0, 0)
    assert sums(f"?until={row.approved_on:%Y-%m-%d}") == (40, 40, 0)
    assert sums("") == (80, 80, 0)
    assert sums("?purpose=claim") == (40, 0, 40)
    page = client.get("/money/ledger/").content.decode()
    assert "所列账户借方合计" in page
    assert "80.00 元" in page


def test_the_file_for_the_bank_can_be_asked_for_again_from_the_same_page() -> None:
    """Its answer leaves the page where it is: a form that is sent once would spin for ever."""
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    client = Client()
    client.force_login(trade.acting(trade.agency)["by"])
    page = client.get("/money/bank/").content.decode()
    (form,) = re.findall(r'<form action="/money/bank/file/"[^>]*>', page)
    assert "data-once" not in form
    first, second = (client.post("/money/bank/file/?format=csv").content for _ in range(2))
    assert first == second
    assert row.statement_no in first.decode()
