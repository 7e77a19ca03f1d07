"""Another person approves, above the amount a third one too; or refuses with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.operations import operation
from organisations.models import User
from organisations.queries.scope import Scope
from settlement.models import Prepayment
from settlement.operations.prepayments.telling import tell_prepayment
from settlement.queries.prepayments import prepayment_standings
from settlement.states.prepayment import APPROVER, PREPAYMENT_MACHINE


def locked(row: Prepayment) -> Prepayment:
    rows = Prepayment.objects.select_for_update(of=("self",))
    return rows.select_related("pool", "batch", "institution", "enterprise").get(pk=row.pk)


@operation
@transaction.atomic
def approve_prepayment(
    *, prepayment: Prepayment, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Prepayment:
    """One approval is enough up to dual_approval_amount; above it another person follows.

    Raises NotYours (also for whoever asked, or approved first), TransitionRefused, StaleVersion.
    """
    row = locked(prepayment)
    held = prepayment_standings(scope, row)
    verb = "approve_first" if row.needs_two else "approve"
    if row.state == "first":
        verb = "approve_second"
    if APPROVER in held and row.state in ("asked", "first"):
        name = "second" if verb == "approve_second" else "first"
        setattr(row, f"{name}_by_id", by.audit_id)
        setattr(row, f"{name}_by_name", by.audit_name)
        row.save(update_fields=[f"{name}_by_id", f"{name}_by_name"])
    return _moved(row, verb, held, {}, by, at, seen_version)


@operation
def refuse_prepayment(
    *, prepayment: Prepayment, note: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> Prepayment:  # fmt: skip
    """With a reason; it may be asked for again."""
    row = locked(prepayment)
    held = prepayment_standings(scope, row)
    return _moved(row, "refuse", held, {"note": note.strip()}, by, at, seen_version)


def _moved(
    row: Prepayment, verb: str, held: frozenset[str], inputs: dict[str, str], by: User,
    at: datetime, seen_version: int | None,
) -> Prepayment:  # fmt: skip
    PREPAYMENT_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, seen_version=seen_version, inputs=inputs,
        standings=lambda _: held,
    )  # fmt: skip
    moved = locked(row)
    tell_prepayment(moved, at)
    return moved
