"""Months of goods are confirmed, verified, reviewed, approved and paid by six people, to the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from organisations.models import User
from settlement.models import BankOrder, Statement, StatementPayment
from tests.journeys.conftest import Open
from tests.journeys.looking import look
from tests.settlement.trade import APRIL, MAY, Trade, noon

pytestmark = [pytest.mark.browser, pytest.mark.reliability]


class Office:
    """The six people at their windows; each signs in once."""

    def __init__(self, trade: Trade, sign_in: Open, folder: Path) -> None:
        self.trade, self.sign_in, self.folder = trade, sign_in, folder
        self.windows: dict[str, Any] = {}
        for username, office in {
            "distributor": trade.seller, "hospital": trade.jia, "city": trade.bureau,
            "province": trade.bureau, "agency": trade.agency,
        }.items():  # fmt: skip
            User.objects.filter(username=username).update(organisation=office)

    def window(self, username: str) -> Any:
        if username not in self.windows:
            self.windows[username] = self.sign_in(username)
        return self.windows[username]

    def step(
        self, username: str, month: date, verb: str, label: str, then: str, **fields: str
    ) -> Any:
        """From one's own list of tasks to the step's form; gives the window."""
        person = self.window(username)
        person.goto("/tasks/")
        person.get_by_role("link", name=f"配送企业 {month:%Y-%m}").first.click()
        form = person.locator(f"#{verb}")
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.get_by_role("button", name=label, exact=True).click()
        person.wait_for_selector(f"text={then}")
        return person

    def approved(self, row: Statement, **disputed: str) -> None:
        """Confirmed by the payee, verified by the hospital, reviewed and approved by two people."""
        month = row.month
        self.step("distributor", month, "confirm", "确认结算单", "待医疗机构核实", **disputed)
        reply = {"reply": "按中选价执行"} if disputed else {}
        self.step("hospital", month, "answer", "核实本机构各行", "待审核", **reply)
        reviewer = self.step("city", month, "review", "审核通过", "待批准")
        # Whoever reviewed has no approval on the page.
        assert reviewer.locator("#approve").count() == 0
        look(reviewer, "statement-reviewed")
        self.step("province", month, "approve", "批准", "待付款")

    def pay(self, row: Statement, amount: str, reference: str) -> StatementPayment:
        """The bank's file out, its answer in, and the payment opened in the ledger and back."""
        agency = self.window("agency")
        agency.goto("/money/bank/")
        with agency.expect_download() as file:
            agency.get_by_role("button", name="导出送银行文件").click()
        assert file.value.suggested_filename.endswith(".xlsx")
        order = BankOrder.objects.latest("pk")
        answer = self.folder / f"{reference}.csv"
        today = f"{timezone.localdate():%Y-%m-%d}"
        answer.write_text(
            "付款编号,金额,付款日期,银行流水号,结果,说明\r\n"
            f"{order.order_no},{amount},{today},{reference},成功,\r\n", encoding="utf-8-sig",
        )  # fmt: skip
        agency.goto("/money/bank/answer/")
        agency.set_input_files("#id_file", str(answer))
        agency.get_by_role("button", name="校验并预览").click()
        agency.get_by_role("button", name="确认写入").click()
        agency.wait_for_selector("text=已入账 1 笔")
        page = f"/money/statements/{row.statement_no}/"
        agency.goto(page)
        agency.wait_for_selector(
            "text=已付清" if order.amount == Decimal(amount) else "text=部分付款"
        )
        look(agency, "statement-paid")
        paid = StatementPayment.objects.get(reference=reference)
        agency.get_by_role("link", name=str(paid.entry), exact=True).click()
        agency.wait_for_selector(f"text=流水号 {reference}")
        look(agency, "entry-of-payment")
        agency.locator(f"a[href='{page}']").first.click()
        agency.wait_for_url(f"**{page}")
        return paid


def test_from_the_payees_confirmation_to_the_ledger(
    sign_in: Open, tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    """One month; with `--effort full` three: a return after payment, a bank that pays in part."""
    trade = Trade()
    taken = trade.receive(noon(3, 5))
    trade.receive(noon(3, 6), price="2.5")
    office = Office(trade, sign_in, tmp_path)
    (row,) = trade.draft()
    office.approved(row, lines="2", reason="单价不符")
    office.pay(row, "40.00", "LS20261123")
    row.refresh_from_db()
    assert (row.state, row.paid, row.total) == ("paid", 40, 40)
    assert row.reviewed_by_name != row.first_by_name
    assert trade.check() == 65
    if rounds(1, 3) == 1:
        return
    trade.receive(noon(4, 7), "20")
    trade.send_back(taken, "3", noon(4, 9))
    (row,) = trade.draft(APRIL, noon(5, 1))
    # What was sent back of a paid month is taken off the next one; what was disputed is answered.
    assert row.total == 80 - 12 + 25
    office.approved(row)
    office.pay(row, "93.00", "LS20261124")
    trade.receive(noon(5, 7), "30")
    (row,) = trade.draft(MAY, noon(6, 1))
    office.approved(row)
    office.pay(row, "50.00", "LS20261125")
    office.pay(row, "70.00", "LS20261126")
    row.refresh_from_db()
    assert (row.state, row.paid, row.total) == ("paid", 120, 120)
    assert trade.check() == 65 + 80 - 12 + 120
