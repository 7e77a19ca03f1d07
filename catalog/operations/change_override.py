"""Change a value that a batch sets itself: one person proposes, another puts it in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from catalog.models import Batch, BatchParameter, OverrideChange
from catalog.operations.change_numbers import next_number
from catalog.queries.override_changes import override_standings, own_words
from catalog.queries.overrides import holding
from catalog.queries.second_person import may_change_batch
from catalog.rules.batches import CONFIRMING_ROLES, within_cycle
from catalog.states.batch_override import OVERRIDE_MACHINE
from core.audit.record import record
from core.operations import operation
from core.transitions import NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from policy.models import Document, Parameter
from policy.operations.four_eyes import FourEyes
from policy.operations.set_value import ValueChangeRefused, check_input, check_issued
from policy.queries.issued import issued_until
from policy.rules import may_begin, may_revoke

OBJECT_TYPE = "override_change"
OVERRIDES: FourEyes[OverrideChange] = FourEyes(
    OVERRIDE_MACHINE, override_standings, "confirm_override_change", "override-change",
    CONFIRMING_ROLES,
)  # fmt: skip
ONE_DAY = timedelta(days=1)


@operation
def propose_override(
    *,
    batch: Batch,
    parameter: Parameter,
    value: str | None,
    valid_from: date,
    clause: str,
    document: Document | None,
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> OverrideChange:
    """Put a batch's own value before the second person; value None = 恢复按政策取值.

    Raises NotYours, MissingInput (400, with the field), ValueChangeRefused (409) for a day of a
    month that is over or outside the cycle, for what changes nothing, and while another waits.
    """
    allowed = may_change_batch(scope, batch)
    if not allowed:
        raise NotYours.of(allowed)
    check_input(parameter, value=value, clause=clause, reason=reason)
    _check_day(batch, parameter, valid_from, at)
    before = _held(batch, parameter, valid_from)
    if (before.value if before else None) == value:
        raise ValueChangeRefused(
            f"{batch.name}的{parameter.label}在该日已经是“{own_words(parameter, value)}”，不需要调整"
        )
    try:
        with transaction.atomic():
            change = OverrideChange.objects.create(
                change_no=next_number("PC", at), batch=batch, parameter=parameter, value=value,
                before=before.value if before else None, valid_from=valid_from,
                clause=clause.strip(), document=document, reason=reason.strip(),
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                proposed_at=at, proposed_by_id=by.audit_id, proposed_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise ValueChangeRefused(
            f"{parameter.label}已有一项调整等待确认：请先确认、退回或撤回那一项"
        ) from error
    record(
        by=by, at=at, action="override_change.propose", object_type=OBJECT_TYPE,
        object_key=change.pk, object_label=_label(change), reason=change.reason,
        clause=change.clause, detail=_detail(change),
    )  # fmt: skip
    OVERRIDES.ask(change, f"确认批次参数调整：{_label(change)}", scope, at)
    return change


@operation
def confirm_override(
    *, change: OverrideChange, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> OverrideChange:
    """Another person puts the value in force from its day on and ends the one before.

    Raises TransitionRefused, or ValueChangeRefused where that day's month is over by now.
    """
    # A savepoint: refused by its day, the confirmation is undone in any caller's transaction.
    with transaction.atomic():
        moved = OVERRIDES.step(
            "confirm", change, by=by, scope=scope, at=at, seen_version=seen_version
        )
        # The batch's row is the lock: two changes of one batch come one after the other.
        Batch.objects.select_for_update().get(pk=moved.batch_id)
        _check_day(moved.batch, moved.parameter, moved.valid_from, at)
        before = _held(moved.batch, moved.parameter, moved.valid_from)
        if before is not None:
            before.valid_to = moved.valid_from - ONE_DAY
            before.save(update_fields=["valid_to"])
        if moved.value is not None:
            BatchParameter.objects.create(
                batch=moved.batch, parameter=moved.parameter.key, value=moved.value,
                clause=moved.clause, valid_from=moved.valid_from,
            )  # fmt: skip
        moved.before = before.value if before else None
        OVERRIDES.confirmed(moved, by, at, "before")
        record(
            by=by, at=at, action="batch.set_override", object_type="batch",
            object_key=moved.batch.code, object_label=str(moved.batch), reason=moved.reason,
            clause=moved.clause, detail=_detail(moved),
        )  # fmt: skip
    return moved


@operation
def return_override(
    *,
    change: OverrideChange,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OverrideChange:
    """The second person does not agree; the proposal is kept with the reason."""
    return OVERRIDES.step(
        "return", change, by=by, scope=scope, at=at, note=note, seen_version=seen_version
    )


@operation
def withdraw_override(
    *, change: OverrideChange, by: User, scope: Scope, at: datetime
) -> OverrideChange:
    """The proposer takes the proposal back."""
    return OVERRIDES.step("withdraw", change, by=by, scope=scope, at=at)


@operation
def revoke_override(
    *, change: OverrideChange, note: str, by: User, scope: Scope, at: datetime
) -> OverrideChange:
    """Take a confirmed value back before its day comes; the one before it holds on."""
    with transaction.atomic():
        moved = OVERRIDES.step("revoke", change, by=by, scope=scope, at=at, note=note)
        allowed = may_revoke(moved.valid_from, today=shanghai_day(at))
        if not allowed:
            raise TransitionRefused.of(allowed)
        Batch.objects.select_for_update().get(pk=moved.batch_id)
        rows = BatchParameter.objects.filter(batch=moved.batch, parameter=moved.parameter.key)
        rows.filter(valid_from=moved.valid_from).update(withdrawn_at=at)
        if moved.before is not None:
            rows.filter(valid_to=moved.valid_from - ONE_DAY).update(valid_to=None)
    return moved


def _check_day(batch: Batch, parameter: Parameter, valid_from: date, at: datetime) -> None:
    for allowed in (
        may_begin(valid_from, today=shanghai_day(at)),
        within_cycle(valid_from, effective_on=batch.effective_on, ends_on=batch.ends_on),
    ):
        if not allowed:
            raise ValueChangeRefused.of(allowed)
    check_issued(valid_from, issued_until(batch.policy.province_code))
    later = BatchParameter.objects.filter(
        Q(valid_from__gte=valid_from) | Q(valid_to__gt=valid_from - ONE_DAY),
        batch=batch, parameter=parameter.key,
    ).first()  # fmt: skip
    if later is not None:
        day = later.valid_from if later.valid_from and later.valid_from >= valid_from else None
        day = day or (later.valid_to or valid_from) + ONE_DAY
        raise ValueChangeRefused(
            f"{parameter.label}已有自 {day:%Y-%m-%d} 起的调整："
            "请把生效日改到其后，或先撤销尚未生效的那一项"
        )


def _held(batch: Batch, parameter: Parameter, on: date) -> BatchParameter | None:
    rows = BatchParameter.objects.filter(holding(on), batch=batch, parameter=parameter.key)
    return rows.first()


def _label(change: OverrideChange) -> str:
    return f"{change.batch.name} {change.parameter.label}（{change.change_no}）"


def _detail(change: OverrideChange) -> dict[str, str | None]:
    return {
        "batch": change.batch.code,
        "parameter": change.parameter.key,
        "before": change.before,
        "after": change.value,
        "valid_from": f"{change.valid_from:%Y-%m-%d}",
    }
