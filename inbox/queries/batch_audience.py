"""Who takes part in a batch, answered by the app that knows agreements.

Batches are above this app: `<app>/queries/audience.py` is imported at start and registers both
questions with `answer_for_batches`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet

from organisations.models import Organisation
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class BatchAudience:
    """`options` gives (code, name) of the batches that a person may name; `members` their parties."""

    options: Callable[[Scope], list[tuple[str, str]]]
    members: Callable[[str], QuerySet[Organisation]]


_ANSWERS: list[BatchAudience] = []


def answer_for_batches(audience: BatchAudience) -> None:
    """Register the one app that answers."""
    _ANSWERS[:] = [audience]


def batch_options(scope: Scope) -> list[tuple[str, str]]:
    return _ANSWERS[0].options(scope) if _ANSWERS else []


def batch_members(code: str) -> QuerySet[Organisation]:
    """Institutions and enterprises with an agreement in the batch."""
    return _ANSWERS[0].members(code) if _ANSWERS else Organisation.objects.none()
