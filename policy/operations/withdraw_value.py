"""Take back a value that is not in force yet; the one before it holds on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from policy.models import Parameter, ParameterValue, Policy
from policy.states import Origin


@operation
def withdraw_value(
    *,
    policy: Policy,
    parameter: Parameter,
    valid_from: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Mark the value set by page from that day as withdrawn and reopen the one that it ended.

    Raises TransitionRefused where there is no such value, or a later one builds on it.
    """
    Policy.objects.select_for_update().get(pk=policy.pk)
    rows = ParameterValue.objects.filter(policy=policy, parameter=parameter)
    row = rows.filter(valid_from=valid_from, origin=Origin.PAGE).first()
    if row is None:
        raise TransitionRefused(f"没有自 {valid_from:%Y-%m-%d} 起、由页面设定的取值")
    if rows.filter(valid_from__gt=valid_from).exists():
        raise TransitionRefused("其后还有另一个取值：请先撤销后面的那一项")
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    before = rows.filter(valid_to=valid_from - timedelta(days=1)).first()
    if before is not None:
        before.valid_to = None
        before.save(update_fields=["valid_to"])
    record(
        by=by,
        at=at,
        action="policy.withdraw_value",
        object_type="policy_value",
        object_key=f"{policy.code}:{parameter.key}:{valid_from:%Y-%m-%d}",
        object_label=f"{policy.name} {parameter.label}",
        reason=reason,
        clause=row.clause,
        detail={"withdrawn": row.value, "holds": before.value if before else None},
    )
