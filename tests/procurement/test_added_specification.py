"""An added specification of a selected product, from 差比价 to the receipt, at the calculated price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from catalog.models import ListedPrice, Product
from catalog.operations.change_result import confirm_result, propose_result
from catalog.operations.price_ratio import RatioInputs, confirm_calculation
from catalog.operations.selected_prices import follow_selections
from catalog.queries.orderable import why_not_orderable
from contracts.operations.relations import Pointing, accept_relation, point_distributors
from core.audit.record import SystemActor
from core.transitions import MissingInput
from policy.models import Policy
from procurement.models import Delivery, LineProgress, OrderLine, Receipt
from procurement.operations.answers import confirm_lines
from procurement.operations.order_checks import OrderRefused
from procurement.operations.receipts import TakenRow, receive
from procurement.operations.shipping import NoteDraft, ShipRow, ship_notes
from tests.days import morning, today
from tests.factories import organisations as people
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
CLOCK = SystemActor("平台")


class Adding(Market):
    """The selected product is 12.5 yuan for 10 units; the same maker lists one of 20 units."""

    def __init__(self) -> None:
        super().__init__()
        Policy.objects.filter(pk=self.batch.policy_id).update(province_code=self.province.code)
        self.batch.refresh_from_db()
        self.bureau = people.organisation("bureau", region=self.province)
        follow_selections(by=CLOCK, at=morning())
        self.selected.refresh_from_db()
        self.big = self.product(self.maker, "缬沙坦大包装", "40")
        Product.objects.filter(pk=self.big.pk).update(base_units_per_pack=20)
        self.big.refresh_from_db()

    def calculate(self) -> Decimal:
        """K = 1.95 ^ log2(20 ÷ 10) = 1.95: 12.5 × 1.95 = 24.375, half up 24.38."""
        made = confirm_calculation(
            product=self.big, representative=self.selected, expected=Decimal("24.38"),
            inputs=RatioInputs(Decimal("12.5"), Decimal(80), Decimal(10), Decimal(80), Decimal(20)),
            valid_from=today(), note="增补规格", **self.acting(self.bureau, "leader"),
        )  # fmt: skip
        return made.result

    def add(self, price: Decimal, **more: Any) -> None:
        proposed = propose_result(
            batch=self.batch, kind="added", product=self.big, region=self.city, new_region=None,
            role="selected", price=price, effective_on=today(), clause="S2-10.2",
            reason="中选企业增补规格", **self.acting(self.bureau),
        )  # fmt: skip
        confirm_result(change=proposed, **self.acting(self.bureau, "leader"))

    def relate(self) -> None:
        (made,) = point_distributors(
            pointings=[Pointing(
                product=self.big, distributor=self.d1, pool=self.pool, county=None,
                valid_from=today(), batch=self.batch,
            )],
            **self.acting(self.maker, "leader"),
        )  # fmt: skip
        accept_relation(relation=made, **self.acting(self.d1, "leader"))


def test_from_the_calculation_to_the_receipt_at_the_calculated_price() -> None:
    market = Adding()
    price = market.calculate()
    with (
        pytest.raises(MissingInput, match="24.38 元/包装.*请按它填写") as wrong,
        transaction.atomic(),
    ):
        market.add(Decimal("24"))
    assert (wrong.value.field, wrong.value.clause) == ("price", "S2-10.2")
    market.add(price)
    listed = ListedPrice.objects.get(product=market.big, valid_from=today())
    assert (listed.price, listed.kind) == (price, "ratio")
    # Selected, at its price, but nobody delivers it yet: search and order say so alike.
    codes = [each.code for each in why_not_orderable(market.a, market.big, today()) if each.blocks]
    assert codes == ["no_relation"]
    with pytest.raises(OrderRefused, match="点选配送企业"):
        market.place(market.row(market.big, 4))
    market.relate()
    (order,) = market.place(market.row(market.big, 4)).orders
    line = OrderLine.objects.get(order=order)
    assert (line.unit_price, line.batch_id, line.distributor_id) == (
        price, market.batch.pk, market.d1.pk,
    )  # fmt: skip
    carrier = market.acting(market.d1)
    confirm_lines(line_ids=[line.pk], **carrier)
    packed = ShipRow(line.pk, Decimal(4), "L1", date(2030, 1, 31))
    ship_notes(drafts=[NoteDraft((packed,))], **carrier)
    (sent,) = Delivery.objects.filter(line_id=line.pk)
    receive(rows=[TakenRow(sent, Decimal(4), Decimal(0))], **market.acting(market.a, "storekeeper"))
    taken = Receipt.objects.get(delivery_id=sent.pk)
    assert (taken.accepted_packs, taken.unit_price * 4) == (4, Decimal("97.52"))
    assert LineProgress.objects.get(line_id=line.pk).state == "received"


def test_a_calculation_against_the_selected_price_is_refused() -> None:
    """Once it is selected its price is the selected one; another follows by a change of results."""
    market = Adding()
    market.add(Decimal(20))
    with pytest.raises(MissingInput, match="中选产品按中选价 20.00 元挂网") as wrong:
        market.calculate()
    assert wrong.value.clause == "S2-10.1"
