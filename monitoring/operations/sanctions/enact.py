"""What each day brings: decisions take effect, others expire."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.audit.record import Actor, record
from core.operations import operation
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.sanction_cases import SHOWN_WITH, results_of
from monitoring.states.sanction_case import CLOCK, SANCTION_MACHINE, SanctionKind
from procurement.operations.cancelled_results import end_agreements


def enact_due(*, on: date, by: Actor, at: datetime) -> int:
    """Each decision whose day has come; gives how many."""
    due = SanctionCase.objects.filter(state="decided", effective_on__lte=on)
    return sum(
        enact_sanction(case_id=pk, on=on, by=by, at=at)
        for pk in due.order_by("pk").values_list("pk", flat=True)
    )


@operation
def enact_sanction(*, case_id: int, on: date, by: Actor, at: datetime) -> bool:
    """Effects and state together; False where another run has done it already."""
    SanctionCase.objects.select_for_update().get(pk=case_id)
    row = SanctionCase.objects.select_related(*SHOWN_WITH).get(pk=case_id)
    if row.state != "decided" or row.effective_on is None or row.effective_on > on:
        return False
    effects: dict[str, int] = {}
    if row.kind == SanctionKind.CANCEL:
        for each in results_of(row):
            for name, number in end_agreements(
                change_id=each.change_id, on=on, by=by, at=at
            ).items():
                effects[name] = effects.get(name, 0) + number
    row.enacted_at, row.effects = at, effects
    row.save(update_fields=["enacted_at", "effects"])
    record(
        by=by, at=at, action="sanction_case.effects", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.case_no, clause=row.clause, detail=effects,
    )  # fmt: skip
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="enact", obj=row, by=by, at=at, standings=lambda each: {CLOCK}
    )
    pass_on(case=moved, at=at)
    for to in (moved.subject_id, moved.office_id):
        tell(
            case=moved, to=to, key="enact", title=f"{moved.get_kind_display()}决定生效", at=at,
            body=f"自 {moved.effective_on:%Y-%m-%d} 起执行",
        )  # fmt: skip
    return True


@operation
def expire_sanctions(*, on: date, by: Actor, at: datetime) -> int:
    """Decisions whose last day is past; the enterprise is told."""
    rows = list(
        SanctionCase.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state__in=("in_effect", "repairing"), effective_to__lt=on)
        .order_by("pk")
    )
    for row in rows:
        assert row.effective_to is not None
        row.ended_on = row.effective_to + timedelta(days=1)
        row.save(update_fields=["ended_on"])
        moved: SanctionCase
        moved, _ = SANCTION_MACHINE.perform(
            verb="expire", obj=row, by=by, at=at, standings=lambda each: {CLOCK}
        )
        pass_on(case=moved, at=at)
        tell(
            case=moved, to=moved.subject_id, key="expire", title="惩戒期满", at=at,
            body=f"{moved.effective_to:%Y-%m-%d} 期满，不再执行",
        )  # fmt: skip
    return len(rows)
