"""Try a proposed value on past months: whom the rules would have named, and whom no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from catalog.models import OverrideChange
from core.audit.record import SystemActor, record
from core.jobs.enqueue import enqueue
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from monitoring.indicators.cut import MonthCut, parameters_of
from monitoring.indicators.staging import build_stages, drop_stages
from monitoring.models import ComputedMonth, Rehearsal
from monitoring.operations.compute_month import Progress, Silent
from monitoring.operations.raise_warnings import find_breaks
from monitoring.operations.warning_inputs.low_quarters import make_low_quarters
from monitoring.operations.warning_inputs.tables import fill_rule_values, make_rule_inputs
from monitoring.operations.warning_inputs.values import Proposed
from monitoring.rules import Rule
from monitoring.rules.parameters import rules_reading
from organisations.models import User
from organisations.queries.scope import Scope
from policy.models import ValueChange
from policy.queries.parse import parse_value

REHEARSE = "rehearse_change"
MOST_MONTHS = 12
FIGURES = "rollup.indicator_value"

# The keys of a break; year_no may be missing on both sides.
KEYS = "rule, subject_type, subject_code, batch_code, group_code, product_code"
SAME = " AND ".join(f"a.{column} = b.{column}" for column in KEYS.split(", "))

COMPARE = f"""
CREATE TEMP TABLE rehearsed ON COMMIT DROP AS
SELECT COALESCE(a.rule, b.rule) AS rule,
       COALESCE(a.subject_type, b.subject_type) AS subject_type,
       COALESCE(a.subject_code, b.subject_code) AS subject_code,
       COALESCE(a.batch_code, b.batch_code) AS batch_code,
       COALESCE(a.year_no, b.year_no) AS year_no,
       COALESCE(a.group_code, b.group_code) AS group_code,
       COALESCE(a.product_code, b.product_code) AS product_code,
       COALESCE(b.measured, a.measured) AS measured,
       a.threshold AS threshold_now, b.threshold AS threshold_then,
       COALESCE(a.severity, '') AS severity_now, COALESCE(b.severity, '') AS severity_then,
       CASE WHEN a.rule IS NULL THEN 'named' WHEN b.rule IS NULL THEN 'cleared'
            WHEN a.severity <> b.severity THEN 'severity' END AS effect
FROM (SELECT * FROM broken_now WHERE province_id = %(province)s) a
FULL JOIN (SELECT * FROM broken WHERE province_id = %(province)s) b
  ON {SAME} AND COALESCE(a.year_no, 0) = COALESCE(b.year_no, 0)
"""

KEEP = """
INSERT INTO monitoring_rehearsalrow (rehearsal_id, month, effect, rule, subject_type, subject_code,
    batch_code, year_no, group_code, product_code, measured, threshold_now, threshold_then,
    severity_now, severity_then)
SELECT %(rehearsal)s, %(month)s, effect, rule, subject_type, subject_code, batch_code, year_no,
       group_code, product_code, measured, threshold_now, threshold_then, severity_now, severity_then
FROM rehearsed WHERE effect IS NOT NULL
ORDER BY rule, effect DESC, subject_type, subject_code, batch_code, group_code, product_code
"""

COUNT = """
SELECT count(*) FILTER (WHERE severity_now <> ''), count(*) FILTER (WHERE severity_then <> ''),
       count(*) FILTER (WHERE effect = 'named'), count(*) FILTER (WHERE effect = 'cleared'),
       count(*) FILTER (WHERE effect = 'severity')
FROM rehearsed
"""


@operation
def request_rehearsal(
    *, change: ValueChange | OverrideChange, months: int, by: User, scope: Scope, at: datetime
) -> Rehearsal:
    """Queue a rehearsal over the last `months` computed months (1 to 12).

    Raises MissingInput for another number, TransitionRefused where the parameter is read by no
    rule, where it makes the figures themselves, or where no month is computed yet.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise MissingInput("months", f"请选择 1 至 {MOST_MONTHS} 个月")
    if not rules_reading(change.parameter.key):
        raise TransitionRefused("该参数不是月度预警规则的阈值，不能试算：请看本页说明")
    if not _months(scope, 1):
        raise TransitionRefused("还没有计算过的月份：请先计算月度指标，再试算")
    rehearsal = Rehearsal(
        asked_months=months, asked_at=at, asked_by_id=by.audit_id, asked_by_name=by.audit_name,
        **({"override": change} if isinstance(change, OverrideChange) else {"change": change}),
    )  # fmt: skip
    rehearsal.job = enqueue(
        kind=REHEARSE, key=f"{change.change_no}:{months}",
        arguments={"change_no": change.change_no, "months": months, "province": scope.province_id},
        by=by, at=at, province_code=scope.province_code,
    )  # fmt: skip
    found = Rehearsal.objects.filter(job=rehearsal.job, ended_at=None).first()
    if found is not None:
        return found
    rehearsal.save()
    return rehearsal


