"""What may be received, corrected and sent back, and that of two at once one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from procurement.models import LineProgress, Receipt, ReceiptRemark, Return
from procurement.operations.receipts import TakenRow, receive
from procurement.queries.receiving import waiting_deliveries
from procurement.queries.reconciling import returns
from tests.procurement.receiving import WEDNESDAY, D, Door

pytestmark = pytest.mark.django_db


@pytest.fixture
def door() -> Door:
    return Door()


def test_receipt_takes_whole_deliveries_and_moves_the_line(door: Door) -> None:
    line = door.line(packs=20)
    first, second = door.ship(line, 10), door.ship(line, 10, delivered_at=None)
    door.take(first, 8, 2, reason="damaged")
    assert door.sums(line) == ("part_delivered", 10, 8, 2, 0)
    remark = ReceiptRemark.objects.get(delivery_id=first.pk)
    assert (remark.kind, remark.reason, remark.institution_id) == (
        "taken", "damaged", door.hospital.pk,
    )  # fmt: skip
    assert Notice.objects.filter(
        organisation=door.carrier, title__startswith="拒收 2 包装"
    ).exists()
    # Not marked as delivered: the receipt delivers it, and the distributor is told.
    door.take(second)
    assert door.sums(line) == ("received", 20, 18, 2, 0)
    second.refresh_from_db()
    assert second.delivered_at == WEDNESDAY
    assert Notice.objects.filter(
        organisation=door.carrier, title__startswith="已收货，同时"
    ).exists()
    acts = AuditEvent.objects.filter(object_type="receipt").values_list("action", flat=True)
    assert list(acts) == ["receipt.take", "receipt.take"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "too many": ({"accepted": 11}, "多于配送的 10 包装"),
    "too few": ({"accepted": 9}, "少于配送的 10 包装"),
    "part of a pack": (
        {"accepted": D("9.5"), "refused": D("0.5"), "reason": "damaged"},
        "按整包装收货",
    ),
    "negative": ({"accepted": 11, "refused": -1}, "不能为负"),
    "refused without reason": ({"accepted": 9, "refused": 1}, "请选择拒收原因"),
    "strange reason": ({"accepted": 9, "refused": 1, "reason": "x"}, "请选择拒收原因"),
    "other without words": ({"accepted": 9, "refused": 1, "reason": "other"}, "请写明说明"),
    "another lot": ({"lot_no": "L2"}, "实物批号 L2 与配送单批号 L1 不符"),
    "another expiry": ({"expires_on": date(2027, 1, 1)}, "实物有效期 2027-01-01"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_with_the_way_out(case: str, door: Door) -> None:
    given, words = WRONG[case]
    sent = door.ship(door.line())
    with pytest.raises(MissingInput, match=words):
        door.take(sent, **given)
    assert not Receipt.objects.exists()


def test_expired_lot_is_not_accepted_but_can_be_refused(door: Door) -> None:
    line = door.line()
    sent = door.ship(line, expires_on=WEDNESDAY.date() - timedelta(days=1))
    with pytest.raises(MissingInput, match="已过期"):
        door.take(sent)
    door.take(sent, 0, 10, reason="near_expiry")
    assert door.sums(line) == ("received", 10, 0, 10, 0)
    last_day = door.ship(door.line(), expires_on=WEDNESDAY.date())
    door.take(last_day)


def test_only_the_own_storekeeper_or_clerk_receives_and_once(door: Door) -> None:
    sent = door.ship(door.line())
    for who in (
        door.acting(door.other, "storekeeper"), door.acting(door.hospital, "accountant"),
        door.acting(door.carrier),
    ):  # fmt: skip
        with pytest.raises(NotYours):
            door.take(sent, who=who)
    door.take(sent)
    with pytest.raises(TransitionRefused, match="已经收货"):
        door.take(sent)
    with pytest.raises(MissingInput, match="出现了两次"):
        receive(rows=[TakenRow(sent, D(5)), TakenRow(sent, D(5))],
                **door.acting(door.hospital))  # fmt: skip


def test_what_waits_is_found_by_the_queue_and_leaves_it_when_received(door: Door) -> None:
    one, two = door.ship(door.line()), door.ship(door.line(), note_no="PSD2")
    scope = door.acting(door.hospital)["scope"]
    assert {each.pk for each in waiting_deliveries(scope)} == {one.pk, two.pk}
    door.take(one)
    assert [each.pk for each in waiting_deliveries(scope)] == [two.pk]
    assert not waiting_deliveries(door.acting(door.other)["scope"]).exists()


def test_correction_is_a_new_entry_of_the_difference(door: Door) -> None:
    line = door.line()
    sent = door.ship(line)
    door.take(sent)
    later = door.acting(door.hospital, at=WEDNESDAY + timedelta(days=2))
    made = door.correct(sent, 7, 3, who=later, seen=1)
    assert (made.receipt_no, made.accepted_packs, made.refused_packs) == (2, -3, 3)
    assert made.received_at == later["at"]
    assert door.sums(line) == ("received", 10, 7, 3, 0)
    with pytest.raises(StaleVersion):
        door.correct(sent, 8, 2, seen=1)
    with pytest.raises(MissingInput, match="不需要更正"):
        door.correct(sent, 7, 3)
    with pytest.raises(MissingInput, match="少于配送的"):
        door.correct(sent, 7, 0)
    with pytest.raises(MissingInput, match="更正原因"):
        door.correct(sent, 9, 1, words=" ")


def test_one_delivery_is_corrected_while_another_is_on_its_way(door: Door) -> None:
    line = door.line(packs=20)
    first = door.ship(line, 10)
    door.ship(line, 10, delivered_at=None)
    door.take(first)
    door.correct(first, 9, 1)
    assert door.sums(line) == ("part_delivered", 10, 9, 1, 0)


def test_paid_line_opens_again_by_a_correction(door: Door) -> None:
    line = door.line()
    sent = door.ship(line)
    door.take(sent)
    LineProgress.objects.filter(line_id=line.pk).update(state="completed")
    door.correct(sent, 9, 1)
    assert door.sums(line)[0] == "received"


def test_return_goes_back_when_the_distributor_confirms(door: Door) -> None:
    line = door.line()
    sent = door.ship(line)
    with pytest.raises(TransitionRefused, match="还没有收货"):
        door.ask(sent, 1)
    door.take(sent, 8, 2, reason="damaged")
    with pytest.raises(MissingInput, match="可退 8 包装"):
        door.ask(sent, 9)
    asked = door.ask(sent, 5)
    assert Task.objects.get(object_key=str(asked.pk)).organisation_id == door.carrier.pk
    with pytest.raises(MissingInput, match="可退 3 包装"):
        door.ask(sent, 4)
    with pytest.raises(MissingInput, match="请先撤回退换货申请"):
        door.correct(sent, 4, 6)
    with pytest.raises(NotYours):
        door.answer(asked, "confirm", who=door.acting(door.hospital))
    done = door.answer(asked, "confirm")
    assert (done.state, done.return_no) == ("returned", asked.request_no)
    assert door.sums(line) == ("received", 10, 8, 2, 5)
    row = Return.objects.get(return_no=asked.request_no)
    assert (row.packs, row.returned_at, row.line_id) == (D(5), WEDNESDAY, line.pk)
    assert returns(door.acting(door.carrier)["scope"]).count() == 1
    assert not Task.objects.filter(object_key=str(asked.pk), done_at=None).exists()


def test_refused_and_withdrawn_requests_free_their_packs(door: Door) -> None:
    sent = door.ship(door.line())
    door.take(sent)
    asked = door.ask(sent, 10)
    with pytest.raises(MissingInput, match="拒绝原因"):
        door.answer(asked, "refuse")
    door.answer(asked, "refuse", inputs={"answer_words": "已过退货期"})
    again = door.ask(sent, 10)
    door.answer(again, "withdraw")
    assert door.ask(sent, 10).state == "asked"
    assert not Return.objects.exists()


def test_exchange_leaves_the_quantity_and_turns_into_a_return(door: Door) -> None:
    line = door.line()
    sent = door.ship(line)
    door.take(sent)
    new = {"new_note_no": "PSD9", "new_lot_no": "L9", "new_expires_on": date(2029, 1, 1)}
    one, two = door.ask(sent, 2, "exchange"), door.ask(sent, 3, "exchange")
    with pytest.raises(TransitionRefused, match="换货申请"):
        door.answer(one, "confirm")
    assert one.return_no == ""
    for each in (one, two):
        door.answer(each, "agree")
    door.answer(one, "replace", inputs=new)
    assert door.answer(one, "exchange").state == "exchanged"
    assert door.sums(line) == ("received", 10, 10, 0, 0)
    door.answer(two, "turn", inputs={"turn_words": "一直没有补发"})
    assert door.sums(line) == ("received", 10, 10, 0, 3)


def test_database_holds_sums_that_nobody_may_break(door: Door) -> None:
    line = door.line()
    door.take(door.ship(line))
    for change in ({"returned_packs": 11}, {"accepted_packs": -1}, {"refused_packs": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LineProgress.objects.filter(line_id=line.pk).update(**change)


def both(*acts: Callable[[], Any]) -> list[str]:
    """All at once on real connections; "done" or why not, in the order of the acts."""
    start, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int) -> None:
        start.wait()
        try:
            acts[place]()
            said[place] = "done"
        except Refusal as refusal:
            said[place] = refusal.reason
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins() -> None:
    door = Door()
    line = door.line()
    sent = door.ship(line)
    people = [door.acting(door.hospital, "storekeeper") for _ in range(2)]
    said = both(*(lambda who=who: door.take(sent, who=who) for who in people))
    assert sorted(said)[0] == "done"
    assert "已经收货" in sorted(said)[1]
    # A correction that would leave too little, against the return of those packs.
    asker, corrector = (door.acting(door.hospital) for _ in range(2))
    said = both(
        lambda: door.ask(sent, 8, who=asker), lambda: door.correct(sent, 5, 5, who=corrector)
    )
    assert said.count("done") == 1, said
    loser = said[1 - said.index("done")]
    assert "可退 5 包装" in loser or "请先撤回退换货申请" in loser
    assert door.sums(line)[2:] in ((10, 0, 0), (5, 5, 0))
