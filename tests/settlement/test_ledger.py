"""The ledger: balanced, once, for ever; whoever tries."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.audit.models import AuditEvent
from core.transitions import TransitionRefused
from organisations.models import Organisation
from settlement.models import LedgerAccount, LedgerEntry, Posting
from settlement.operations.ledger import (
    EventKey,
    LedgerConflict,
    LedgerLine,
    Source,
    post,
    reverse,
)
from settlement.queries.ledger import balance, source_balance, trial_balance
from tests.factories.money import LONG_AGO, TESTER, ledger_entry
from tests.factories.organisations import organisation

DAY = date(2026, 3, 31)


def unbalanced() -> int:
    """Entries whose lines do not sum to zero or are not as many as declared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT e.id FROM settlement_ledgerentry e"
            " LEFT JOIN settlement_posting p ON p.entry_id = e.id GROUP BY e.id, e.line_count"
            " HAVING COALESCE(sum(p.amount), 1) <> 0 OR count(p.id) <> e.line_count) wrong"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_same_event_posts_once_and_other_figures_are_refused() -> None:
    hospital = organisation()
    key = EventKey("statement.approved", "JS1")
    source = Source("statement", 1, "JS1")
    first = ledger_entry(institution=hospital, key=key, source=source)
    assert ledger_entry(institution=hospital, key=key, source=source) == first
    changes: tuple[dict[str, Any], ...] = (
        {"amount": Decimal(101)},
        {"occurred_on": DAY},
        {"institution": organisation()},
    )
    for other in changes:
        given: dict[str, Any] = {"institution": hospital, "key": key, "source": source}
        with pytest.raises(LedgerConflict, match="请先冲销原分录"):
            ledger_entry(**given | other)
    assert LedgerEntry.objects.count() == 1
    assert AuditEvent.objects.filter(action="ledger.post").count() == 1


@pytest.mark.django_db
def test_reversal_mirrors_once() -> None:
    hospital = organisation()
    entry = ledger_entry(institution=hospital)
    mirror = reverse(entry=entry, occurred_on=DAY, reason="付错", by=TESTER, at=LONG_AGO)
    assert mirror.reverses == entry
    assert balance(entry.pool_id, "claim", institution_id=hospital.pk) == 0
    before = balance(entry.pool_id, "claim", institution_id=hospital.pk, until=date(2026, 3, 30))
    assert before == 100
    assert source_balance("claim", "deduction", entry.source_id) == 0
    with pytest.raises(TransitionRefused, match="不能再次冲销"):
        reverse(entry=entry, occurred_on=DAY, reason="付错", by=TESTER, at=LONG_AGO)
    totals = trial_balance(LedgerAccount.objects.all(), DAY)
    assert [(row.debit, row.credit) for row in totals] == [(100, 100), (100, 100)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        [("fund", "1", False, False)],
        [("fund", "1", False, False), ("payable", "-2", False, True)],
        [("fund", "1.005", False, False), ("payable", "-1.005", False, True)],
        [("fund", "1", True, False), ("payable", "-1", False, True)],
        [("fund", "1", False, False), ("claim", "-1", False, False)],
        [("fund", "0", False, False), ("payable", "0", False, True)],
    ],
)
def test_lines_that_make_no_entry(lines: list[tuple[str, str, bool, bool]]) -> None:
    given = [
        LedgerLine(purpose, Decimal(amount), 7 if institution else None, 8 if enterprise else None)
        for purpose, amount, institution, enterprise in lines
    ]
    with pytest.raises(ValueError, match=r"balance|cents|name"):
        post(
            key=EventKey("test", "1"), pool_id=1, lines=given, occurred_on=DAY,
            source=Source("deduction", 1, "1"), text="错", by=TESTER, at=LONG_AGO,
        )  # fmt: skip


