"""Every cancelled selection does the same on its day: standby is asked for, agreements end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.models import ResultChange, Selection
from catalog.operations.change_result import confirm_result, propose_result, revoke_result
from contracts.models import AgreementLine
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.jobs.models import Job
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from organisations.models import Organisation, Region
from policy.models import Policy
from procurement.models import OrderLine, StandbyCase
from procurement.operations.cancelled_results import end_due_agreements, follow_change
from procurement.operations.order_checks import OrderRefused
from procurement.operations.standby import start_standby
from procurement.tasks import run_follow_result
from tests.days import in_days, morning, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.contracts import delivery_relation
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
CLOCK = SystemActor("平台")


class Cancelling(Market):
    """The selected product of 甲医院's city is also selected for another city, with its agreement."""

    def __init__(self) -> None:
        super().__init__()
        Policy.objects.filter(pk=self.batch.policy_id).update(province_code=self.province.code)
        self.batch.refresh_from_db()
        self.bureau = people.organisation("bureau", region=self.province)
        self.far_city = people.region(parent=self.province)
        self.far = people.organisation(region=people.region(parent=self.far_city))
        make.selection(batch=self.batch, product=self.selected, region=self.far_city, price="12.5")
        self.spare = self.product(people.organisation("enterprise"), "缬沙坦备供", "14")
        make.selection(
            batch=self.batch, product=self.spare, region=self.city, price="13", role="standby"
        )
        signed = morning() - timedelta(days=40)
        self.far_line = stages.agreement_line(
            Parties(self.far, self.maker, self.d1), batch=self.batch, product=self.selected,
            agreed_qty=100, price="12.5", institution_signed_at=signed,
            manufacturer_signed_at=signed, distributor_signed_at=signed,
        )  # fmt: skip
        for product in (self.selected, self.spare):
            delivery_relation(
                Parties(self.a, product.manufacturer, self.d2), product=product, state="accepted"
            )

    def change(self, kind: str = "cancelled", to: Region | None = None, days: int = 1) -> Any:
        proposed = propose_result(
            batch=self.batch, kind=kind, product=self.selected, region=self.city, new_region=to,
            role="selected", price=None, effective_on=in_days(days), clause="执行 三",
            reason="企业放弃", **self.acting(self.bureau),
        )  # fmt: skip
        return confirm_result(change=proposed, **self.acting(self.bureau, "leader"))

    def follow(self, change: ResultChange, days: int = 0) -> dict[str, int]:
        return follow_change(change_no=change.change_no, on=in_days(days), by=CLOCK, at=morning())

    def line(self, of: Organisation) -> AgreementLine:
        return AgreementLine.objects.get(institution=of, product=self.selected)


@pytest.fixture
def market() -> Cancelling:
    return Cancelling()


def test_on_its_day_a_cancelled_selection_leaves_the_agreements_of_its_region(
    market: Cancelling,
) -> None:
    change = market.change()
    assert Job.objects.get(kind="follow_result").arguments == {"change": change.change_no}
    assert market.follow(change) == {}
    # Standby is asked for at once, the agreement stands until the day.
    (case,) = StandbyCase.objects.all()
    assert (case.source, case.region, case.unable_from) == ("cancelled", market.city, in_days(1))
    assert Task.objects.filter(act="decide_standby", organisation=market.bureau).exists()
    assert market.line(market.a).ended_at is None
    assert market.place().orders
    assert end_due_agreements(on=today(), by=CLOCK, at=morning()) == 0
    tomorrow = datetime.combine(in_days(1), time.min, SHANGHAI)
    assert end_due_agreements(on=in_days(1), by=CLOCK, at=tomorrow) == 1
    assert end_due_agreements(on=in_days(1), by=CLOCK, at=tomorrow) == 0
    assert market.line(market.a).ended_at == tomorrow
    # The other city's result runs on, and so does its agreement.
    assert market.line(market.far).ended_at is None
    change.refresh_from_db()
    assert change.effects == {"ended": 1, "versions": 0, "terminated": 0}
    assert AuditEvent.objects.filter(action="result_change.effects").count() == 1
    told = Notice.objects.filter(title__contains="中选结果变更")
    assert {market.maker.pk, market.a.pk} <= set(told.values_list("organisation", flat=True))


def test_after_the_day_it_is_bought_as_non_selected_or_the_standby_instead(
    market: Cancelling,
) -> None:
    change = market.change(days=0)
    assert run_follow_result(None, {"change": change.change_no})["ended"] == 1  # type: ignore[arg-type]
    with pytest.raises(OrderRefused, match="取消本产品在本地区的中选"):
        market.place(market.row(batch=market.batch.code))
    # Under no agreement any more: the relation's distributor, no batch, the listed price.
    (order,) = market.place(market.row(reason="换药风险"), client_no="YN2").orders
    assert order.distributor_id == market.d2.pk
    line = OrderLine.objects.get(order=order)
    assert (line.batch_id, line.unit_price) == (None, Decimal(30))
    (case,) = StandbyCase.objects.all()
    start_standby(
        case=case, standby_product=market.spare, starts_on=today(), note="启动",
        **market.acting(market.bureau, "leader"),
    )  # fmt: skip
    assert market.place(market.row(market.spare, reason=""), client_no="YN3").orders


def test_a_result_that_moves_to_another_city_ends_the_agreements_of_the_first(
    market: Cancelling,
) -> None:
    third = people.region(parent=market.province)
    change = market.change("region", to=third, days=0)
    assert market.follow(change)["ended"] == 1
    assert market.line(market.a).ended_at is not None
    assert market.line(market.far).ended_at is None
    assert not StandbyCase.objects.exists()


def test_where_the_provinces_result_supplies_the_city_still_nothing_ends(
    market: Cancelling,
) -> None:
    make.selection(
        batch=market.batch, product=market.selected, region=market.province, price="12.5"
    )
    assert market.follow(market.change(days=0))["ended"] == 0
    assert market.line(market.a).ended_at is None


def test_taken_back_before_its_day_the_agreement_stands_and_standby_is_withdrawn(
    market: Cancelling,
) -> None:
    change = market.change(days=5)
    market.follow(change)
    back = revoke_result(
        change=change, note="企业恢复供应", **market.acting(market.bureau, "leader")
    )
    assert market.follow(back) == {}
    assert StandbyCase.objects.get().state == "withdrawn"
    assert not Task.objects.filter(act="decide_standby", done_at__isnull=True).exists()
    assert end_due_agreements(on=in_days(5), by=CLOCK, at=morning()) == 0
    assert Selection.objects.get(product=market.selected, region=market.city).valid_to is None


def test_a_standby_result_that_is_cancelled_asks_for_nothing(market: Cancelling) -> None:
    Selection.objects.filter(product=market.selected, region=market.city).update(role="standby")
    assert market.follow(market.change()) == {}
    assert not StandbyCase.objects.exists()


def test_the_page_says_what_happens_to_the_agreements(market: Cancelling, client: Client) -> None:
    change = market.change(days=0)
    client.force_login(market.user(market.a))
    page = f"/catalog/result-changes/{change.change_no}/"
    assert "起不再包含该产品" in client.get(page).content.decode()
    market.follow(change)
    assert "1 行不再有效" in client.get(page).content.decode()
