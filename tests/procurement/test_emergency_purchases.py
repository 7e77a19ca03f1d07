"""Order lines of a surge: tied by the institution, counted by the city's verification."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from catalog.models import Exemption, Product
from core.transitions import MissingInput, NotYours, TransitionRefused
from organisations.models import Organisation
from procurement.models import EmergencyPurchase, OfflinePurchase, OrderLine, SurgeReport
from procurement.operations.emergency_purchases import tie_lines
from procurement.operations.offline_purchases import record_offline
from procurement.rules.surge import BEFORE_DAYS, counts_as
from tests.factories import catalog as make
from tests.factories import stages, supply_side
from tests.factories.stages import Parties
from tests.procurement.test_standby import NOW, TODAY, Supply, pdf
from tests.procurement.test_surge import report, verify

pytestmark = pytest.mark.django_db


def line(
    supply: Supply, product: Product, of: Organisation | None = None, **more: Any
) -> OrderLine:
    parties = Parties(of or supply.hospital, supply.maker, supply.second)
    at = more.pop("at", NOW)
    order = stages.order(parties, sent_at=at)
    return stages.order_line(parties, order=order, product=product, ordered_at=at, **more)


def key(row: OrderLine) -> tuple[str, int]:
    return (row.order.order_no, row.line_no)


def tie(supply: Supply, row: SurgeReport, *lines: OrderLine, **who: Any) -> list[EmergencyPurchase]:
    acting = who or supply.acting(supply.hospital)
    return tie_lines(report=row, lines=[key(each) for each in lines], **acting)


def test_tied_lines_are_counted_with_the_verification() -> None:
    supply = Supply()
    third = make.product(manufacturer=supply.second, group=supply.product.group)
    make.selection(batch=supply.batch, product=third, region=supply.other_city, role="selected")
    row = report(supply)
    bought = [line(supply, product) for product in (supply.standby, third, supply.product)]
    made = tie(supply, row, *bought)
    assert [str(each) for each in made] == [f"{no}-{place}" for no, place in map(key, bought)]
    # Of what the institution bought the city names one; the others count alike.
    with pytest.raises(MissingInput, match="机构登记的应急采购产品是"):
        verify(supply, row, make.product())
    verify(supply, row, supply.standby)
    found = set(Exemption.objects.values_list("exemption_no", "product", "kind"))
    assert found == {
        (row.report_no, supply.standby.pk, "standby_counts"),
        (f"{row.report_no}-2", third.pk, "non_selected"),
    }
    with pytest.raises(TransitionRefused, match="已核实"):
        tie(supply, row, line(supply, supply.standby))


def test_what_may_not_be_tied() -> None:
    supply = Supply()
    row = report(supply)
    first, last = NOW - timedelta(days=BEFORE_DAYS), NOW - timedelta(days=BEFORE_DAYS, minutes=1)
    tie(supply, row, line(supply, supply.standby, at=first))
    good = line(supply, supply.standby)
    for wrong in (
        line(supply, supply.standby, at=last),
        line(supply, supply.stranger),
        line(supply, supply.standby, of=supply.far),
    ):
        with pytest.raises(MissingInput, match="不能登记"):
            tie(supply, row, good, wrong)
    assert EmergencyPurchase.objects.count() == 1
    with pytest.raises(NotYours):
        tie(supply, row, good, **supply.acting(supply.far))
    with pytest.raises(MissingInput):
        tie(supply, row)
    tie(supply, row, good)
    with pytest.raises(MissingInput, match="没有登记过"):
        tie(supply, row, good)


@pytest.mark.parametrize(
    ("roles", "lent", "cause", "kind"),
    [
        ({"selected"}, False, "epidemic", ""), ({"selected"}, True, "shortage", ""),
        ({"selected"}, True, "epidemic", "agreed_volume"),
        ({"selected", "standby"}, True, "disaster", "agreed_volume"),
        ({"standby"}, True, "epidemic", "standby_counts"), (set(), True, "other", "non_selected"),
    ],
)  # fmt: skip
def test_as_what_it_counts(roles: set[str], lent: bool, cause: str, kind: str) -> None:
    assert counts_as(roles=frozenset(roles), lent=lent, cause=cause) == kind


def test_lent_packs_free_the_agreed_quantity_once_they_were_received() -> None:
    supply = Supply()
    row = report(supply)
    supply_side.transfer(report=row, state="sent", offered_packs=10, sent_packs=10)
    with pytest.raises(MissingInput, match="已收到调剂"):
        verify(supply, row, supply.product)
    supply_side.transfer(
        report=row, state="received", offered_packs=9, sent_packs=9, received_packs=9
    )
    verify(supply, row, supply.product)
    kept = Exemption.objects.get()
    assert (kept.kind, kept.product, kept.batch) == ("agreed_volume", supply.product, supply.batch)


def test_off_platform_purchase_names_the_own_report() -> None:
    supply = Supply()
    row, other = report(supply), report(supply, of=supply.far)
    given: dict[str, Any] = {
        "product": supply.standby, "packs": Decimal(5), "unit_price": Decimal(3),
        "bought_on": TODAY, "seller": "某药店", "words": "抢救", "uploads": [pdf()],
        **supply.acting(supply.hospital),
    }  # fmt: skip
    for number in (other.report_no, "没有"):
        with pytest.raises(MissingInput, match="没有这个编号的本机构应急需求"):
            record_offline(surge_no=number, **given)
    record_offline(surge_no=row.report_no, **given)
    assert OfflinePurchase.objects.get().surge == row


def test_page_and_api(client: Client) -> None:
    supply = Supply()
    row = report(supply)
    first, second = line(supply, supply.standby), line(supply, supply.product)
    client.force_login(supply.acting(supply.hospital)["by"])
    address = f"/supply/surge/{row.report_no}/"
    assert f'value="{first.order.order_no}:1"' in client.get(address).content.decode()
    for wrong in ("x", "x:", f"{first.order.order_no}:٣"):
        assert client.post(f"{address}lines/", {"line": wrong}).status_code == 400
    assert client.post(f"{address}lines/").status_code == 400
    done = client.post(f"{address}lines/", {"line": f"{first.order.order_no}:1"})
    assert done.status_code == 302
    sent = client.post(
        f"/api/v1/surge-reports/{row.report_no}/tie/",
        {"lines": [{"order_no": second.order.order_no, "line_no": 1}]},
        content_type="application/json",
    )
    assert sent.status_code == 201, sent.content.decode()
    client.force_login(supply.acting(supply.city_bureau)["by"])
    page = client.get(address).content.decode()
    assert first.order.order_no in page
    assert "登记应急采购的订单行" not in page
    listed = client.get(f"/api/v1/surge-reports/{row.report_no}/purchases/").json()
    assert [each["product"] for each in listed] == [supply.standby.code, supply.product.code]
