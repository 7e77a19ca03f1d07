"""The inbox as organisations uses it: 待办 and notices of registrations, changes and handovers."""

from __future__ import annotations

from datetime import datetime

from core.operations import operation
from inbox.models import Task
from inbox.operations.drafts import hand_over_drafts
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User


class InboxBoard:
    """See `organisations.operations.board.Board`."""

    def put(
        self, *, organisation_id: int, act: str, title: str, object_type: str, object_key: str,
        url: str, roles: tuple[str, ...], due_at: datetime | None, at: datetime,
    ) -> None:  # fmt: skip
        task = NewTask(
            organisation_id=organisation_id, act=act, title=title, object_type=object_type,
            object_key=object_key, url=url, roles=roles, due_at=due_at,
        )  # fmt: skip
        open_tasks(tasks=[task], at=at)

    def take_away(self, *, object_type: str, object_key: str, at: datetime) -> None:
        finish_tasks(object_type=object_type, object_keys=[object_key], at=at)

    def tell(
        self, *, organisation_id: int, key: str, title: str, body: str, url: str, at: datetime
    ) -> None:
        notice = NewNotice(
            organisation_id=organisation_id, key=key, title=title, body=body, url=url
        )
        notify(notices=[notice], at=at)

    def hand_over(self, *, from_id: int, to_id: int | None, at: datetime) -> int:
        return hand_over_tasks(from_id=from_id, to_id=to_id, at=at)

    def hand_over_drafts(self, *, from_user: User, to_user: User) -> int:
        return hand_over_drafts(from_user=from_user, to_user=to_user)


@operation
def hand_over_tasks(*, from_id: int, to_id: int | None, at: datetime) -> int:
    """Open tasks of an organisation that is no more go to its successor, or end where there is none.

    One that the successor has open already for the same object and act ends too. Gives how many
    went over.
    """
    open_ones = Task.objects.select_for_update().filter(
        organisation_id=from_id, done_at__isnull=True
    )
    if to_id is None:
        open_ones.update(done_at=at)
        return 0
    held = set(
        Task.objects.filter(organisation_id=to_id, done_at__isnull=True).values_list(
            "act", "object_type", "object_key"
        )
    )
    moved = 0
    for task in open_ones.order_by("pk"):
        if (task.act, task.object_type, task.object_key) in held:
            task.done_at = at
            task.save(update_fields=["done_at"])
        else:
            task.organisation_id = to_id
            task.save(update_fields=["organisation_id"])
            moved += 1
    return moved
