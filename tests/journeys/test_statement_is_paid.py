"""Months of goods, from the cart to the bank's answer and the ledger, by people in their browsers.

The hospital orders, receives, corrects and sends back; the distributor confirms, ships and is paid;
the pool's clerk, its approver and its agency settle. Nothing of an order is made by the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from playwright.sync_api import expect

from catalog.models import Product
from organisations.models import User
from procurement.models import Delivery
from settlement.models import BankOrder, Posting, Statement, StatementPayment
from settlement.queries.facts import facts, whereabouts
from settlement.tasks import FOLLOW_STATEMENTS, request_follow_statements
from tests.factories.stages import Parties
from tests.journeys import goods
from tests.journeys.clock import Clock, run_asked
from tests.journeys.conftest import Open
from tests.journeys.looking import look
from tests.settlement.trade import APRIL, MARCH, MAY, Trade, noon

pytestmark = [pytest.mark.browser, pytest.mark.reliability]
Packs = Mapping[Product, str]


class Office:
    """The six people at their windows; each signs in once a day that is told."""

    def __init__(
        self, trade: Trade, sign_in: Open, patch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        self.trade, self.sign_in, self.folder = trade, sign_in, folder
        self.clock = Clock(patch)
        self.windows: dict[str, Any] = {}
        for username, office in {
            "distributor": trade.seller, "hospital": trade.jia, "city": trade.bureau,
            "province": trade.bureau, "agency": trade.agency,
        }.items():  # fmt: skip
            User.objects.filter(username=username).update(organisation=office)

    def day(self, moment: datetime) -> None:
        """Another day: yesterday's sessions have ended."""
        self.clock.set(moment)
        while self.windows:
            self.windows.popitem()[1].context.close()

    def window(self, username: str) -> Any:
        if username not in self.windows:
            self.windows[username] = self.sign_in(username)
        return self.windows[username]

    def supply(self, wanted: Packs, refused: Packs, total: str) -> dict[Product, Delivery]:
        """Ordered, confirmed, shipped, delivered and received today; gives what was delivered."""
        clerk, sender = self.window("hospital"), self.window("distributor")
        clerk.goto("/orders/cart/")
        for product, packs in wanted.items():
            goods.put_in_cart(clerk, product, packs)
        order = goods.send_order(clerk, total)
        goods.confirm_lines(sender, order)
        ship = goods.open_shipping(sender, order)
        for number, product in enumerate(wanted, start=1):
            goods.fill_lot(sender, product, f"P{timezone.localdate():%m%d}{number}")
        sender.get_by_label("发票号").fill(f"FP{timezone.localdate():%m%d}")
        ship.click()
        note = goods.deliver(sender)
        take = goods.open_note(clerk, note)
        found = {each.product: each for each in Delivery.objects.filter(note_no=note.note_no)}
        for product, packs in wanted.items():
            back = refused.get(product, "0")
            goods.count_in(clerk, found[product], f"{Decimal(packs) - Decimal(back)}", back)
        take.click()
        expect(clerk.get_by_text(f"已收货：{len(wanted)} 项").first).to_be_visible()
        look(clerk, f"received-{timezone.localdate():%m}")
        self.trade.check()
        return found

    def begin(self, month: date) -> Statement:
        """The city's clerk begins the pool with its first month."""
        clerk = self.window("city")
        clerk.goto("/money/begin/")
        clerk.get_by_label("结算月份").fill(f"{month:%Y-%m-%d}")
        clerk.get_by_role("button", name="生成", exact=True).click()
        clerk.wait_for_selector("text=已生成，收款企业已收到待办")
        return Statement.objects.get(pool=self.trade.pool, month=month)

    def drafted(self, month: date) -> Statement:
        """What the clock drafts on the 1st."""
        run_asked(FOLLOW_STATEMENTS, request_follow_statements)
        return Statement.objects.get(pool=self.trade.pool, month=month)

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
        self.trade.check()
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
        look(reviewer, f"statement-reviewed-{month:%m}")
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
        look(agency, f"statement-paid-{row.month:%m}")
        paid = StatementPayment.objects.get(reference=reference)
        agency.get_by_role("link", name=str(paid.entry), exact=True).click()
        agency.wait_for_selector(f"text=流水号 {reference}")
        look(agency, "entry-of-payment")
        agency.locator(f"a[href='{page}']").first.click()
        agency.wait_for_url(f"**{page}")
        return paid

    def month_ends(self) -> None:
        """Σ accepted − Σ returned is somewhere, the books balance: on the pages as in the tables."""
        pool = self.trade.pool
        agency, net = self.window("agency"), self.trade.check()
        agency.goto("/money/overview/")
        told = _figures(agency, "对账", 1)
        look(agency, f"overview-{timezone.localdate():%m}")
        where = whereabouts(facts(pool, since=MARCH, until=date(2026, 12, 1)))
        parts = {
            "已列入结算单": where.stated, "尚未列入": where.not_yet, "暂停直接结算": where.held,
            "有异议或未答复": where.disputed, "追溯码不足（依码结算）": where.blocked,
        }  # fmt: skip
        assert {name: told[name] for name in parts} == parts
        assert told["验收减退货"] == sum(parts.values()) == net
        (used, paid) = _figures(agency, "专项预算与使用", 3), _figures(agency, "专项预算与使用", 5)
        assert (sum(used.values()), sum(paid.values())) == (told["已批准应付"], told["已付和冲抵"])
        agency.goto("/money/ledger/")
        balances = _figures(agency, "账簿", 5)
        look(agency, f"ledger-{timezone.localdate():%m}")
        assert sum(balances.values()) == 0
        assert agency.get_by_text("0.00 元", exact=True).count() == 1
        booked = Posting.objects.filter(account__pool=pool).aggregate(total=Sum("amount"))
        assert booked["total"] == 0
        # What the bank paid of this pool is what its statements say was paid.
        assert told["已付和冲抵"] == -balances["医保基金支付"]