ENTRY = (
    "INSERT INTO settlement_ledgerentry (event_kind, event_identity, pool_id, occurred_on,"
    " posted_at, posted_by_name, source_kind, source_id, source_label, text, line_count, digest)"
    " VALUES ('x', '{n}', {pool}, '2026-03-01', now(), 'x', 'deduction', 1, 'x', 'x', {count}, '')"
    " RETURNING id"
)
ATTACKS = (
    "UPDATE settlement_posting SET amount = amount * 2",
    "UPDATE settlement_ledgerentry SET occurred_on = '2020-01-01'",
    "UPDATE settlement_ledgeraccount SET purpose = 'fund'",
    "DELETE FROM settlement_posting",
    "DELETE FROM settlement_ledgerentry",
    "TRUNCATE settlement_posting",
    "TRUNCATE settlement_ledgerentry CASCADE",
    "INSERT INTO settlement_posting (entry_id, account_id, amount) SELECT entry_id, account_id, 5"
    " FROM settlement_posting LIMIT 1",
    "INSERT INTO settlement_posting (entry_id, account_id, amount)"
    " SELECT entry_id, account_id, amount FROM settlement_posting",
    "INSERT INTO settlement_posting (entry_id, account_id, amount)"
    " SELECT entry_id, account_id, 0 FROM settlement_posting LIMIT 1",
    ENTRY.format(n=1, pool="(SELECT min(pool_id) FROM settlement_ledgerentry)", count=2),
    ENTRY.format(n=2, pool="(SELECT min(pool_id) FROM settlement_ledgerentry)", count=1),
    "ALTER TABLE settlement_posting DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
)


