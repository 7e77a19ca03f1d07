"""Dated marks on organisations (报量风险提示, 暂停直接结算, …), written by the stage that decided them."""

from __future__ import annotations

from datetime import date, datetime

from core.audit.record import Actor, record
from core.operations import operation
from organisations.models import Organisation, Standing


@operation
def set_standing(
    *,
    organisation: Organisation,
    kind: str,
    valid_from: date,
    valid_to: date | None,
    clause: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Standing:
    """Mark the organisation from one day to another, both included; it ends by its own date."""
    made = Standing.objects.create(
        organisation=organisation, kind=kind, valid_from=valid_from, valid_to=valid_to,
        clause=clause[:100], reason=reason, set_by_id=by.audit_id or 0, set_by_name=by.audit_name,
        set_at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="standing.set", object_type="standing", object_key=made.pk,
        object_label=f"{organisation.name} {made.get_kind_display()}", clause=clause, reason=reason,
        detail={"organisation": organisation.code, "kind": kind, "from": f"{valid_from}",
                "to": f"{valid_to or ''}"},
    )  # fmt: skip
    return made


@operation
def end_standing(
    *, standing: Standing, last_day: date, reason: str, by: Actor, at: datetime
) -> Standing:
    """Let it last until `last_day` only; one that had not begun yet lasts its first day at most.

    A standing that ended by its own date before that stays as it is.
    """
    locked = Standing.objects.select_for_update().select_related("organisation").get(pk=standing.pk)
    last_day = max(last_day, locked.valid_from)
    if locked.valid_to is not None and locked.valid_to <= last_day:
        return locked
    locked.valid_to = last_day
    locked.save(update_fields=["valid_to"])
    record(
        by=by, at=at, action="standing.end", object_type="standing", object_key=locked.pk,
        object_label=f"{locked.organisation.name} {locked.get_kind_display()}", reason=reason,
        detail={"organisation": locked.organisation.code, "to": f"{last_day}"},
    )  # fmt: skip
    return locked
