"""The decorator around every write: one transaction, bounded repeats, never after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg2.errors
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from core.jobs.models import Job
from core.operations import operation
from tests.factories import core as make

pytestmark = pytest.mark.usefixtures("fresh_database")


def database_error(cause: type[psycopg2.Error]) -> OperationalError:
    """As Django raises it: the driver's error, with its SQLSTATE, as the cause."""
    with connection.cursor() as cursor:
        code = {
            psycopg2.errors.SerializationFailure: "40001",
            psycopg2.errors.DeadlockDetected: "40P01",
            psycopg2.errors.LockNotAvailable: "55P03",
        }[cause]
        try:
            with transaction.atomic():
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")
        except OperationalError as error:
            return error
    raise AssertionError("the server raised nothing")


@pytest.mark.parametrize(
    "cause", [psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected]
)
def test_repeats_twice_and_leaves_one_effect(cause: type[psycopg2.Error]) -> None:
    error = database_error(cause)
    calls: list[int] = []

    @operation
    def write() -> str:
        calls.append(1)
        make.job()
        if len(calls) < 3:
            raise error
        return "done"

    assert write() == "done"
    assert len(calls) == 3
    assert Job.objects.count() == 1


def test_gives_up_after_the_third_time() -> None:
    error = database_error(psycopg2.errors.DeadlockDetected)
    calls: list[int] = []

    @operation
    def write() -> None:
        calls.append(1)
        make.job()
        raise error

    with pytest.raises(OperationalError):
        write()
    assert len(calls) == 3
    assert Job.objects.count() == 0


@pytest.mark.parametrize("kind", ["lock", "integrity", "value"])
def test_other_errors_pass_through_at_once(kind: str) -> None:
    error: Exception = {
        "lock": lambda: database_error(psycopg2.errors.LockNotAvailable),
        "integrity": lambda: IntegrityError("x"),
        "value": lambda: ValueError("x"),
    }[kind]()
    calls: list[int] = []

    @operation
    def write() -> None:
        calls.append(1)
        make.job()
        raise error

    with pytest.raises(type(error)):
        write()
    assert len(calls) == 1
    assert Job.objects.count() == 0


def test_nested_operation_joins_and_is_undone_with_the_outer() -> None:
    inside: list[int] = []

    @operation
    def inner() -> None:
        inside.append(len(connection.savepoint_ids))
        make.job()

    @operation
    def outer() -> None:
        inner()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        outer()
    assert inside == [0], "no savepoint of its own"
    assert Job.objects.count() == 0


def test_nested_operation_is_repeated_by_the_outermost_only() -> None:
    error = database_error(psycopg2.errors.SerializationFailure)
    calls: list[str] = []

    @operation
    def inner() -> None:
        calls.append("inner")
        raise error

    @operation
    def outer() -> None:
        calls.append("outer")
        inner()

    with pytest.raises(OperationalError):
        outer()
    assert calls == ["outer", "inner"] * 3


def test_failure_after_the_commit_does_not_write_again() -> None:
    error = database_error(psycopg2.errors.DeadlockDetected)

    def fail() -> None:
        raise error

    @operation
    def write() -> None:
        make.job()
        transaction.on_commit(fail)

    with pytest.raises(OperationalError):
        write()
    assert Job.objects.count() == 1


def _crossing(first: int, second: int, met: threading.Barrier) -> Callable[[], None]:
    """Locks two rows in its own order; waits for the other in the first round only."""
    rounds: list[int] = []

    def write() -> None:
        rounds.append(1)
        Job.objects.select_for_update().get(pk=first)
        if len(rounds) == 1:
            met.wait()
        Job.objects.select_for_update().get(pk=second)
        Job.objects.filter(pk__in=[first, second]).update(attempts=1)

    return write


def _race(wrap: Callable[[Callable[[], None]], Callable[[], None]]) -> list[str]:
    """Two threads lock the same two rows crosswise; gives what went wrong."""
    one, two = make.job().pk, make.job().pk
    met = threading.Barrier(2, timeout=60)
    wrong: list[str] = []

    def run(write: Callable[[], None]) -> None:
        try:
            write()
        except OperationalError as error:
            wrong.append(str(getattr(error.__cause__, "pgcode", "")))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(wrap(_crossing(*order, met)),))
        for order in ((one, two), (two, one))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_real_deadlock_is_survived() -> None:
    assert _race(operation) == []


def test_real_deadlock_without_the_decorator_fails() -> None:
    """The twin: the deadlock above is real."""

    def bare(write: Callable[[], None]) -> Callable[[], None]:
        def once() -> None:
            with transaction.atomic():
                write()

        return once

    assert _race(bare) == ["40P01"]
