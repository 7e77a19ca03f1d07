"""Open, update and end the warnings of a month that has just been computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from core.audit.record import Actor, record
from core.operations import operation
from inbox.operations.tasks import finish_tasks
from monitoring.operations.open_warnings import OPENED, SAME_KEY, open_new_warnings
from monitoring.operations.tell_of_warnings import tell_of_new_warnings
from monitoring.operations.warning_inputs import make_warning_inputs
from monitoring.queries.warning_standings import OBJECT_TYPE
from monitoring.rules import MONTHLY_RULES, Rule

MONTHLY_CODES = [rule.code for rule in MONTHLY_RULES]


@dataclass(frozen=True)
class WarningCounts:
    """How many warnings the month opened, updated and ended."""

    opened: int
    updated: int
    recovered: int


@operation
def raise_warnings(
    month: date, *, by: Actor, at: datetime, figures: str = "rollup.indicator_value"
) -> WarningCounts:
    """Compare the month's figures with every rule in force on its last day.

    One warning per rule and subject keys: while the rule stays broken in following months the same
    warning is updated; when the figure mends it is ended, and a new break opens a new one. What was
    measured in each month is kept apart, so that computing a past month again gives that month's
    corrected warnings. Only the latest computed month ends or escalates warnings: an older month
    does not know what happened since. `figures` is the table that holds the month's figures: the
    monthly job passes its new table, so that it is swapped in, and readers are held up, last.
    """
    make_warning_inputs(month, figures)
    with connection.cursor() as cursor:
        # Two months computed at once take turns here.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('raise_warnings'))")
        find_breaks()
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM monitoring_computedmonth WHERE month > %s)", [month]
        )
        is_latest: bool = cursor.fetchone()[0]
        cursor.execute(_ATTACH, {"month": month})
        opened = open_new_warnings(month, by, at, answered=is_latest)
        updated = _write_months(month, at)
        recovered = end_mended(month, MONTHLY_CODES, by, at) if is_latest else []
        if is_latest:
            _escalate(by, at)
        else:
            _end_in_the_past(month, by, at)
    if is_latest and opened:
        tell_of_new_warnings(month=month, at=at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=recovered, at=at)
    counts = WarningCounts(opened=opened, updated=updated - opened, recovered=len(recovered))
    record(
        by=by, at=at, action="warning.raise", object_type="month", object_key=f"{month:%Y-%m}",
        detail={"opened": counts.opened, "updated": counts.updated, "recovered": counts.recovered},
    )  # fmt: skip
    return counts


def find_breaks(rules: Iterable[Rule] = MONTHLY_RULES) -> None:
    """Fill `broken` with one row for every broken rule, held as it is printed (6 decimals)."""
    parts = " UNION ALL ".join(
        f"SELECT '{rule.code}' AS rule, found.* FROM ({rule.sql}) found" for rule in rules
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.broken")
        cursor.execute(
            f"""
            CREATE TEMP TABLE broken ON COMMIT DROP AS
            SELECT rule, severity, subject_type, subject_code, batch_code, year_no, group_code,
                   product_code, institution_id, enterprise_id, county_id, city_id, pool_id,
                   province_id, round(measured, 6) AS measured, round(threshold, 6) AS threshold,
                   clause, NULL::bigint AS warning_id
            FROM ({parts}) every_rule
            """
        )
        cursor.execute("ANALYZE broken")


# A break belongs to the warning that has this month already, else to the one not mended yet, as
# long as this month is not before its first or follows it without a gap.
_ATTACH = f"""
UPDATE broken b SET warning_id = w.id
FROM monitoring_warning w
WHERE {SAME_KEY}
  AND w.first_month <= %(month)s
  AND (w.mended_month IS NULL OR w.mended_month > %(month)s)
