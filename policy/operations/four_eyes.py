"""A change that one person proposes and another confirms: its task, and the steps between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.urls import reverse

from core.transitions import StateMachine
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope

C = TypeVar("C", bound=Model)


@dataclass(frozen=True)
class FourEyes(Generic[C]):
    """What one kind of change is called by its machine, its tasks and its page.

    The change has change_no and the fields of catalog's Proposal or policy's ValueChange;
    `standings` say who proposes and who confirms, `roles` whom the task is put before.
    """

    machine: StateMachine[Any]
    standings: Callable[[Scope, C], frozenset[str]]
    act: str
    route: str
    roles: tuple[str, ...]

    def ask(self, change: C, title: str, scope: Scope, at: datetime) -> None:
        """Put it before the second person of the same office."""
        number = change.change_no  # type: ignore[attr-defined]
        task = NewTask(
            organisation_id=scope.organisation_id, act=self.act, title=title,
            object_type=self.machine.name, object_key=number, roles=self.roles,
            url=reverse(self.route, args=[number]),
        )  # fmt: skip
        open_tasks(tasks=[task], at=at)

    def step(
        self,
        verb: str,
        change: C,
        *,
        by: User,
        scope: Scope,
        at: datetime,
        note: str = "",
        seen_version: int | None = None,
    ) -> C:
        """Through the machine, and the task away. Raises as the machine does."""
        moved: C
        moved, _ = self.machine.perform(
            verb=verb, obj=change, by=by, at=at, inputs={"note": note.strip()},
            seen_version=seen_version, standings=lambda row: self.standings(scope, row),
        )  # fmt: skip
        number = moved.change_no  # type: ignore[attr-defined]
        finish_tasks(object_type=self.machine.name, object_keys=[number], at=at)
        return moved

    def confirmed(self, moved: C, by: User, at: datetime, *fields: str) -> None:
        """Keep who confirmed it and when, with the fields that the confirmation filled in."""
        moved.confirmed_at, moved.confirmed_by_id = at, by.audit_id  # type: ignore[attr-defined]
        moved.confirmed_by_name = by.audit_name  # type: ignore[attr-defined]
        moved.save(update_fields=["confirmed_at", "confirmed_by_id", "confirmed_by_name", *fields])
