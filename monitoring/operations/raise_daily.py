"""Open, escalate and end the warnings of a rule that is looked at every day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor, record
from core.operations import operation
from inbox.operations.tasks import finish_tasks
from monitoring.operations.open_warnings import OPENED, SAME_KEY, open_new_warnings
from monitoring.operations.raise_warnings import end_mended, find_breaks
from monitoring.operations.tell_daily import tell_of_the_day
from monitoring.operations.warning_inputs.tables import RULE_VALUE, fill_rule_values
from monitoring.queries.warning_standings import OBJECT_TYPE
from monitoring.rules import Rule

WORSE = "worse_warning"
"""Temporary table of the warnings whose colour got severer that day, with the state before."""


@dataclass(frozen=True)
class DailyCounts:
    """How many warnings of the rule the day opened, made severer and ended."""

    opened: int
    worse: int
    recovered: int


@operation
def raise_daily_warnings(rule: Rule, *, on: date, by: Actor, at: datetime) -> DailyCounts:
    """Compare the day with the rule: one warning per subject and keys, from the break to its end.

    The same warning turns severer; a closed one that does is sent out again; what is broken no
    more is ended, and a new break opens a new one. Run twice on a day it changes nothing more.
    Other rules' warnings, and what the month's job measured, stay as they are.
    """
    month = on.replace(day=1)
    with connection.cursor() as cursor:
        # In turns with the month's job, which uses the same temporary tables' names.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('raise_warnings'))")
        _make_inputs(cursor, on, at)
        find_breaks((rule,))
        cursor.execute(
            f"UPDATE broken b SET warning_id = w.id FROM monitoring_warning w"
            f" WHERE {SAME_KEY} AND w.mended_month IS NULL"
        )
        _note_worse(cursor)
        opened = open_new_warnings(month, by, at, answered=True)
        _write_measures(cursor, month)
        worse = _escalate(cursor, by, at)
        recovered = end_mended(month, [rule.code], by, at)
    if opened or worse:
        tell_of_the_day(rule, on=on, at=at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=recovered, at=at)
    counts = DailyCounts(opened=opened, worse=worse, recovered=len(recovered))
    record(
        by=by, at=at, action="warning.raise", object_type="day", object_key=on.isoformat(),
        object_label=rule.label,
        detail={"rule": rule.code, "opened": opened, "worse": worse, "recovered": len(recovered)},
    )  # fmt: skip
    return counts


def _make_inputs(cursor: CursorWrapper, on: date, at: datetime) -> None:
    """The day itself, the moment, and the policy values in force on it."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.rule_day, pg_temp.rule_value")
    cursor.execute(
        "CREATE TEMP TABLE rule_day ON COMMIT DROP AS SELECT %s::date AS day, %s::timestamptz AS at",
        [on, at],
    )
    cursor.execute(RULE_VALUE)
    fill_rule_values(cursor, on)


def _note_worse(cursor: CursorWrapper) -> None:
    rank = "array_position(ARRAY['yellow', 'orange', 'red'], {}::text)"
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{WORSE}")
    cursor.execute(
        f"CREATE TEMP TABLE {WORSE} ON COMMIT DROP AS"
        f" SELECT w.id, w.state, b.severity FROM broken b"
        f" JOIN monitoring_warning w ON w.id = b.warning_id"
        f" WHERE {rank.format('b.severity')} > {rank.format('w.severity')}"
    )


def _write_measures(cursor: CursorWrapper, month: date) -> None:
    """What was measured last in the month, and on the warning itself."""
    cursor.execute(
        """
        INSERT INTO monitoring_warningmonth AS m
            (warning_id, month, severity, measured, threshold, clause)
        SELECT warning_id, %s, severity, measured, threshold, clause FROM broken
        ON CONFLICT (warning_id, month) DO UPDATE SET
            severity = EXCLUDED.severity, measured = EXCLUDED.measured,
            threshold = EXCLUDED.threshold, clause = EXCLUDED.clause
        """,
        [month],
    )
    cursor.execute(
        """
        UPDATE monitoring_warning w
        SET severity = b.severity, measured = b.measured, threshold = b.threshold,
            clause = b.clause, last_month = greatest(w.last_month, %(month)s)
        FROM broken b
        WHERE w.id = b.warning_id
          AND (w.severity, w.measured, w.threshold, w.clause, w.last_month)
              IS DISTINCT FROM (b.severity, b.measured, b.threshold, b.clause, %(month)s)
        """,
        {"month": month},
    )


def _escalate(cursor: CursorWrapper, by: Actor, at: datetime) -> int:
    """Note the severer colour; what was closed under the milder one is open again."""
    who = {"at": at, "by_id": by.audit_id, "by_name": by.audit_name}
    cursor.execute(
        f"""
        UPDATE monitoring_warning w SET row_version = row_version + 1
        FROM {WORSE} x WHERE x.id = w.id AND x.state <> 'closed'
        """
    )
    cursor.execute(
        f"""
        UPDATE monitoring_warning w
        SET state = 'open', state_at = %(at)s, state_by_id = %(by_id)s,
            state_by_name = %(by_name)s, row_version = row_version + 1
        FROM {WORSE} x WHERE x.id = w.id AND x.state = 'closed'
        """,
        who,
    )
    cursor.execute(
        f"""
        INSERT INTO monitoring_warningstep (warning_id, at, by_id, by_name, organisation_name,
            verb, from_state, to_state, text)
        SELECT x.id, %(at)s, %(by_id)s::bigint, %(by_name)s, '',
               CASE WHEN x.state = 'closed' THEN 'reopen' ELSE 'escalate' END, x.state, w.state,
               CASE x.severity WHEN 'orange' THEN '级别升为橙色' ELSE '级别升为红色' END
        FROM {WORSE} x JOIN monitoring_warning w ON w.id = x.id
        """,
        who,
    )
    worse: int = cursor.rowcount
    # Reopened ones wait for an answer like new ones.
    cursor.execute(f"INSERT INTO {OPENED} SELECT id FROM {WORSE} WHERE state = 'closed'")
    return worse
