"""A province user changes a value with effect from a day; past months keep what they used."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions.refusals import MissingInput, Refusal
from policy.models import Document, Parameter, ParameterValue, Policy
from policy.queries.parse import InvalidParameterValue, parse_value
from policy.states import Origin


class ValueChangeRefused(Refusal):
    """The change cannot begin on that day; the reason says what to do, in Chinese."""


@operation
def set_value(
    *,
    policy: Policy,
    parameter: Parameter,
    value: str | None,
    valid_from: date,
    clause: str,
    document: Document | None,
    reason: str,
    issued_until: date | None,
    by: Actor,
    at: datetime,
) -> ParameterValue:
    """Set the value from `valid_from` on (None = 不在执行) and end the one that held before.

    issued_until is the last day of the last month whose bulletin is issued: the change must
    begin after it. A change cannot begin on or before a later value's first day; withdraw none,
    set a new one after it. Raises ValueChangeRefused (409) or MissingInput (400).
    """
    check_input(parameter, value=value, clause=clause, reason=reason)
    _check_start(policy, valid_from, issued_until)
    # The policy row is the lock: two changes of one policy come one after the other.
    Policy.objects.select_for_update().get(pk=policy.pk)
    rows = ParameterValue.objects.filter(policy=policy, parameter=parameter)
    later = rows.filter(valid_from__gte=valid_from).order_by("-valid_from").first()
    if later is not None:
        raise ValueChangeRefused(
            f"{parameter.label}已有自 {later.valid_from:%Y-%m-%d} 起的取值，新取值须从其后的日期起"
        )
    before = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from)).first()
    if before is not None:
        before.valid_to = valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
    changed = ParameterValue.objects.create(
        policy=policy,
        parameter=parameter,
        valid_from=valid_from,
        value=value,
        clause=clause,
        document=document,
        origin=Origin.PAGE,
        set_by_id=by.audit_id,
        set_by_name=by.audit_name[:60],
        reason=reason,
        set_at=at,
    )
    record(
        by=by,
        at=at,
        action="policy.set_value",
        object_type="policy_value",
        object_key=f"{policy.code}:{parameter.key}:{valid_from:%Y-%m-%d}",
        object_label=f"{policy.name} {parameter.label}",
        reason=reason,
        clause=clause,
        detail={"before": before.value if before else None, "after": value},
    )
    return changed


def check_input(parameter: Parameter, *, value: str | None, clause: str, reason: str) -> None:
    """Raises MissingInput with the field and, in Chinese, what is expected."""
    if value is not None:
        try:
            parse_value(parameter.key, value)
        except InvalidParameterValue as error:
            raise MissingInput("value", str(error)) from error
    if not clause.strip():
        raise MissingInput("clause", "请填写依据的条款")
    if not reason.strip():
        raise MissingInput("reason", "请填写调整理由")


def _check_start(policy: Policy, valid_from: date, issued_until: date | None) -> None:
    if valid_from < policy.effective_from:
        raise ValueChangeRefused(f"生效日不能早于该政策的施行日 {policy.effective_from:%Y-%m-%d}")
    check_issued(valid_from, issued_until)


def check_issued(valid_from: date, issued_until: date | None) -> None:
    """What a 通报 has told of stays as it was told: raises ValueChangeRefused for such a day."""
    if issued_until is not None and valid_from <= issued_until:
        raise ValueChangeRefused(
            f"{issued_until:%Y 年 %m 月}的通报已发布，生效日须在 {issued_until:%Y-%m-%d} 之后"
        )
