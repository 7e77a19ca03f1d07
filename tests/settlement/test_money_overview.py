"""资金总览: due by month, ageing by batch, the pools beside each other; page, Excel and API agree."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Batch, Product
from organisations.models import Organisation
from procurement.models import Receipt
from settlement.operations.statements.bank import export_bank_orders, read_bank_answer
from settlement.queries.due import ages, batch_ages, due_months, open_shares, pools_due
from settlement.queries.overview import batches, pool_money
from settlement.queries.statement_page import bank_orders
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.settlement.test_statements import pay, row_of
from tests.settlement.trade import APRIL, Trade, noon

pytestmark = pytest.mark.django_db


def two_batches(trade: Trade) -> None:
    """Beside the first batch's product a second one of a batch of its own, with its receipts."""
    first, own = trade.batch, trade.product
    other = make.batch(
        policy=first.policy, effective_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
    )
    product = make.product(manufacturer=trade.maker, group=make.group(), category="drug")
    make.selection(batch=other, product=product, region=trade.city)
    trade.receive(noon(3, 3), "10")
    trade.batch, trade.product = other, product
    trade.receive(noon(3, 5), "5")
    trade.batch, trade.product = first, own
    taken = trade.receive(noon(3, 9), "3")
    trade.send_back(taken, "1", noon(3, 10))


def test_due_when_and_how_old_by_batch() -> None:
    trade = Trade()
    two_batches(trade)
    (row,) = trade.draft()
    assert row.total == 68
    (coming,) = due_months(trade.pool, date(2026, 4, 8))
    assert (coming.month, coming.owed, coming.under_way_count, coming.under_way) == (
        APRIL,
        0,
        1,
        68,
    )
    row = trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    acting = trade.acting(trade.agency, at=noon(5, 20))
    read_bank_answer(rows=[row_of(order, "44")], apply=True, **acting)
    row.refresh_from_db()
    assert row.open_amount == 24
    # 44 pay the first 40 and 4 of the other batch's 20; what was kept of the last 12 waits whole.
    for on, place in ((date(2026, 4, 30), 0), (date(2026, 5, 1), 1), (date(2026, 5, 30), 1),
                      (date(2026, 5, 31), 2), (date(2026, 7, 29), 2), (date(2026, 7, 30), 3)):  # fmt: skip
        found = ages([row], on)
        assert [age.amount for age in found] == [Decimal(24) if i == place else 0 for i in range(4)]
        rows = batch_ages(open_shares([trade.pool.pk]), [row], on)
        assert sorted(each.amounts[place] for each in rows) == [8, 16]
        assert sum(each.total for each in rows) == row.open_amount
    (asked,) = bank_orders(trade.acting(trade.agency)["scope"])
    assert (asked.amount, asked.paid_amount) == (68, 44)
    (late,) = due_months(trade.pool, date(2026, 5, 8))
    assert (late.owed_count, late.owed, late.late) == (1, 24, True)
    elsewhere = people.pool(people.county())
    beside = pools_due([trade.pool, elsewhere], date(2026, 5, 1))
    assert [(each.approved, each.paid, each.open, each.overdue) for each in beside] == [
        (68, 44, 24, 24), (0, 0, 0, 0),
    ]  # fmt: skip


def test_a_batchs_paid_money_is_the_money_paid() -> None:
    """Goods sent back after they were paid for, of another batch than what the money then pays."""
    trade, on = Trade(), date(2026, 5, 8)
    two_batches(trade)
    for batch in {trade.batch, *Batch.objects.filter(effective_on=date(2026, 1, 1))}:
        make.agreement_year(batch=batch, starts_on=batch.effective_on, ends_on=batch.ends_on)
    paid_in_march = Receipt.objects.order_by("pk")[0]

    def shown() -> list[tuple[Decimal, Decimal]]:
        money = pool_money(trade.pool, on=on)
        assert sum(row.used for row in money.batches) == money.approved
        assert sum(row.paid for row in money.batches) == money.paid
        return [(row.used, row.paid) for row in money.batches]

    (row,) = trade.draft()
    trade.through(row)
    assert shown() == [(48, 0), (20, 0)]
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(order))
    assert shown() == [(48, 48), (20, 20)]
    # 12 yuan of the first batch go back; 8 of the second come: the enterprise owes 4.
    trade.send_back(paid_in_march, "3", noon(4, 3))
    trade.batch, trade.product = (
        Batch.objects.exclude(pk=trade.batch.pk).get(effective_on=date(2026, 1, 1)),
        Product.objects.exclude(pk=trade.product.pk).get(manufacturer=trade.maker),
    )
    trade.receive(noon(4, 5), "2")
    (row,) = trade.draft(APRIL, noon(5, 1))
    row = trade.through(row)
    assert (row.total, row.paid) == (-4, 0)
    assert shown() == [(36, 40), (28, 28)]


def test_budgets_of_many_years_are_asked_at_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    trade, on = Trade(), date(2026, 5, 8)
    two_batches(trade)
    trade.through(*trade.draft())
    made = list(Batch.objects.filter(effective_on=date(2026, 1, 1)))
    for batch in made:
        make.agreement_year(batch=batch, starts_on=batch.effective_on, ends_on=batch.ends_on)
    with django_assert_num_queries(3):
        assert len(batches(trade.pool, (), on)) == len(made) > 1


def test_page_file_and_api_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 5, 8))
    trade = Trade()
    two_batches(trade)
    trade.through(*trade.draft())
    finance: Organisation = people.organisation("finance", region=trade.city)
    client = Client()
    client.force_login(people.person(finance, "reviewer"))
    page = client.get("/money/overview/").content.decode()
    for words in ("何时应付", "2026年4月", "全部批次", "逾期 1–30 天", "68.00", trade.batch.name):
        assert words in page
    told = client.get("/api/v1/money-overview/").json()
    money = pool_money(trade.pool, on=date(2026, 5, 8))
    assert money.where is not None
    assert told["whereabouts"]["net_amount"] == f"{money.where.net:.2f}" == "68.00"
    assert told["due_months"] == [{
        "due_month": "2026-04-01", "owed_count": 1, "owed_amount": "68.00",
        "under_way_count": 0, "under_way_amount": "0.00",
    }]  # fmt: skip
    late = {row["age_batch"]: row["open_amount"] for row in told["ages"]
            if row["age"] == "逾期 1–30 天"}  # fmt: skip
    assert late.pop("") == "68.00"
    assert sorted(late.values()) == ["20.00", "48.00"]
    book = openpyxl.load_workbook(io.BytesIO(client.get("/money/overview-export/").content))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert ("对账", "验收减退货", trade.pool.name, None, 68) in rows
    assert ("何时应付", "2026-04 到期", "已批准未付", 1, 68) in rows
    assert ("账龄", "全部批次", "逾期 1–30 天", 1, 68) in rows
    assert client.get("/money/overview/?pool=NONE").status_code == 404
    assert client.get("/api/v1/money-overview/?pool=NONE").status_code == 404
    (listed,) = client.get("/api/v1/statements/?due=2026-04-01").json()["results"]
    assert listed["total"] == "68.00"
    assert client.get("/api/v1/statements/?due=2026-05-01").json()["results"] == []
