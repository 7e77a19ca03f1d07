"""Put before each owner what its products still need for a batch, and take it away when it is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from catalog.models import Batch
from catalog.queries.preparation import due_items, unready_by_manufacturer
from catalog.queries.second_person import may_change_batch
from catalog.rules.preparation import MANUFACTURERS
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import NotYours
from core.workdays.deadlines import day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope

OBJECT_TYPE = "batch_preparation"
AHEAD = timedelta(days=90)


@operation
def ask_to_prepare(*, batch: Batch, by: User, scope: Scope, at: datetime) -> int:
    """An officer asks the owners again; gives how many were told. Raises NotYours."""
    allowed = may_change_batch(scope, batch)
    if not allowed:
        raise NotYours.of(allowed)
    return remind(batch=batch, by=by, at=at)


@operation
def remind(*, batch: Batch, by: Actor, at: datetime) -> int:
    """待办 and one notice a day for each manufacturer with something missing; others' 待办 end."""
    counts = unready_by_manufacturer(batch)
    due = min(
        (each.due_on for each in due_items(batch) if each.item.code in MANUFACTURERS and each.due_on),
        default=None,
    )  # fmt: skip
    open_for = {pk: number for pk, number in counts.items() if number}
    url = f"{reverse('batch-preparation', args=[batch.code])}?missing=any"
    title = f"落地准备：{batch.name}"
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act="prepare_batch", title=title, object_type=OBJECT_TYPE,
                object_key=f"{batch.code}:{pk}", url=url, due_at=day_end(due) if due else None,
                roles=("clerk", "reviewer", "leader"),
            )
            for pk in open_for
        ],
        at=at,
    )  # fmt: skip
    done = [f"{batch.code}:{pk}" for pk, number in counts.items() if not number]
    finish_tasks(object_type=OBJECT_TYPE, object_keys=done, at=at)
    today = shanghai_day(at)
    notify(
        notices=[
            NewNotice(
                organisation_id=pk, key=f"batch-preparation:{batch.code}:{pk}:{today}", url=url,
                title=f"{title}，本企业还有 {number} 项未完成，{batch.effective_on:%Y-%m-%d} 起执行",
            )
            for pk, number in open_for.items()
        ],
        at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="batch.remind_preparation", object_type="batch",
        object_key=batch.code, object_label=str(batch), detail={"told": len(open_for)},
    )  # fmt: skip
    return len(open_for)


@operation
def follow_preparation(*, by: Actor, at: datetime) -> int:
    """Every day: the batches that begin within ninety days; gives how many owners were told."""
    today = shanghai_day(at)
    coming = Batch.objects.filter(effective_on__gt=today, effective_on__lte=today + AHEAD)
    return sum(remind(batch=batch, by=by, at=at) for batch in coming.order_by("pk"))
