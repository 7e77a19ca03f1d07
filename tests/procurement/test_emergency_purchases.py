"""Order lines of a surge: tied by the institution, counted by the city's verification."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalog.models import Exemption, Product
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from organisations.models import Organisation
from procurement.models import EmergencyPurchase, OfflinePurchase, OrderLine, SurgeReport
from procurement.operations.emergency_purchases import COPIED, tie_lines, untie_lines
from procurement.operations.offline_purchases import correct_surge, record_offline
from procurement.operations.surge import answer_surge
from procurement.queries.emergency_purchases import tied_lines, untied_lines
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


def test_tied_products_that_count_by_themselves_bind_nobody() -> None:
    """Selected ones need no verification: the standby that comes instead may still be named."""
    supply = Supply()
    row = report(supply)
    tie(supply, row, line(supply, supply.product))
    with pytest.raises(MissingInput, match="不需要认定"):
        verify(supply, row, supply.product)
    verify(supply, row, supply.standby)
    found = set(Exemption.objects.values_list("product", "kind"))
    assert found == {(supply.standby.pk, "standby_counts")}


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


def test_what_was_tied_by_mistake_is_corrected_by_a_new_entry() -> None:
    supply = Supply()
    row, acting = report(supply), supply.acting(supply.hospital)
    wrong, right = line(supply, supply.standby), line(supply, supply.product)
    tie(supply, row, wrong, right)

    def untie(*lines: OrderLine, words: str = "登记错了", **who: Any) -> list[EmergencyPurchase]:
        named = [key(each) for each in lines]
        return untie_lines(report=row, lines=named, words=words, **who or acting)

    with pytest.raises(NotYours):
        untie(wrong, **supply.acting(supply.far))
    with pytest.raises(MissingInput, match="更正原因"):
        untie(wrong, words=" ")
    with pytest.raises(MissingInput, match="请勾选"):
        untie()
    (entry,) = untie(wrong)
    assert (entry.entry_no, entry.kind, entry.words) == (2, "untied", "登记错了")
    with pytest.raises(MissingInput, match="没有登记在这份应急需求上"):
        untie(right, wrong)
    scope = acting["scope"]
    assert [str(each) for each in tied_lines(scope, row)] == [f"{right.order.order_no}-1"]
    assert [str(each) for each in untied_lines(scope, row)] == [f"{wrong.order.order_no}-1"]
    event = AuditEvent.objects.get(action="surge_report.untie")
    assert (event.reason, event.detail["lines"]) == ("登记错了", [str(entry)])
    # It is free again; a later entry ties it, and only in turns.
    (again,) = tie(supply, row, wrong)
    assert again.entry_no == 3
    for kind, entry_no, words in (("tied", 4, ""), ("untied", 4, ""), ("tied", 3, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyPurchase.objects.create(
                **{name: getattr(again, name) for name in COPIED}, tied_at=NOW,
                tied_by_name="测试", kind=kind, entry_no=entry_no, words=words,
            )  # fmt: skip
    # What the city refused is tied to the next report; what it verified rests on its lines.
    answer_surge(report=row, verb="refuse", words="没有材料", **supply.acting(supply.city_bureau))
    second = report(supply)
    with pytest.raises(MissingInput, match="不能登记"):
        tie(supply, second, wrong)
    untie(wrong)
    tie(supply, second, wrong)
    verify(supply, second, supply.standby)
    with pytest.raises(TransitionRefused, match="已核实"):
        untie_lines(report=second, lines=[key(wrong)], words="错", **acting)
    assert EmergencyPurchase.objects.count() == 6


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
    bought = record_offline(surge_no=row.report_no, **given)
    assert OfflinePurchase.objects.get().surge == row
    acting = supply.acting(supply.hospital)

    def correct(number: str, words: str = "登记错了", **who: Any) -> OfflinePurchase:
        return correct_surge(purchase=bought, surge_no=number, words=words, **{**acting, **who})

    with pytest.raises(NotYours):
        correct("", **supply.acting(supply.city_bureau))
    for number, words, said in (
        (row.report_no, "错", "与现在登记的应急需求相同"), (other.report_no, "错", "没有这个编号"),
        ("", " ", "更正原因"),
    ):  # fmt: skip
        with pytest.raises(MissingInput, match=said):
            correct(number, words)
    assert correct("", seen_version=1).surge is None
    with pytest.raises(StaleVersion):
        correct(row.report_no, seen_version=1)
    assert correct(row.report_no, "还是为这次而买").surge == row
    events = AuditEvent.objects.filter(action="offline_purchase.correct_surge").order_by("pk")
    assert [event.detail["from"] for event in events] == [row.report_no, ""]


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
    untie = {"line": f"{first.order.order_no}:1"}
    assert client.post(f"{address}untie/", untie).status_code == 400
    assert client.post(f"{address}untie/", untie | {"words": "不是应急"}).status_code == 302
    assert "不是应急" in client.get(address).content.decode()
    retied = client.post(f"{address}lines/", untie)
    assert retied.status_code == 302
    sent = client.post(
        f"/api/v1/surge-reports/{row.report_no}/untie/",
        {"lines": [{"order_no": first.order.order_no, "line_no": 1}], "words": "多登记"},
        content_type="application/json",
    )
    assert sent.status_code == 201, sent.content.decode()
    assert client.post(f"{address}lines/", untie).status_code == 302
    client.force_login(supply.acting(supply.city_bureau)["by"])
    page = client.get(address).content.decode()
    assert "更正所选订单行" not in page
    assert first.order.order_no in page
    assert "登记应急采购的订单行" not in page
    listed = client.get(f"/api/v1/surge-reports/{row.report_no}/purchases/").json()
    assert [each["product"] for each in listed] == [supply.product.code, supply.standby.code]
