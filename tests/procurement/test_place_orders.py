"""Ordering: price, batch, distributor, deadlines; refused rows; once for each number."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from catalog.models import Listing
from contracts.models import DeliveryRelation
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Notice, Task
from procurement.models import ClinicalReason, LineProgress, Order, OrderLine
from procurement.operations.order_checks import OrderRefused, Unconfirmed
from tests.days import morning
from tests.factories import catalog as make
from tests.factories import stages
from tests.factories.contracts import delivery_relation
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return Market()


def faults(refused: Any) -> list[tuple[int, str]]:
    return [(each.index, each.field) for each in refused.value.faults]


def test_order_locks_price_batch_deadlines_and_tells_each_distributor(market: Market) -> None:
    placed = market.place(
        market.row(), market.row(market.other, 2, reason="对辅料过敏"), urgent=True
    )
    first, second = placed.orders
    assert (first.distributor_id, second.distributor_id) == (market.d1.pk, market.d2.pk)
    assert (first.client_no, second.client_no, second.submission_no) == ("YN1", "YN1-2", "YN1")
    line = OrderLine.objects.get(order=first)
    other = OrderLine.objects.get(order=second)
    assert (line.unit_price, line.batch_id) == (Decimal("12.5"), market.batch.pk)
    assert (other.unit_price, other.batch_id) == (Decimal(20), None)
    assert line.county_id == market.county.pk and line.manufacturer_id == market.maker.pk
    at = line.ordered_at
    assert at == first.sent_at == morning()
    assert line.response_due_at == at + timedelta(hours=48)
    assert line.delivery_due_at == at + timedelta(hours=24)
    progress = LineProgress.objects.get(line_id=line.pk)
    assert (progress.state, progress.due_at) == ("sent", line.response_due_at)
    reason = ClinicalReason.objects.get(line_id=other.pk)
    assert (reason.reason, reason.offered[0]["product"]) == ("对辅料过敏", market.selected.code)
    tasks = dict(Task.objects.filter(act="answer_order").values_list("organisation_id", "due_at"))
    assert tasks == {market.d1.pk: line.response_due_at, market.d2.pk: other.response_due_at}
    assert Notice.objects.filter(key=f"order-{first.order_no}-placed").count() == 1
    assert set(
        AuditEvent.objects.filter(action="order.place").values_list("object_key", flat=True)
    ) == {first.order_no, second.order_no}


def test_more_than_agreed_is_ordered_at_the_selected_price(market: Market) -> None:
    (order,) = market.place(market.row(packs=5000)).orders
    assert OrderLine.objects.get(order=order).unit_price == Decimal("12.5")


def test_same_number_gives_the_first_orders_and_another_content_is_refused(market: Market) -> None:
    first = market.place()
    again = market.place(at=morning() + timedelta(hours=1))
    assert again.again and [o.pk for o in again.orders] == [o.pk for o in first.orders]
    with pytest.raises(TransitionRefused, match=first.orders[0].order_no):
        market.place(market.row(packs=4))
    assert Order.objects.count() == 1
    assert market.place(client_no="YN2").orders[0].pk != first.orders[0].pk


def test_number_of_a_loaded_order_is_known_by_its_lines(market: Market) -> None:
    head = stages.order(Parties(market.a, market.maker, market.d1), client_no="旧1")
    stages.order_line(
        Parties(market.a, market.maker, market.d1), order=head, product=market.selected, packs=3
    )
    assert market.place(client_no="旧1").orders == [head]
    with pytest.raises(TransitionRefused):
        market.place(market.row(packs=9), client_no="旧1")


def test_rows_that_cannot_be_ordered_say_why_and_nothing_is_written(market: Market) -> None:
    stranger = market.product(market.rival, "无人配送", "9")
    Listing.objects.filter(product=market.other).update(
        state="suspended", reason_code="other", reason="质量问题", since=morning().date()
    )
    bad = (
        market.row(packs=0), market.row(market.other), market.row(stranger, reason="x"),
        market.row(market.selected),
    )  # fmt: skip
    with pytest.raises(OrderRefused) as refused:
        market.place(*bad)
    assert faults(refused) == [
        (0, "packs"), (1, "product"), (1, "reason"), (2, "distributor"), (3, "product"),
    ]  # fmt: skip
    assert "未中选企业" in refused.value.faults[3].reason
    assert not Order.objects.exists()


def test_fifty_lines_cost_as_many_queries_as_one(
    market: Market, django_assert_num_queries: Any
) -> None:
    rows = [market.row()]
    for number in range(49):
        product = market.product(market.maker, f"批量{number}", "30")
        make.selection(batch=market.batch, product=product, region=market.city, price="9.5")
        delivery_relation(
            Parties(market.a, market.maker, market.d1), product=product, state="accepted"
        )
        rows.append(market.row(product))
    acting = market.acting(market.a)
    market.place(rows[0], client_no="先", **acting)
    for client_no, wanted in (("一", rows[:1]), ("五十", rows)):
        with django_assert_num_queries(32):
            market.place(*wanted, client_no=client_no, **acting)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_no": " "}, "client_no"), ({"client_no": "单" * 91}, "client_no"),
        ({"rows": ()}, "lines"), ({"receiving_place": ""}, "receiving_place"),
    ],
)  # fmt: skip
def test_missing_input_is_named(market: Market, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MissingInput) as missing:
        market.place(**changes)
    assert missing.value.field == field


def test_batch_and_distributor_of_elsewhere_are_refused_by_row(market: Market) -> None:
    with pytest.raises(OrderRefused) as refused:
        market.place(market.row(batch="没有"), market.row(market.other, distributor=market.d1.code,
                                                        reason="x"))  # fmt: skip
    assert faults(refused) == [(0, "batch"), (1, "distributor")]


def test_relation_that_ended_delivers_no_more(market: Market) -> None:
    DeliveryRelation.objects.update(valid_until=morning().date())
    with pytest.raises(OrderRefused) as refused:
        market.place(market.row(market.other, reason="x"))
    assert faults(refused) == [(0, "distributor")]


def test_unusual_quantity_is_sent_only_after_confirmation(market: Market) -> None:
    for months in (2, 3, 4):
        head = stages.order(
            Parties(market.a, market.maker, market.d1),
            sent_at=morning() - timedelta(days=31 * months),
        )
        stages.order_line(
            Parties(market.a, market.maker, market.d1), order=head, ordered_at=head.sent_at,
            product=market.selected, packs=4,
        )  # fmt: skip
    # 12 packs in a year are 1 a month: 3 are three times as many, 4 are more.
    market.place(market.row(packs=3))
    with pytest.raises(Unconfirmed) as unusual:
        market.place(market.row(packs=4), client_no="YN2")
    assert list(unusual.value.rows) == [0]
    assert market.place(market.row(packs=4), client_no="YN2", confirmed=True).orders


@pytest.mark.parametrize("role", ["storekeeper", "accountant", "admin"])
def test_other_roles_and_other_hospitals_do_not_order(market: Market, role: str) -> None:
    with pytest.raises(NotYours):
        market.place(**market.acting(market.a, role))
    with pytest.raises(NotYours):
        market.place(institution=market.b)


def changed_rows() -> int:
    """Rows that were updated or deleted since the transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def test_an_order_changes_no_row_that_stands_above_all_a_summary(market: Market) -> None:
    """T10: a row of a city or of the province would be waited for by every order of the hour."""
    market.place()
    before = changed_rows()
    market.place(market.row(packs=4), client_no="YN2")
    assert changed_rows() == before


@pytest.mark.django_db(transaction=True)
def test_retries_at_once_make_one_order(market: Market) -> None:
    given = {"acting": market.acting(market.a)}
    barrier, found = threading.Barrier(6), []

    def send() -> None:
        try:
            barrier.wait()
            found.append([o.pk for o in market.place(**given["acting"]).orders])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and all(each == found[0] for each in found)
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)
    assert Task.objects.filter(act="answer_order").count() == 1
