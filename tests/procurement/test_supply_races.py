"""Many hands at once, and a process killed while it ships: progress and account equal the facts."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, Error, connection, connections, transaction
from django.db.models import Sum
from django.utils import timezone

from core.transitions import Refusal
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import (
    Delivery,
    DeliveryNote,
    LineProgress,
    Order,
    OrderLine,
    Receipt,
    Return,
    ReturnRequest,
)
from procurement.operations.answers import confirm_lines
from procurement.operations.cancel_order import cancel_order
from procurement.operations.receipts import TakenRow, correct_receipt, receive
from procurement.operations.return_requests import ask_return, step_request
from procurement.operations.shipping import NoteDraft, ShipRow, deliver_note, ship_notes
from procurement.queries.progress_differences import find_differences
from procurement.queries.quantity_account import accounts, visible_accounts
from tests.days import today
from tests.jobs.faults import sessions_end
from tests.jobs.forked import killed_while
from tests.jobs.own_cluster import own_cluster
from tests.procurement.order_world import Market

D = Decimal
HANDS = 4
STEPS = 30
MOST_STEPS = 20 * STEPS
"""Chance decides who comes first: the hands go on until each act was done by somebody."""
RACED = ("ship", "deliver", "receive", "correct", "send_back", "confirm")
LINES = 6
PACKS = 8


class Hands:
    """What clerks of the hospital and dispatchers do, each act on a line chosen by chance."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.buyer = market.user(market.a)
        self.sender = market.user(market.d1)
        self.done: Counter[str] = Counter()
        self.lock = threading.Lock()

    def acting(self, user: User) -> dict[str, Any]:
        return {"by": user, "scope": scope_of(user, today()), "at": timezone.now()}

    def act(self, name: str, chance: random.Random, seed: int) -> None:
        getattr(self, name)(chance, seed)

    def order(self, chance: random.Random, seed: int) -> None:
        self.market.place(
            self.market.row(packs=chance.randint(1, PACKS)), client_no=f"YN-{seed}",
            **self.acting(self.buyer),
        )  # fmt: skip

    def cancel(self, chance: random.Random, seed: int) -> None:
        order = self._one(Order.objects.all(), chance)
        cancel_order(order=order, line_nos=(), reason="重复", **self.acting(self.buyer))

    def confirm(self, chance: random.Random, seed: int) -> None:
        ids = list(LineProgress.objects.values_list("line_id", flat=True))
        chosen = chance.sample(ids, min(len(ids), 3))
        confirm_lines(line_ids=chosen, **self.acting(self.sender))

    def ship(self, chance: random.Random, seed: int) -> None:
        line = self._one(LineProgress.objects.all(), chance)
        row = ShipRow(line.line_id, D(chance.randint(1, PACKS)), f"L{seed}", date(2029, 6, 30))
        ship_notes(drafts=[NoteDraft(rows=(row,))], **self.acting(self.sender))

    def deliver(self, chance: random.Random, seed: int) -> None:
        note = self._one(DeliveryNote.objects.all(), chance)
        deliver_note(note=note, **self.acting(self.sender))

    def receive(self, chance: random.Random, seed: int) -> None:
        sent = self._one(Delivery.objects.all(), chance)
        refused = min(D(chance.randint(0, 1)), sent.packs)
        row = TakenRow(sent, sent.packs - refused, refused, "damaged" if refused else "")
        receive(rows=[row], **self.acting(self.buyer))

    def correct(self, chance: random.Random, seed: int) -> None:
        sent = self._one(Delivery.objects.all(), chance)
        refused = D(chance.randint(0, int(sent.packs)))
        correct_receipt(
            delivery=sent, accepted=sent.packs - refused, refused=refused, words="复点",
            **self.acting(self.buyer),
        )  # fmt: skip

    def send_back(self, chance: random.Random, seed: int) -> None:
        sent = self._one(Delivery.objects.all(), chance)
        asked = ask_return(
            delivery=sent, packs=D(1), kind="return", reason="damaged", words="",
            **self.acting(self.buyer),
        )  # fmt: skip
        step_request(request=asked, verb="confirm", **self.acting(self.sender))

    def _one(self, rows: Any, chance: random.Random) -> Any:
        found = list(rows.order_by("-pk")[:LINES])
        if not found:
            raise Refusal("还没有")
        return chance.choice(found)

    def work(self, seed: int, wrong: list[BaseException]) -> None:
        chance = random.Random(seed)
        names = ("order", "cancel", "confirm", "confirm", "ship", "ship", "deliver", "receive",
                 "receive", "correct", "send_back")  # fmt: skip
        try:
            for step in range(MOST_STEPS):
                if step >= STEPS and all(self.done[each] for each in RACED):
                    return
                name = chance.choice(names)
                try:
                    self.act(name, chance, seed * 1000 + step)
                except Refusal:
                    name = f"{name} refused"
                with self.lock:
                    self.done[name] += 1
        except BaseException as fault:
            wrong.append(fault)
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_sums_equal_the_facts_after_many_hands_at_once() -> None:
    market = Market()
    hands, wrong = Hands(market), []
    for number in range(LINES):
        hands.order(random.Random(number), number)
    seed = 20261122
    threads = [
        threading.Thread(target=hands.work, args=(seed + each, wrong)) for each in range(HANDS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(f"seed {seed}: {dict(sorted(hands.done.items()))}\n")
    assert wrong == []
    for name in RACED:
        assert hands.done[name] > 0, "nothing was raced"
    assert list(find_differences()) == []
    scope = scope_of(hands.buyer, today())
    now = timezone.now()
    (account,) = accounts(scope, visible_accounts(scope, now), now)
    unit = market.selected.base_units_per_pack
    taken = Receipt.objects.aggregate(n=Sum("accepted_packs"))["n"] or D(0)
    back = Return.objects.aggregate(n=Sum("packs"))["n"] or D(0)
    ordered = OrderLine.objects.aggregate(n=Sum("packs"))["n"]
    assert account.ordered == ordered * unit
    assert account.accepted + account.adjusted == (taken - back) * unit
    confirmed = ReturnRequest.objects.filter(state="returned").count()
    assert confirmed == Return.objects.count()


def session_ended_while(act: Callable[[], object]) -> BaseException | None:
    """Begin `act`, end its database session where it tells the hospital, last of all its writes.

    Gives what it raised. It is held there by a lock on notices, so the blow falls in the middle.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE inbox_notice IN SHARE ROW EXCLUSIVE MODE")
        thread = threading.Thread(target=run)
        thread.start()
        ended = 0
        until = time.monotonic() + 60
        while not ended and thread.is_alive() and time.monotonic() < until:
            # Who is connected is remembered for the transaction otherwise.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            (ended,) = cursor.fetchone()
            time.sleep(0.01)
    thread.join()
    assert ended == 1, f"no session waited for the lock: {raised}"
    return raised[0] if raised else None


@pytest.mark.django_db(transaction=True)
def test_killed_while_shipping_in_bulk_nothing_half_done_and_nothing_twice() -> None:
    market = Market()
    hands = Hands(market)
    for number in range(40):
        hands.order(random.Random(number), number)
    lines = list(LineProgress.objects.order_by("line_id"))
    rows = tuple(ShipRow(row.line_id, row.packs, "L1", date(2029, 6, 30)) for row in lines)
    chance, hits = random.Random(7), 0

    def ship() -> list[DeliveryNote]:
        draft = NoteDraft(rows=rows, client_no="ERP-1")
        return ship_notes(drafts=[draft], **hands.acting(hands.sender))

    lost = session_ended_while(ship)
    assert isinstance(lost, DatabaseError), lost
    assert not Delivery.objects.exists()
    assert not DeliveryNote.objects.exists()
    assert not LineProgress.objects.exclude(state="sent").exists()
    assert list(find_differences()) == []
    for _ in range(8):
        hits += killed_while(ship, within=0.25, chance=chance)
        sent = Delivery.objects.count()
        assert sent in (0, len(rows)), "half a note was shipped"
        assert DeliveryNote.objects.count() == sent // len(rows)
        assert list(find_differences()) == []
        if sent:
            break
    assert hits > 0, "no kill fell into the work"
    (note,) = ship()
    (again,) = ship()
    assert (note.pk, Delivery.objects.count()) == (again.pk, len(rows))
    assert not LineProgress.objects.exclude(state="shipped").exists()
    assert list(find_differences()) == []


@pytest.fixture
def restart(
    fresh_database: str, database_template: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], None]]:
    """Ends the database's sessions; with `--effort full` kills a PostgreSQL of the test's own."""
    with ExitStack() as stack:
        if request.config.getoption("--effort") == "full":
            yield stack.enter_context(own_cluster(tmp_path, database_template)).restart
        else:
            yield partial(sessions_end, fresh_database)


@pytest.mark.reliability
def test_database_killed_while_shipping_in_bulk_each_sending_ends_in_one_note(
    restart: Callable[[], None], rounds: Callable[[int, int], int]
) -> None:
    """An ERP that sends the same again until it is answered; the database goes away meanwhile."""
    market = Market()
    hands = Hands(market)
    chance, tries, wrong = random.Random(11), Counter[int](), list[BaseException]()

    def send(turn: int, rows: tuple[ShipRow, ...], told: list[str]) -> None:
        draft = NoteDraft(rows=rows, client_no=f"ERP-{turn}")
        try:
            while not told:
                tries[turn] += 1
                try:
                    (note,) = ship_notes(drafts=[draft], **hands.acting(hands.sender))
                    told.append(note.note_no)
                except Error:
                    connection.close()
                    time.sleep(0.02)
        except BaseException as fault:
            wrong.append(fault)
        finally:
            connections.close_all()

    turns = rounds(3, 30)
    for turn in range(turns):
        for number in range(20):
            hands.order(chance, 100 * turn + number)
        lines = LineProgress.objects.filter(state="sent").order_by("line_id")
        rows = tuple(ShipRow(row.line_id, row.packs, "L1", date(2029, 6, 30)) for row in lines)
        told: list[str] = []
        sender = threading.Thread(target=send, args=(turn, rows, told))
        connections.close_all()
        sender.start()
        # From the first statement to the commit, and a little behind it.
        time.sleep(chance.uniform(0, 0.12))
        restart()
        sender.join()
        assert wrong == []
        connection.close()
        (note,) = DeliveryNote.objects.filter(client_no=f"ERP-{turn}")
        assert told == [note.note_no], "what was answered is there"
        assert Delivery.objects.filter(note_no=note.note_no).count() == len(rows) == 20
        assert not LineProgress.objects.exclude(state="shipped").exists()
        assert list(find_differences()) == []
    sys.stdout.write(f"{turns} kills, {sum(tries.values()) - turns} sent again\n")
    assert sum(tries.values()) > turns, "no sender noticed a kill"
