"""Many proposals at once: take those that need nothing but a letter, or say why not."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.paper.press import one_press
from core.transitions import ALLOWED, Verdict
from monitoring.forms.action import BulkDismissForm
from monitoring.models import SupervisionAction
from monitoring.operations.actions.answer import dismiss_action
from monitoring.operations.actions.take import Taking, take_action
from monitoring.queries.actions import action_standings, may_propose, visible_actions
from monitoring.states.action import ACTION_MACHINE
from monitoring.states.action_kinds import KINDS
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _rows(scope: Scope) -> QuerySet[SupervisionAction]:
    return visible_actions(scope).select_related("subject", "office")


def _named(row: Any) -> str:
    return f"{row.action_no} {row.subject.name} {row.get_kind_display()}"


def _may_take(scope: Scope, row: Any) -> Verdict:
    kind = KINDS[row.kind]
    if kind.meets or kind.invites or kind.standing:
        return Verdict(
            False, f"“{kind.label}”要填写会议、参加单位或起止日期，请逐项作出", kind.clause
        )
    if not row.demand.strip():
        return Verdict(False, "没有写整改要求，请逐项作出", kind.clause)
    transition = ACTION_MACHINE.named("take")
    return ACTION_MACHINE.verdict(transition, row, action_standings(scope, row))


def _may_dismiss(scope: Scope, row: Any) -> Verdict:
    transition = ACTION_MACHINE.named("dismiss")
    said = ACTION_MACHINE.verdict(transition, row, action_standings(scope, row))
    return said if not said else ALLOWED


def _take(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    taking = Taking(kind=row.kind, matter=row.matter, demand=row.demand)
    return take_action(action=row, taking=taking, by=by, scope=scope, at=at, seen_version=version)


def _dismiss(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return dismiss_action(
        action=row, note=values["note"], by=by, scope=scope, at=at, seen_version=version
    )


def _pressed(scope: Scope, at: datetime) -> AbstractContextManager[object]:
    """One child sets all the letters."""
    return one_press()


def _version(row: Any) -> int:
    version: int = row.row_version
    return version


add(
    BulkAct(
        key="action-take", page="action-list", label="批量作出", unit="项", kind="primary",
        offered=may_propose, rows=_rows, name=_named, verdict=_may_take, perform=_take,
        version=_version, direct=20, stepwise=True, around=_pressed,
        note="按拟办的事由和要求逐项编文号、生成函件并送达对象，整改期限按省级设定的工作日；"
        "要填写会议、参加单位或起止日期的不在此办理。",
    ),
    BulkAct(
        key="action-dismiss", page="action-list", label="批量不予采取", unit="项",
        offered=may_propose, rows=_rows, name=_named, verdict=_may_dismiss, perform=_dismiss,
        version=_version, form=BulkDismissForm, note="理由写入每一项，同一事项不再重复提出建议。",
    ),
)  # fmt: skip