"""


def _end_in_the_past(month: date, by: Actor, at: datetime) -> None:
    """A break found late in a past month, which no later computed month has, is over already."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH over AS (
                UPDATE monitoring_warning
                SET state = 'recovered', mended_month = (
                    SELECT min(month) FROM monitoring_computedmonth WHERE month > %s)
                WHERE id IN (SELECT id FROM {OPENED})
                RETURNING id, state
            )
            INSERT INTO monitoring_warningstep (warning_id, at, by_id, by_name, organisation_name,
                verb, from_state, to_state, text)
            SELECT id, %s, %s, %s, '', 'recover', 'open', state, '补算以往月份，后续月份未再发生'
            FROM over
            """,
            [month, at, by.audit_id, by.audit_name],
        )


def _write_months(month: date, at: datetime) -> int:
    """Replace what was measured this month; carry the newest measure to the warning itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM monitoring_warningmonth m USING monitoring_warning w"
            " WHERE m.month = %s AND w.id = m.warning_id AND w.rule = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM broken b WHERE b.warning_id = m.warning_id)",
            [month, MONTHLY_CODES],
        )
        cursor.execute(
            """
            INSERT INTO monitoring_warningmonth AS m
                (warning_id, month, severity, measured, threshold, clause)
            SELECT warning_id, %(month)s, severity, measured, threshold, clause FROM broken
            ON CONFLICT (warning_id, month) DO UPDATE SET
                severity = EXCLUDED.severity, measured = EXCLUDED.measured,
                threshold = EXCLUDED.threshold, clause = EXCLUDED.clause
            WHERE (m.severity, m.measured, m.threshold, m.clause) IS DISTINCT FROM
                  (EXCLUDED.severity, EXCLUDED.measured, EXCLUDED.threshold, EXCLUDED.clause)
            """,
            {"month": month},
        )
        cursor.execute(
            """
            UPDATE monitoring_warning w
            SET severity = b.severity, measured = b.measured, threshold = b.threshold,
                clause = b.clause, last_month = %(month)s
            FROM broken b
            WHERE w.id = b.warning_id AND w.last_month <= %(month)s
              AND (w.severity, w.measured, w.threshold, w.clause, w.last_month)
                  IS DISTINCT FROM (b.severity, b.measured, b.threshold, b.clause, %(month)s)
            """,
            {"month": month},
        )
        cursor.execute("SELECT count(*) FROM broken")
        return int(cursor.fetchone()[0])


def end_mended(month: date, rules: list[str], by: Actor, at: datetime) -> list[str]:
    """Warnings of these rules that are not in `broken`: mended; unanswered ones recover.

    Gives their numbers, so that their tasks can be finished.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mended AS (
                UPDATE monitoring_warning w
                SET mended_month = %(month)s,
                    state = CASE WHEN state = 'closed' THEN state ELSE 'recovered' END,
                    state_at = CASE WHEN state = 'closed' THEN state_at ELSE %(at)s END,
                    state_by_id = CASE WHEN state = 'closed' THEN state_by_id ELSE %(by_id)s END,
                    state_by_name = CASE WHEN state = 'closed' THEN state_by_name
                                         ELSE %(by_name)s END,
                    row_version = row_version + 1
                WHERE mended_month IS NULL AND first_month <= %(month)s AND rule = ANY(%(rules)s)
                  AND NOT EXISTS (SELECT FROM broken b WHERE b.warning_id = w.id)
                RETURNING w.id, w.warning_no, w.state
            ), told AS (
                INSERT INTO monitoring_warningstep (warning_id, at, by_id, by_name,
                    organisation_name, verb, from_state, to_state, text)
                SELECT id, %(at)s, %(by_id)s, %(by_name)s, '', 'recover', '', state, ''
                FROM mended
            )
            SELECT warning_no FROM mended ORDER BY warning_no
            """,
            {
                "month": month, "at": at, "by_id": by.audit_id, "by_name": by.audit_name,
                "rules": rules,
            },
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def _escalate(by: Actor, at: datetime) -> None:
    """A closed warning that became red since it was closed is sent out again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH worse AS (
                UPDATE monitoring_warning w
                SET state = 'open', state_at = %(at)s, state_by_id = %(by_id)s,
                    state_by_name = %(by_name)s, row_version = row_version + 1
                FROM broken b, monitoring_warningmonth before
                WHERE w.id = b.warning_id AND w.state = 'closed' AND b.severity = 'red'
                  AND before.warning_id = w.id AND before.severity <> 'red'
                  AND before.month = (
                      SELECT max(month) FROM monitoring_warningmonth m
                      WHERE m.warning_id = w.id AND m.month < w.last_month)
                RETURNING w.id
            )
            INSERT INTO monitoring_warningstep (warning_id, at, by_id, by_name, organisation_name,
                verb, from_state, to_state, text)
            SELECT id, %(at)s, %(by_id)s, %(by_name)s, '', 'reopen', 'closed', 'open',
                   '级别升为红色' FROM worse
            """,
            {"at": at, "by_id": by.audit_id, "by_name": by.audit_name},
        )
