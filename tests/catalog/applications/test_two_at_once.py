"""Two reviewers decide on the same application at the same moment: one of them wins."""

from __future__ import annotations

import threading

from django.db import InternalError, connection

from catalog.models import ApplicationStep, Product, ProductApplication
from catalog.operations.applications.review import refuse_application, return_application
from core.transitions import Refusal
from tests.catalog.applications.cast import NOW, Cast, the_cast

ROUNDS = 3
THREADS = 4


def race(cast: Cast, row: ProductApplication) -> list[str]:
    """Every thread returns or refuses; gives the states that went through."""
    barrier = threading.Barrier(THREADS)
    won: list[str] = []

    def decide(number: int) -> None:
        scope = cast.scope(cast.province)
        barrier.wait()
        try:
            if number % 2:
                moved = refuse_application(
                    application=row,
                    opinion=f"第 {number} 人",
                    by=cast.province,
                    scope=scope,
                    at=NOW,
                )
            else:
                moved = return_application(
                    application=row, opinion=f"第 {number} 人", findings={}, by=cast.province,
                    scope=scope, at=NOW,
                )  # fmt: skip
            won.append(moved.state)
        except (Refusal, InternalError):
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
        row = cast.at_province()
        won = race(cast, row)
        steps = ApplicationStep.objects.filter(application=row, verb__in=("return", "refuse"))
        assert (len(won), steps.count()) == (1, 1)
        assert ProductApplication.objects.get(pk=row.pk).state == won[0]
        # The next round's product has the same code, and one that is returned is open still.
        ProductApplication.objects.filter(pk=row.pk).update(target_key=f"X{row.pk}")
        Product.objects.filter(pk=cast.product.pk).update(code=f"X{row.pk}")