def _months(scope: Scope, count: int) -> list[date]:
    rows = ComputedMonth.objects.filter(province_id=scope.province_id).order_by("-month")
    return list(rows.values_list("month", flat=True)[:count])


@operation
def rehearse(
    *, rehearsal: Rehearsal, province_id: int, at: datetime, listener: Progress | None = None
) -> list[dict[str, Any]]:
    """Compare, month by month, what the rules say by the values of the day and by the new one.

    Reads the held figures; writes only the rehearsal's own rows. Run again it starts anew.
    """
    listener = listener or Silent()
    change = rehearsal.subject
    rules = rules_reading(change.parameter.key)
    proposed = proposed_by(change)
    latest = ComputedMonth.objects.filter(province_id=province_id).order_by("-month")
    months = sorted(latest.values_list("month", flat=True)[: rehearsal.asked_months])
    results = []
    for done, month in enumerate(months):
        listener.progress(done, len(months), f"试算 {month:%Y-%m}")
        with connection.cursor() as cursor:
            compare_month(cursor, month, rules, proposed, province_id)
            cursor.execute(KEEP, {"rehearsal": rehearsal.pk, "month": month})
            cursor.execute(COUNT)
            names = ("now", "then", "named", "cleared", "severity")
            counts = dict(zip(names, cursor.fetchone(), strict=True))
        results.append({"month": f"{month:%Y-%m}", **counts})
    listener.progress(len(months), len(months), "完成")
    rehearsal.months, rehearsal.ended_at = results, at
    rehearsal.save(update_fields=["months", "ended_at"])
    record_rehearsal(rehearsal, at)
    return results


def proposed_by(change: ValueChange | OverrideChange) -> Proposed:
    """The change's value as the rules read it; a batch's own stands in its batch alone."""
    key = change.parameter.key
    value = None if change.value is None else parse_value(key, change.value)
    if isinstance(change, OverrideChange):
        batch = change.batch
        return Proposed(batch.policy.code, key, value, change.clause, batch_code=batch.code)
    return Proposed(change.policy.code, key, value, change.clause)


def compare_month(
    cursor: CursorWrapper,
    month: date,
    rules: Sequence[Rule],
    proposed: Proposed,
    province_id: int,
) -> None:
    """Fill `broken_now`, `broken` (with the value) and `rehearsed` for one month; set-based."""
    cut = MonthCut(month)
    parameters, _ = parameters_of(cut)
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL enable_nestloop = off")
    build_stages(cursor, parameters, lambda _: None, only=("batch_year", "report", "unit"))
    make_rule_inputs(month, FIGURES)
    _tables_of_lines(cursor, cut, rules)
    find_breaks(rules)
    for table in ("broken_now", "rehearsed"):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute("ALTER TABLE broken RENAME TO broken_now")
    cursor.execute("DELETE FROM rule_value")
    fill_rule_values(cursor, cut.last_day, proposed)
    cursor.execute("ANALYZE rule_value")
    _tables_of_lines(cursor, cut, rules)
    find_breaks(rules)
    cursor.execute(COMPARE, {"province": province_id})
    drop_stages(cursor)


def _tables_of_lines(cursor: CursorWrapper, cut: MonthCut, rules: Sequence[Rule]) -> None:
    """Quarters are made anew from the lines, where a rule looks at them."""
    if any("rule_low_quarters" in rule.sql for rule in rules):
        make_low_quarters(cut)


def record_rehearsal(rehearsal: Rehearsal, at: datetime) -> None:
    """Who tried what stays in the trail; what came of it is the rehearsal's own."""
    record(
        by=SystemActor(audit_name=rehearsal.asked_by_name, audit_id=rehearsal.asked_by_id), at=at,
        action="rehearsal.done", object_key=rehearsal.subject.pk,
        object_type="override_change" if rehearsal.override_id else "value_change",
        object_label=rehearsal.subject.change_no, detail={"months": len(rehearsal.months)},
    )  # fmt: skip
