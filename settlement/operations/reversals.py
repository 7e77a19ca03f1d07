"""Take an entry back: one asks with a reason, another agrees, the ledger writes its mirror image."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse as address

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Pool, User
from organisations.queries.scope import Scope
from settlement.models import LedgerEntry, LedgerReversal, Prepayment
from settlement.operations.ledger import reverse
from settlement.queries.prepayments import bureau_of
from settlement.queries.reversals import (
    asks_reversals,
    open_reversal,
    reversal_standings,
    reversible,
)
from settlement.queries.statements import APPROVERS
from settlement.states.reversal import CLAUSE, REVERSAL_MACHINE

OBJECT_TYPE = REVERSAL_MACHINE.name


@operation
def ask_reversal(
    *, entry: LedgerEntry, reason: str, by: User, scope: Scope, at: datetime
) -> LedgerReversal:
    """The bureau's reviewers and leaders get the task. Raises NotYours, MissingInput,
    TransitionRefused for entries that are not taken back by themselves, and while one is asked.
    """
    held = LedgerEntry.objects.select_related("pool").get(pk=entry.pk)
    allowed = asks_reversals(scope, held)
    if not allowed:
        raise NotYours.of(allowed)
    # Two who ask at once: the second waits here and is told.
    Pool.objects.select_for_update(no_key=True).get(pk=held.pool_id)
    _refuse(held)
    if open_reversal(held) is not None:
        raise TransitionRefused("这笔分录已有冲销申请，等待另一人同意", CLAUSE)
    if not reason.strip():
        raise MissingInput("reason", "请填写冲销原因", CLAUSE)
    row = LedgerReversal.objects.create(
        entry=held, reason=reason.strip()[:200], asked_at=at, asked_by_id=by.pk,
        asked_by_name=by.audit_name, state_at=at, state_by_id=by.pk, state_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="ledger_reversal.ask", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=CLAUSE,
    )  # fmt: skip
    office = bureau_of(held.pool)
    if office is not None:
        open_tasks(
            tasks=[NewTask(
                organisation_id=office.pk, act="agree_reversal", title=f"同意冲销分录：{held}",
                object_type=OBJECT_TYPE, object_key=str(row.pk),
                url=address("ledger-entry", args=[held.pk]), roles=APPROVERS,
            )], at=at,
        )  # fmt: skip
    return row


@operation
@transaction.atomic
def decide_reversal(
    *, reversal: LedgerReversal, verb: str, note: str = "", by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> LedgerReversal:  # fmt: skip
    """`agree` books the mirror image today; `refuse` says why not. Never by whoever asked.

    Raises NotYours, TransitionRefused, MissingInput, StaleVersion.
    """
    if verb not in ("agree", "refuse"):
        raise ValueError(verb)
    rows = LedgerReversal.objects.select_for_update(of=("self",))
    row = rows.select_related("entry__pool").get(pk=reversal.pk)
    held = reversal_standings(scope, row)
    said = REVERSAL_MACHINE.verdict(REVERSAL_MACHINE.named(verb), row, held)
    if said and verb == "agree":
        _refuse(row.entry)
        row.mirror = reverse(
            entry=row.entry, occurred_on=shanghai_day(at), reason=row.reason, by=by, at=at
        )
        row.save(update_fields=["mirror"])
    moved: LedgerReversal
    moved, _ = REVERSAL_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, seen_version=seen_version,
        inputs={"note": note.strip()} if verb == "refuse" else {}, standings=lambda _: held,
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[str(moved.pk)], at=at)
    return moved


def _refuse(entry: LedgerEntry) -> None:
    """Also where the prepayment was settled with it: that paper is closed."""
    said = reversible(entry)
    if not said:
        raise TransitionRefused.of(said)
    if entry.source_kind == "prepayment":
        # Locked: it is not settled between this look and the mirror image.
        paid = Prepayment.objects.select_for_update().get(pk=entry.source_id)
        if paid.state != "paid":
            raise TransitionRefused("该预付金已经结清，不再冲销它的分录", CLAUSE)