def _figures(page: Any, caption: str, column: int) -> dict[str, Decimal]:
    """A table's figures in one column by the words of the rows' first cells."""
    rows = page.locator(f"table:has(caption:text-is('{caption}')) tbody tr").all_inner_texts()
    cells = [[cell.strip() for cell in row.split("\t")] for row in rows]
    return {row[0]: Decimal(row[column].replace(",", "")) for row in cells}


def test_from_the_cart_to_the_ledger(
    sign_in: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    rounds: Callable[[int, int], int],
) -> None:  # fmt: skip
    """One month; with `--effort full` three: a refused pack, a paid receipt that is corrected, a
    return after payment, a line disputed and carried over, a bank that pays in part.
    """
    trade = Trade()
    office = Office(trade, sign_in, monkeypatch, tmp_path)
    parties = Parties(trade.jia, trade.maker, trade.seller)
    prices = {"旅程缬沙坦": "4", "旅程厄贝沙坦": "2.5"}
    cheap, dear = reversed(goods.agreed(parties, trade.batch, prices))

    office.day(noon(3, 5))
    march = office.supply({dear: "11", cheap: "10"}, {dear: "1"}, "69.00")
    office.day(noon(4, 1))
    row = office.begin(MARCH)
    assert row.total == 65
    (disputed,) = (
        place for place, line in enumerate(row.lines.order_by("pk"), start=1)
        if line.product == cheap
    )  # fmt: skip
    office.approved(row, lines=str(disputed), reason="单价不符")
    office.pay(row, "40.00", "LS20260401")
    row.refresh_from_db()
    assert (row.state, row.paid, row.total) == ("paid", 40, 40)
    assert row.reviewed_by_name != row.first_by_name
    office.month_ends()
    assert trade.check() == 65
    if rounds(1, 3) == 1:
        return

    office.day(noon(4, 7))
    office.supply({dear: "21"}, {dear: "1"}, "84.00")
    clerk, sender = office.window("hospital"), office.window("distributor")
    # The pack that was refused in March was whole after all; three others go back.
    goods.correct(clerk, march[dear], "11", "0", "外包装破损，药品完好，同意验收")
    goods.send_back(clerk, sender, march[dear], "3")
    look(clerk, "corrected")
    assert trade.check() == 65 + 80 + 4 - 12
    office.day(noon(5, 1))
    row = office.drafted(APRIL)
    # What was sent back of a paid month is taken off the next one; what was disputed is answered.
    assert row.total == 80 + 4 - 12 + 25
    office.approved(row)
    office.pay(row, "97.00", "LS20260501")
    office.month_ends()

    office.day(noon(5, 7))
    office.supply({dear: "30"}, {}, "120.00")
    office.day(noon(6, 1))
    row = office.drafted(MAY)
    office.approved(row)
    office.pay(row, "50.00", "LS20260601")
    office.pay(row, "70.00", "LS20260602")
    row.refresh_from_db()
    assert (row.state, row.paid, row.total) == ("paid", 120, 120)
    office.month_ends()
    assert trade.check() == 65 + 80 + 4 - 12 + 120
