"""Change a value of a policy: one person proposes, another puts it in force or sends it back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from core.audit.record import record
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from policy.models import Document, Parameter, ParameterValue, Policy, ValueChange
from policy.operations.four_eyes import FourEyes
from policy.operations.set_value import (
    ValueChangeRefused,
    check_input,
    check_issued,
    set_value,
)
from policy.operations.withdraw_value import withdraw_value
from policy.queries.changes import change_standings, may_propose
from policy.queries.issued import issued_until
from policy.queries.read import MissingPolicyValue, newest_value, value_row
from policy.rules import CONFIRMING_ROLES, may_begin, may_revoke
from policy.states import CHANGE_MACHINE, ChangeState

OBJECT_TYPE = "value_change"
CHANGES: FourEyes[ValueChange] = FourEyes(
    CHANGE_MACHINE, change_standings, "confirm_value_change", "value-change", CONFIRMING_ROLES
)


@operation
def propose_change(
    *,
    policy: Policy,
    parameter: Parameter,
    value: str | None,
    valid_from: date,
    clause: str,
    document: Document | None,
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ValueChange:
    """Put a value before the second person; nothing reads it yet. value None = 不在执行.

    `seen_version` is the newest dated value that was read. Raises NotYours, StaleVersion where a
    newer one stands, MissingInput (400, with the field), ValueChangeRefused (409) for a day that
    is over, for what changes nothing, and while another change of the same value waits.
    """
    allowed = may_propose(scope, policy)
    if not allowed:
        raise NotYours.of(allowed)
    if seen_version is not None and seen_version != newest_value(policy, parameter):
        raise StaleVersion(f"{parameter.label}在您填写期间有了新的取值，请核对后再提出")
    check_input(parameter, value=value, clause=clause, reason=reason)
    _check_day(policy, parameter, valid_from, at)
    before = _value_before(policy, parameter, valid_from)
    if before is not None and before.value == value:
        raise ValueChangeRefused(f"{parameter.label}在该日的取值已经如此，不需要调整")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('policy_change_no')")
        change_no = f"CS{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:04d}"
    try:
        with transaction.atomic():
            change = ValueChange.objects.create(
                change_no=change_no, policy=policy, parameter=parameter, value=value,
                before=before.value if before else None, valid_from=valid_from,
                clause=clause.strip(), document=document, reason=reason.strip(),
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                proposed_at=at, proposed_by_id=by.audit_id, proposed_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise ValueChangeRefused(
            f"{parameter.label}已有一项调整等待确认（{_waiting(policy, parameter)}）："
            "请先在“参数调整”中确认、退回或撤回那一项"
        ) from error
    record(
        by=by, at=at, action="value_change.propose", object_type=OBJECT_TYPE,
        object_key=change.pk, object_label=_label(change), reason=change.reason,
        clause=change.clause, detail=_detail(change),
    )  # fmt: skip
    CHANGES.ask(change, f"确认参数调整：{_label(change)}", scope, at)
    return change


@operation
def confirm_change(
    *, change: ValueChange, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> ValueChange:
    """Another person puts the value in force from its day on; both are recorded.

    Raises TransitionRefused where that day's month is over by now, or a later value stands.
    """
    # A savepoint: refused by its day, the confirmation is undone in any caller's transaction.
    with transaction.atomic():
        moved = CHANGES.step(
            "confirm", change, by=by, scope=scope, at=at, seen_version=seen_version
        )
        _check_day(moved.policy, moved.parameter, moved.valid_from, at)
        before = _value_before(moved.policy, moved.parameter, moved.valid_from)
        set_value(
            policy=moved.policy, parameter=moved.parameter, value=moved.value,
            valid_from=moved.valid_from, clause=moved.clause, document=moved.document,
            reason=moved.reason, issued_until=issued_until(moved.policy.province_code), by=by, at=at,
        )  # fmt: skip
        moved.before = before.value if before else None
        CHANGES.confirmed(moved, by, at, "before")
    return moved


@operation
def return_change(
    *,
    change: ValueChange,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ValueChange:
    """The second person does not agree; the proposal is kept with the reason."""
    return CHANGES.step(
        "return", change, by=by, scope=scope, at=at, note=note, seen_version=seen_version
    )


@operation
def withdraw_change(*, change: ValueChange, by: User, scope: Scope, at: datetime) -> ValueChange:
    """The proposer takes the proposal back."""
    return CHANGES.step("withdraw", change, by=by, scope=scope, at=at)


@operation
def revoke_change(
    *, change: ValueChange, note: str, by: User, scope: Scope, at: datetime
) -> ValueChange:
    """Take a confirmed value back before its day comes; the one before it holds on."""
    with transaction.atomic():
        moved = CHANGES.step("revoke", change, by=by, scope=scope, at=at, note=note)
        allowed = may_revoke(moved.valid_from, today=shanghai_day(at))
        if not allowed:
            raise TransitionRefused.of(allowed)
        withdraw_value(
            policy=moved.policy, parameter=moved.parameter, valid_from=moved.valid_from,
            reason=note, by=by, at=at,
        )  # fmt: skip
    return moved


def _waiting(policy: Policy, parameter: Parameter) -> str:
    """The number of the change of this value that waits for its second person."""
    waiting = ValueChange.objects.filter(
        policy=policy, parameter=parameter, state=ChangeState.PROPOSED
    )
    return "、".join(waiting.values_list("change_no", flat=True))


def _check_day(policy: Policy, parameter: Parameter, valid_from: date, at: datetime) -> None:
    allowed = may_begin(valid_from, today=shanghai_day(at))
    if not allowed:
        raise ValueChangeRefused.of(allowed)
    if valid_from < policy.effective_from:
        raise ValueChangeRefused(f"生效日不能早于该政策的施行日 {policy.effective_from:%Y-%m-%d}")
    check_issued(valid_from, issued_until(policy.province_code))
    later = (
        ParameterValue.objects.filter(policy=policy, parameter=parameter)
        .filter(valid_from__gte=valid_from)
        .order_by("-valid_from")
        .first()
    )
    if later is not None:
        raise ValueChangeRefused(
            f"{parameter.label}已有自 {later.valid_from:%Y-%m-%d} 起的取值："
            "请把生效日改到其后，或先撤销尚未生效的那一项"
        )


def _value_before(policy: Policy, parameter: Parameter, on: date) -> ParameterValue | None:
    try:
        return value_row(policy.code, parameter.key, on)
    except MissingPolicyValue:
        return None


def _label(change: ValueChange) -> str:
    return f"{change.policy.name} {change.parameter.label}（{change.change_no}）"


def _detail(change: ValueChange) -> dict[str, str | None]:
    return {
        "policy": change.policy.code,
        "parameter": change.parameter.key,
        "before": change.before,
        "after": change.value,
        "valid_from": f"{change.valid_from:%Y-%m-%d}",
    }
