"""The kinds of job that exist, registered by the apps that own them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.context import JobContext
    from core.jobs.models import Job

Words = Callable[["Job"], str]
Handler = Callable[["JobContext", dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class JobKind:
    """How one kind of job is named, done and repeated, and where its result is to be found."""

    name: str
    label: str
    handler: Handler
    max_attempts: int = 5
    lease_seconds: int = 60
    title: Words | None = None
    result_url: Words | None = None
    result_label: str = "查看结果"
    result_words: Words | None = None
    stepwise: bool = False


KINDS: dict[str, JobKind] = {}


def job_kind(
    name: str,
    *,
    label: str,
    max_attempts: int = 5,
    lease_seconds: int = 60,
    title: Words | None = None,
    result_url: Words | None = None,
    result_label: str = "查看结果",
    result_words: Words | None = None,
    stepwise: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of `name`.

    The handler runs in one transaction together with the job's `done`; it must give the same
    state when it is run again from the start. A worker that is silent for `lease_seconds` has lost
    the job to the next one. `title` names one job (else the label and its key), `result_url` is
    where its result is read once it is done, `result_words` says in a line what came of it.
    A `stepwise` handler opens a transaction of its own for each step and, called again, goes on
    where the last one stopped; what was done stays when it is cancelled or given up.
    """

    def register(handler: Handler) -> Handler:
        KINDS[name] = JobKind(
            name=name,
            label=label,
            handler=handler,
            max_attempts=max_attempts,
            lease_seconds=lease_seconds,
            title=title,
            result_url=result_url,
            result_label=result_label,
            result_words=result_words,
            stepwise=stepwise,
        )
        return handler

    return register


class JobRefused(Exception):
    """What was asked for cannot be done, for reasons that its asker can mend; never retried."""


class JobCancelled(Exception):
    """Its asker asked the job to stop."""


class LeaseLost(Exception):
    """Another worker holds the job by now; whatever this one did is rolled back."""
