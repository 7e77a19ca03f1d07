"""Open the transaction of an operation and repeat it when the database asks for that."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
ATTEMPTS = 3


class LeavesBehind(Exception):
    """A refusal that undoes all that was done, but has found something that is to be kept."""

    def leave(self) -> None:
        """Write it: called once, by the outermost operation, when everything was rolled back."""
        raise NotImplementedError


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction; nested operations join it.

    The outermost call is made up to three times on serialization failure and deadlock, which
    PostgreSQL resolves by refusing one side with nothing written. Other errors pass through, and so
    does whatever happens after the commit: what was written must not be written again. A refusal
    that LeavesBehind something writes that alone, in a transaction of its own.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            committed: list[bool] = []
            try:
                with transaction.atomic():
                    # First of all calls on commit, so that it tells before any of them fails.
                    transaction.on_commit(functools.partial(committed.append, True))
                    return function(*args, **kwargs)
            except LeavesBehind as refused:
                with transaction.atomic():
                    refused.leave()
                raise
            except OperationalError as error:
                code = getattr(error.__cause__, "pgcode", None)
                repeatable = code in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED)
                if not repeatable or committed or attempt == ATTEMPTS:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("unreachable")

    return wrapper
