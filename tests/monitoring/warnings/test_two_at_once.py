"""Two officers decide on the same explanation at the same moment: one of them wins."""

from __future__ import annotations

import threading

import pytest
from django.db import InternalError, connection
from django.db.models import QuerySet

from core.transitions import Refusal
from monitoring.models import Warning, WarningStep
from monitoring.operations.answer_warning import close_warning, explain_warning, return_warning
from tests.monitoring.warnings.cast import NOW, Cast, the_cast

ROUNDS = 10
THREADS = 6


def race(cast: Cast) -> list[str]:
    """Every thread closes or returns; gives the words of those that went through."""
    barrier = threading.Barrier(THREADS)
    won: list[str] = []

    def decide(number: int) -> None:
        operation = close_warning if number % 2 else return_warning
        user = cast.county if number % 3 else cast.city
        scope = cast.scope(user)
        barrier.wait()
        try:
            moved = operation(
                warning=cast.warning, closing_note=f"第 {number} 人", by=user, scope=scope, at=NOW
            )
            won.append(moved.state)
        except (Refusal, InternalError):
            # The trigger, the second wall, raises InternalError where the lock is missing.
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


def test_one_decision_wins_and_one_step_is_written(fresh_database: str) -> None:
    for _ in range(ROUNDS):
        cast = the_cast()
        explain_warning(
            warning=cast.warning,
            explanation="已整改完毕",
            uploads=[],
            by=cast.clerk,
            scope=cast.scope(cast.clerk),
            at=NOW,
        )
        won = race(cast)
        decided = WarningStep.objects.filter(warning=cast.warning, verb__in=("close", "return"))
        assert (len(won), decided.count()) == (1, 1)
        assert Warning.objects.get(pk=cast.warning.pk).state == won[0]


def test_without_the_row_lock_more_than_one_goes_through(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the guard of the test above is the lock, not luck."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *a, **k: self)
    doubles = 0
    for _ in range(ROUNDS):
        cast = the_cast()
        explain_warning(
            warning=cast.warning,
            explanation="已整改完毕",
            uploads=[],
            by=cast.clerk,
            scope=cast.scope(cast.clerk),
            at=NOW,
        )
        race(cast)
        decided = WarningStep.objects.filter(warning=cast.warning, verb__in=("close", "return"))
        doubles += decided.count() > 1
    assert doubles > 0
