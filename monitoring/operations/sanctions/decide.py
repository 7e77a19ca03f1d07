"""Another person decides: from which day, at which grade, and what the decision does at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalog.operations.change_result import DecidedBy, cancel_by_decision, revoke_result
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import SanctionCase, SanctionResult
from monitoring.operations.sanctions.draft import check_grade
from monitoring.operations.sanctions.held import held, number_letter
from monitoring.operations.sanctions.letters import keep_letter
from monitoring.operations.sanctions.telling import pass_on, tell
from monitoring.queries.sanction_cases import results_of, sanction_standings, statement_over
from monitoring.rules.credit_scale import SCALES, suggested_grade
from monitoring.states.sanction_case import SANCTION_CLAUSE, SANCTION_MACHINE, SanctionKind
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.operations.standby import ask_standby_instead

FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Decision:
    """What is decided. `effective_to` empty: until repaired; never for a cancelled selection."""

    words: str
    effective_on: date
    effective_to: date | None = None
    grade: str = ""
    grade_reason: str = ""


@operation
def decide_sanction(
    *,
    case: SanctionCase,
    decision: Decision,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Decide after the statement, or after its time; by somebody else than the drafter.

    A cancelled selection: its results end the day before `effective_on` (to be revoked until then),
    and a standby case is opened for each supply region. Agreements and orders follow on the day.
    Raises NotYours, StaleVersion, TransitionRefused, MissingInput, PaperError.
    """
    row = _ripe(case, "decide", scope, at, seen_version)
    if not decision.words.strip():
        raise MissingInput("decision", "请填写决定内容", SANCTION_CLAUSE)
    _check_days(row, decision, at)
    row.grade = check_grade(row, decision.grade, "grade")
    row.grade_reason = decision.grade_reason.strip()
    _check_scale(row)
    row.decision = decision.words.strip()
    row.effective_on, row.effective_to = decision.effective_on, decision.effective_to
    row.decided_at, row.decided_by_id, row.decided_by_name = at, by.audit_id, by.audit_name
    number_letter(row, "decision", at)
    row.save()
    if row.kind == SanctionKind.CANCEL:
        _cancel(row, by, scope, at)
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="decide", obj=row, by=by, at=at, inputs={"decision": row.decision},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    keep_letter(moved, "decision", by, at)
    pass_on(case=moved, at=at)
    tell(
        case=moved, to=moved.subject_id, key="decision", urgent=True, at=at,
        title=f"{moved.get_kind_display()}决定",
        body=f"自 {moved.effective_on:%Y-%m-%d} 起执行。{moved.decision}",
    )  # fmt: skip
    return moved


@operation
def dismiss_sanction(
    *,
    case: SanctionCase,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Nothing is imposed; the enterprise is told with the reason."""
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="dismiss", obj=case, by=by, at=at, inputs={"note": note.strip()},
        seen_version=seen_version, standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    pass_on(case=moved, at=at)
    tell(case=moved, to=moved.subject_id, key="dismiss", title="不予惩戒", body=moved.note, at=at)
    return moved


@operation
def revoke_sanction(
    *,
    case: SanctionCase,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Take the decision back. Before its day the results run on as they were; after it orders are
    free again, and a result comes back only by a new change of results."""
    row = held(case, "revoke", scope, seen_version)
    if not note.strip():
        raise MissingInput("note", "请填写撤销理由", SANCTION_CLAUSE)
    if row.state == "decided":
        for each in results_of(row):
            revoke_result(
                change=each.change, note=f"撤销惩戒决定 {row.decision_no}：{note.strip()}"[:300],
                by=by, scope=scope, at=at,
            )  # fmt: skip
    row.ended_on = shanghai_day(at)
    row.save(update_fields=["ended_on"])
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="revoke", obj=row, by=by, at=at, inputs={"note": note.strip()},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    keep_letter(moved, "revoked", by, at)
    pass_on(case=moved, at=at)
    tell(
        case=moved,
        to=moved.subject_id,
        key="revoke",
        title="惩戒决定已撤销",
        body=moved.note,
        at=at,
    )
    return moved


def _ripe(
    case: SanctionCase, verb: str, scope: Scope, at: datetime, seen_version: int | None
) -> SanctionCase:
    row = held(case, verb, scope, seen_version)
    if row.state == "noticed" and not statement_over(row, shanghai_day(at)):
        raise TransitionRefused(
            f"当事企业可陈述申辩到 {row.statement_due_on:%Y-%m-%d}（含当日），"
            "期满或收到陈述申辩后才能作出决定",
            SANCTION_CLAUSE,
        )
    return row


def _check_days(row: SanctionCase, decision: Decision, at: datetime) -> None:
    today = shanghai_day(at)
    if not today < decision.effective_on <= today + FARTHEST:
        raise MissingInput(
            "effective_on", "生效日最早为明天，以便送达和准备，最晚一年之内", SANCTION_CLAUSE
        )
    if decision.effective_to is None:
        return
    if row.kind == SanctionKind.CANCEL:
        raise MissingInput(
            "effective_to", "取消中选资格不设截止日，请清空；改正后可以申请修复", SANCTION_CLAUSE
        )
    if decision.effective_to < decision.effective_on:
        raise MissingInput("effective_to", "截止日不能早于生效日", SANCTION_CLAUSE)


def _check_scale(row: SanctionCase) -> None:
    if row.kind != SanctionKind.CREDIT:
        row.grade_reason = ""
        return
    scale = SCALES[row.scale]
    said = suggested_grade(scale, row.cause, row.amount, row.topmost)
    if said and row.grade != said and not row.grade_reason:
        raise MissingInput(
            "grade_reason",
            f"按{scale.title}对应“{scale.label(said)}”，评为“{scale.label(row.grade)}”须写明理由",
            SANCTION_CLAUSE,
        )


def _cancel(row: SanctionCase, by: User, scope: Scope, at: datetime) -> None:
    """The results end the day before; standby is asked for as after every cancellation."""
    assert row.batch is not None
    assert row.product is not None
    assert row.effective_on is not None
    reason = f"{row.decision_no}：{row.get_cause_display()}"
    try:
        changes = cancel_by_decision(
            batch=row.batch, product=row.product, effective_on=row.effective_on,
            decided=DecidedBy(
                row.drafted_by_id, row.drafted_by_name, row.noticed_at or row.drafted_at,
                row.clause, reason,
            ),
            by=by, scope=scope, at=at,
        )  # fmt: skip
    except MissingInput as missing:
        raise MissingInput("effective_on", missing.reason, missing.clause) from missing
    SanctionResult.objects.bulk_create(
        [SanctionResult(case=row, change=change) for change in changes]
    )
    for change in changes:
        ask_standby_instead(change=change, by=by, at=at)
