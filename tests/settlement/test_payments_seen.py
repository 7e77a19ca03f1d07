"""What statements pay is what `payment_on_time_rate` measures and `late_payment` warns of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from monitoring.models import IndicatorValue, Warning
from monitoring.operations.compute_month import compute_month
from policy.models import Policy
from settlement.models import BankOrder, Statement
from settlement.operations.statements.bank import export_bank_orders, read_bank_answer
from tests.factories import catalog as make
from tests.settlement.test_statements import row_of
from tests.settlement.trade import APRIL, CLOCK, Trade, noon

HEADINGS = "付款编号,金额,付款日期,银行流水号,结果,说明"


def paid_on(day: date) -> Trade:
    """40 yuan accepted on 5 March, due on 30 April, paid by the bank on `day`."""
    trade = Trade()
    assert trade.city.parent
    Policy.objects.filter(code="jiangxi-2024").update(province_code=trade.city.parent.code)
    make.agreement_year(batch=trade.batch, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    acting = trade.acting(trade.agency, at=noon(5, 2))
    result = read_bank_answer(rows=[row_of(order, paid_on=day)], apply=True, **acting)
    assert (result.paid, result.errors) == (1, ())
    return trade


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "rate", "warned"),
    [(date(2026, 4, 30), Decimal(1), False), (date(2026, 5, 1), Decimal(0), True)],
)
def test_paid_on_the_last_day_is_on_time(day: date, rate: Decimal, warned: bool) -> None:
    trade = paid_on(day)
    compute_month(APRIL, by=CLOCK, at=noon(5, 3))
    (value,) = IndicatorValue.objects.filter(
        indicator="payment_on_time_rate", month=APRIL, institution=trade.jia
    )
    assert (value.denominator, value.numerator / value.denominator) == (40, rate)
    # 江西: the fund pays, so it is the pool that is warned of, not the hospital.
    found = Warning.objects.filter(rule="late_payment")
    assert [(w.subject_type, w.pool) for w in found] == ([("pool", trade.pool)] if warned else [])


@pytest.mark.django_db
def test_the_banks_answer_as_csv() -> None:
    """The same rules as for Excel: errors by row, all or nothing, a replay is harmless."""
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    client = Client()
    client.force_login(trade.acting(trade.agency)["by"])

    def upload(*lines: str, encoding: str = "gb18030"):
        text = "\r\n".join((HEADINGS, *lines))
        file = SimpleUploadedFile("回单.csv", text.encode(encoding), "text/csv")
        return client.post("/money/bank/answer/", {"file": file})

    good = f'{order.order_no},40.00,2026-04-10,LS1,成功,"正常,已入账"'
    wrong = upload(good, "无此,1.00,2026-04-10,LS2,成功,", good.replace("40.00", "４０"))
    assert wrong.status_code == 400
    assert {each["line"] for each in wrong.context["file_errors"]} == {3, 4}
    wrong = upload(good, "无此,1.00,2026-04-10,LS2,成功,", encoding="utf-8-sig")
    assert [each["line"] for each in wrong.context["file_errors"]] == [3]
    for broken in ('"没有关上的引号', "\0,1,2026-04-10,LS2,成功,"):
        assert upload(broken).status_code == 400
    assert upload(good, encoding="utf-16").status_code == 400
    assert not Statement.objects.filter(paid__gt=0).exists()
    for booked, known in ((1, 0), (0, 1)):
        shown = upload(good)
        assert shown.status_code == 200
        answer = client.post("/money/bank/answer/", {"token": shown.context["token"]}, follow=True)
        page = answer.content.decode()
        assert f"已入账 {booked} 笔" in page
        assert f"此前已入账 {known} 笔" in page
    row.refresh_from_db()
    assert (row.state, row.paid) == ("paid", 40)
    assert BankOrder.objects.get().bank_words == "正常,已入账"
