"""Compare progress with the facts each night; rebuild what differs when somebody asks for it."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connection, transaction

from core.audit.record import Actor, NewEvent, record, record_many
from core.operations import operation
from core.transitions import NotYours, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import ProgressDifference
from procurement.operations.line_progress import CHOSEN, lock_lines
from procurement.queries.line_facts import write_progress
from procurement.queries.progress_differences import find_differences
from procurement.states.order_line import LINE_MACHINE

OBJECT_TYPE = "progress_difference"


@operation
def list_differences(*, by: Actor, at: datetime) -> int:
    """Write down every line that differs and is not on the list yet. Gives how many are new.

    Nothing is mended: a difference is a fault, and somebody has to look at it.
    """
    known = set(
        ProgressDifference.objects.filter(healed_at__isnull=True).values_list("line_id", flat=True)
    )
    made = [
        ProgressDifference(
            line_id=each.line_id, ordered_at=each.ordered_at, label=each.label, found_at=at,
            held=each.held, facts=each.facts,
        )
        for each in find_differences()
        if each.line_id not in known
    ]  # fmt: skip
    ProgressDifference.objects.bulk_create(made, batch_size=1000)
    record_many(
        [
            NewEvent(
                action="progress_difference.find", object_type=OBJECT_TYPE,
                object_key=str(row.line_id), object_label=row.label,
                detail={"held": row.held, "facts": row.facts},
            )
            for row in made
        ],
        by=by, at=at,
    )  # fmt: skip
    return len(made)


@operation
def heal_difference(
    *, difference: ProgressDifference, by: User, scope: Scope, at: datetime
) -> ProgressDifference:
    """Make the line's progress what its facts say now, behind its lock, and write down who asked.

    Raises NotYours, or TransitionRefused where it was healed before or where its state cannot
    become that of the facts by any step: the guard of the database stays on.
    """
    if not (scope.active and scope.platform_role == "system"):
        raise NotYours("执行进度由系统管理员重建")
    held = ProgressDifference.objects.select_for_update().get(pk=difference.pk)
    if held.healed_at is not None:
        raise TransitionRefused(f"订单行 {held.label} 已由{held.healed_by_name}重建，请刷新")
    lock_lines(keys=[(held.line_id, held.ordered_at)])
    sql = write_progress(CHOSEN, by="重建", only_under_way=False, renew=True)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [[held.line_id], [held.ordered_at]])
    except DatabaseError as guarded:
        if "Invalid transition" not in str(guarded):
            raise
        raise TransitionRefused(
            f"订单行 {held.label} 不能由“{_state(held.held)}”直接变为“{_state(held.facts)}”："
            "请核对该行的配送、收货和退货记录，按办理步骤更正"
        ) from guarded
    held.healed_at, held.healed_by_name = at, by.audit_name
    held.save(update_fields=["healed_at", "healed_by_name"])
    record(
        by=by, at=at, action="progress_difference.heal", object_type=OBJECT_TYPE,
        object_key=held.line_id, object_label=held.label,
        detail={"held": held.held, "facts": held.facts},
    )  # fmt: skip
    return held


def _state(side: dict[str, str]) -> str:
    return str(LINE_MACHINE.state_labels.get(side.get("state", ""), side.get("state", "")))
