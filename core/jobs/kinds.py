"""The kinds of job that exist, registered by the apps that own them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.context import JobContext

Handler = Callable[["JobContext", dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class JobKind:
    """How one kind of job is named, done and repeated."""

    name: str
    label: str
    handler: Handler
    max_attempts: int = 5
    lease_seconds: int = 60


KINDS: dict[str, JobKind] = {}


def job_kind(
    name: str, *, label: str, max_attempts: int = 5, lease_seconds: int = 60
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of `name`.

    The handler runs in one transaction together with the job's `done`; it must give the same
    state when it is run again from the start. A worker that is silent for `lease_seconds` has lost
    the job to the next one.
    """

    def register(handler: Handler) -> Handler:
        KINDS[name] = JobKind(
            name=name,
            label=label,
            handler=handler,
            max_attempts=max_attempts,
            lease_seconds=lease_seconds,
        )
        return handler

    return register


class JobRefused(Exception):
    """What was asked for cannot be done, for reasons that its asker can mend; never retried."""


class JobCancelled(Exception):
    """Its asker asked the job to stop."""


class LeaseLost(Exception):
    """Another worker holds the job by now; whatever this one did is rolled back."""