@pytest.mark.django_db
def test_database_refuses_every_attack() -> None:
    ledger_entry()
    for attack in ATTACKS:
        with (
            pytest.raises((DatabaseError, IntegrityError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert unbalanced() == 0


@pytest.mark.django_db
def test_triggers_stand_without_the_grants() -> None:
    """The wall is in the table too: whoever were granted a change would be refused by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relname IN ('settlement_ledgeraccount',"
            " 'settlement_ledgerentry', 'settlement_posting')"
            " AND t.tgenabled = 'O' AND t.tgname IN ('append_only', 'append_only_truncate',"
            " 'entry_balances', 'posting_balances') GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("settlement_ledgeraccount", ["append_only", "append_only_truncate"]),
            ("settlement_ledgerentry", ["append_only", "append_only_truncate", "entry_balances"]),
            ("settlement_posting", ["append_only", "append_only_truncate", "posting_balances"]),
        ]


class Flows(RuleBasedStateMachine):
    """Random flows against balances kept in plain Python."""

    @initialize()
    def begin(self) -> None:
        self.hospital = organisation()
        self.seller = organisation("enterprise")
        self.pool_id = self.hospital.pool_id or 0
        self.kept: dict[str, Decimal] = {}
        self.entries: list[tuple[LedgerEntry, dict[str, Decimal]]] = []
        self.reversed: set[int] = set()
        self.number = 0

    def _post(self, sums: dict[str, Decimal], repeat: int = 1) -> None:
        self.number += 1
        party: dict[str, dict[str, Any]] = {
            "prepaid": {"institution_id": self.hospital.pk}, "fund": {},
            "claim": {"institution_id": self.hospital.pk},
            "payable": {"enterprise_id": self.seller.pk},
            "advance": {"enterprise_id": self.seller.pk},
        }  # fmt: skip
        for _ in range(repeat):
            entry = post(
                key=EventKey("flow", f"{self.hospital.pk}-{self.number}"), pool_id=self.pool_id,
                lines=[LedgerLine(p, amount, **party[p]) for p, amount in sums.items()],
                occurred_on=DAY, source=Source("statement", self.number, "单"), text="流",
                by=TESTER, at=LONG_AGO,
            )  # fmt: skip
        self.entries.append((entry, sums))
        for purpose, amount in sums.items():
            self.kept[purpose] = self.kept.get(purpose, Decimal(0)) + amount

    amounts = st.decimals("0.01", "99999.99", places=2)

    @rule(amount=amounts, back=st.booleans())
    def prepay(self, amount: Decimal, back: bool) -> None:
        self._post({"prepaid": -amount if back else amount, "fund": amount if back else -amount})

    @rule(amount=amounts, twice=st.integers(1, 3))
    def statement(self, amount: Decimal, twice: int) -> None:
        self._post({"claim": amount, "payable": -amount}, twice)

    @rule(amount=amounts)
    def returned(self, amount: Decimal) -> None:
        self._post({"claim": -amount, "payable": amount})

    @rule(amount=amounts, advanced=amounts)
    def pay(self, amount: Decimal, advanced: Decimal) -> None:
        self._post({"payable": amount + advanced, "fund": -amount, "advance": -advanced})

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        entry, sums = data.draw(st.sampled_from(self.entries))
        if entry.pk in self.reversed:
            with pytest.raises(TransitionRefused):
                reverse(entry=entry, occurred_on=DAY, reason="改", by=TESTER, at=LONG_AGO)
            return
        mirror = reverse(entry=entry, occurred_on=DAY, reason="改", by=TESTER, at=LONG_AGO)
        self.reversed.add(entry.pk)
        mirrored = {purpose: -amount for purpose, amount in sums.items()}
        self.entries.append((mirror, mirrored))
        for purpose, amount in mirrored.items():
            self.kept[purpose] += amount

    @invariant()
    def balances_are_the_models(self) -> None:
        if not hasattr(self, "kept"):
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        rows = Posting.objects.filter(account__pool=self.pool_id)
        found = dict(rows.values_list("account__purpose").annotate(Sum("amount")))
        assert found == self.kept
        assert sum(found.values()) == 0
        assert unbalanced() == 0


@pytest.mark.django_db
def test_random_flows_keep_every_balance() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Flows,
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _in_threads(count: int, work: Callable[[int], None]) -> list[BaseException]:
    barrier, failed = threading.Barrier(count), list[BaseException]()

    def run(number: int) -> None:
        try:
            barrier.wait()
            work(number)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_threads_and_killed_workers_post_once(fresh_database: str) -> None:
    """Eight at once on one event and one reversal; then processes killed in the middle."""
    hospital: Organisation = organisation()
    for turn in range(5):
        key, source = EventKey("race", str(turn)), Source("deduction", turn, "争")

        def once(_: int, key: EventKey = key, source: Source = source) -> None:
            ledger_entry(institution=hospital, key=key, source=source)

        assert _in_threads(8, once) == []
        entry = LedgerEntry.objects.get(event_kind="race", event_identity=str(turn))

        def back(_: int, entry: LedgerEntry = entry) -> None:
            reverse(entry=entry, occurred_on=DAY, reason="争", by=TESTER, at=LONG_AGO)

        failed = _in_threads(4, back)
        assert [type(error) for error in failed] == [TransitionRefused] * 3
    assert LedgerEntry.objects.count() == 10
    assert LedgerAccount.objects.count() == 2
    assert balance(hospital.pool_id or 0, "claim", institution_id=hospital.pk) == 0

    chance, kills = random.Random(20261122), 15
    hits = 0
    for turn in range(kills):
        connections.close_all()
        child = os.fork()
        if child == 0:
            try:
                for step in range(6):
                    _effect(hospital, turn * 6 + step)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.005, 0.06))
        os.kill(child, signal.SIGKILL)
        hits += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        for step in range(6):
            _effect(hospital, turn * 6 + step)
    made = LedgerEntry.objects.filter(event_kind="kill")
    assert made.count() == kills * 6
    assert made.annotate(lines=Count("postings")).exclude(lines=2).count() == 0
    assert unbalanced() == 0
    assert hits > kills / 4


def _effect(hospital: Organisation, number: int) -> None:
    ledger_entry(
        institution=hospital, key=EventKey("kill", str(number)),
        source=Source("deduction", number, "断"),
    )  # fmt: skip
