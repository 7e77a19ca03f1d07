"""A month of goods is confirmed, verified, reviewed, approved and paid by six people, to the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from organisations.models import User
from settlement.models import BankOrder, StatementPayment
from tests.journeys.conftest import Open
from tests.journeys.looking import look
from tests.settlement.trade import Trade, noon

pytestmark = pytest.mark.browser


def test_from_the_payees_confirmation_to_the_ledger(sign_in: Open, tmp_path: Path) -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 6), price="2.5")
    places = {
        "distributor": trade.seller, "hospital": trade.jia, "city": trade.bureau,
        "province": trade.bureau, "agency": trade.agency,
    }  # fmt: skip
    for username, office in places.items():
        User.objects.filter(username=username).update(organisation=office)
    (row,) = trade.draft()
    page = f"/money/statements/{row.statement_no}/"

    def step(username: str, verb: str, label: str, then: str, **fields: str) -> Any:
        """From one's own list of tasks to the step's form; gives the window."""
        person: Any = sign_in(username)
        person.goto("/tasks/")
        person.get_by_role("link", name="配送企业 2026-03").first.click()
        form = person.locator(f"#{verb}")
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        form.get_by_role("button", name=label, exact=True).click()
        person.wait_for_selector(f"text={then}")
        return person

    step("distributor", "confirm", "确认结算单", "待医疗机构核实", lines="2", reason="单价不符")
    step("hospital", "answer", "核实本机构各行", "待审核", reply="按中选价执行")
    reviewer = step("city", "review", "审核通过", "待批准")
    # Whoever reviewed has no approval on the page.
    assert reviewer.locator("#approve").count() == 0
    look(reviewer, "statement-reviewed")
    step("province", "approve", "批准", "待付款")

    agency: Any = sign_in("agency")
    agency.goto("/money/bank/")
    with agency.expect_download() as file:
        agency.get_by_role("button", name="导出送银行文件").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    order = BankOrder.objects.get()
    assert order.amount == 40
    answer = tmp_path / "回单.csv"
    today = f"{timezone.localdate():%Y-%m-%d}"
    answer.write_text(
        "付款编号,金额,付款日期,银行流水号,结果,说明\r\n"
        f"{order.order_no},40.00,{today},LS20261123,成功,\r\n", encoding="utf-8-sig",
    )  # fmt: skip
    agency.goto("/money/bank/answer/")
    agency.set_input_files("#id_file", str(answer))
    agency.get_by_role("button", name="校验并预览").click()
    agency.get_by_role("button", name="确认写入").click()
    agency.wait_for_selector("text=已入账 1 笔")
    agency.goto(page)
    agency.wait_for_selector("text=已付清")
    look(agency, "statement-paid")
    entry = StatementPayment.objects.get().entry
    assert entry is not None
    agency.get_by_role("link", name=str(entry), exact=True).click()
    agency.wait_for_selector("text=流水号 LS20261123")
    look(agency, "entry-of-payment")
    agency.locator(f"a[href='{page}']").first.click()
    agency.wait_for_url(f"**{page}")
    row.refresh_from_db()
    assert (row.state, row.paid, row.total) == ("paid", 40, 40)
    signed = {row.reviewed_by_name, row.first_by_name}
    assert len(signed) == 2
    assert trade.check() == 65
