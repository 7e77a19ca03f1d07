"""What an order line's quantities make of it, and that nobody changes it past the table."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.db.utils import InternalError
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import NotYours, Refusal, TransitionRefused
from procurement.models import LineProgress, OrderLine
from procurement.operations.line_progress import LineKey, advance, lock_lines
from procurement.queries.line_facts import line_facts
from procurement.rules.line_state import LineFacts, state_of
from procurement.states.order_line import LINE_MACHINE, LineState
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import SENT

pytestmark = pytest.mark.django_db
BOTH = frozenset({"institution", "distributor"})


def key(line: OrderLine) -> LineKey:
    return (line.pk, line.ordered_at)


def random_line(dice: random.Random) -> OrderLine:
    """A line with deliveries, receipts, returns and payments that a distributor might make."""
    answered = dice.choice(["", "confirmed", "rejected"])
    cancelled = SENT if not answered and dice.random() < 0.2 else None
    line = stages.order_line(
        packs=dice.choice([1, 5, 10]), response=answered,
        responded_at=SENT if answered else None, cancelled_at=cancelled,
        closed_at=SENT if dice.random() < 0.3 else None,
    )  # fmt: skip
    if answered == "rejected" or cancelled:
        return line
    left = Decimal(line.packs)
    while left and dice.random() < 0.7:
        packs = Decimal(dice.randint(1, int(left)))
        left -= packs
        arrived = SENT + timedelta(days=1) if dice.random() < 0.7 else None
        shipped = stages.delivery(line=line, packs=packs, shipped_at=SENT, delivered_at=arrived)
        if arrived and dice.random() < 0.8:
            refused = Decimal(dice.randint(0, int(packs)))
            stages.receipt(
                line=line, delivery_id=shipped.pk, accepted_packs=packs - refused,
                refused_packs=refused,
            )  # fmt: skip
            if packs > refused and dice.random() < 0.3:
                stages.returned(line=line, packs=1)
    if dice.random() < 0.3:
        stages.payment(
            order=line.order, line_no=1, line_id=line.pk, ordered_at=line.ordered_at,
            amount=dice.choice([4, 20, 40]),
        )  # fmt: skip
    return line


def test_sql_and_rule_make_the_same_state_of_the_same_facts() -> None:
    dice = random.Random(20261122)
    for _ in range(120):
        random_line(dice)
    with connection.cursor() as cursor:
        cursor.execute(line_facts("SELECT id, ordered_at FROM procurement_orderline")
                       .replace("SELECT id,", "SELECT id AS line_id,"))  # fmt: skip
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert len(rows) == 120
    seen = set()
    for row in rows:
        made = state_of(
            LineFacts(
                packs=row["packs"], response=row["response"],
                cancelled=row["cancelled_at"] is not None, closed=row["closed_at"] is not None,
                shipped=row["shipped_packs"], delivered=row["delivered_packs"],
                accepted=row["accepted_packs"], refused=row["refused_packs"],
                returned=row["returned_packs"], unit_price=row["unit_price"], paid=row["paid"],
            )
        )  # fmt: skip
        assert made == row["state"], row
        seen.add(made)
    assert seen == set(LineState.values)


def test_progress_is_made_from_the_facts_when_somebody_acts() -> None:
    line = stages.order_line(packs=10, response="confirmed", responded_at=SENT)
    shipped = stages.delivery(line=line, packs=6, shipped_at=SENT, delivered_at=SENT)
    stages.receipt(line=line, delivery_id=shipped.pk, accepted_packs=5, refused_packs=1)
    (row,) = lock_lines(keys=[key(line)])
    sums = (row.shipped_packs, row.delivered_packs, row.accepted_packs, row.refused_packs)
    assert (row.state, *sums) == ("part_delivered", 6, 6, 5, 1)
    assert str(row) == f"{line.order.order_no}-1"
    (again,) = lock_lines(keys=[key(line)])
    assert again.pk == row.pk


def confirm(line: OrderLine, standings: frozenset[str] = BOTH) -> LineProgress:
    by = people.person(line.distributor, "clerk")
    with transaction.atomic():
        (row,) = lock_lines(keys=[key(line)])
        OrderLine.objects.filter(pk=line.pk, ordered_at=line.ordered_at).update(
            response="confirmed", responded_at=timezone.now()
        )
        advance([row], act="confirm", by=by, at=timezone.now(), standings={line.pk: standings})
    return row


def test_act_writes_state_person_and_audit_together() -> None:
    line = stages.order_line()
    row = confirm(line)
    row.refresh_from_db()
    assert (row.state, row.row_version, row.due_at) == ("confirmed", 2, line.delivery_due_at)
    told = AuditEvent.objects.get(action="order_line.confirm")
    assert (told.object_key, told.detail["from"], told.detail["to"]) == (
        str(line.pk), "sent", "confirmed",
    )  # fmt: skip


def test_act_out_of_state_or_standing_is_refused_by_name() -> None:
    line = stages.order_line()
    with pytest.raises(NotYours, match="该行的配送企业"):
        confirm(line, frozenset({"institution"}))
    confirm(line)
    with pytest.raises(TransitionRefused, match="当前状态为“已确认”，只有“已发送”的订单行可以确认"):
        confirm(line)
    assert AuditEvent.objects.filter(action="order_line.confirm").count() == 1


def test_database_refuses_a_state_past_the_table() -> None:
    (row,) = lock_lines(keys=[key(stages.order_line())])
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        LineProgress.objects.filter(pk=row.pk).update(state="received")


def test_every_state_is_reached_and_left_by_the_table_only() -> None:
    targets = {transition.target for transition in LINE_MACHINE.transitions}
    assert targets == set(LineState.values) - {"sent"}


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_one_line_at_once_one_wins() -> None:
    line = stages.order_line()
    start, said = threading.Barrier(2), []

    def answer() -> None:
        start.wait()
        try:
            confirm(line)
            said.append("done")
        except Refusal as refusal:
            said.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said)[0] == "done"
    assert "当前状态为“已确认”" in sorted(said)[1]
    assert LineProgress.objects.get(line_id=line.pk).row_version == 2
