"""New warnings of a month: inserted in one statement, with the day by which they are answered."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor
from core.database.serial import next_serial
from core.workdays.deadlines import add_workdays

KEY = "rule, subject_type, subject_code, batch_code, year_no, group_code, product_code"
# Equality, because IS NOT DISTINCT FROM cannot be hashed; only year_no may be missing.
SAME_KEY = (
    " AND ".join(f"w.{column} = b.{column}" for column in KEY.split(", ") if column != "year_no")
    + " AND COALESCE(w.year_no, 0) = COALESCE(b.year_no, 0)"
)
OPENED = "opened_warning"
"""Temporary table of the ids that `open_new_warnings` made, for what follows from them."""

# The answer is due rectification_workdays after the warning went out; a value of the policy.
WORKDAYS = """
    LEFT JOIN rule_value p ON p.key = 'rectification_workdays'
     AND p.batch_code = b.batch_code AND p.in_force
     AND (b.batch_code <> '' OR p.province_id = b.province_id)
"""


def open_new_warnings(month: date, by: Actor, at: datetime, *, answered: bool) -> int:
    """Insert a warning for every row of `broken` that no warning holds; returns how many.

    `answered`: they are to be answered, so each gets its day. However many there are (a first
    month opens tens of thousands), none of them crosses to Python; their ids are in OPENED.
    """
    with connection.cursor() as cursor:
        _join_later_ones(cursor, month)
        _make_due_days(cursor, at, answered=answered)
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{OPENED}")
        cursor.execute(f"CREATE TEMP TABLE {OPENED} (id bigint NOT NULL) ON COMMIT DROP")
        cursor.execute(
            f"""
            WITH added AS (
                INSERT INTO monitoring_warning (
                    warning_no, {KEY}, severity, measured, threshold, clause, first_month,
                    last_month, state, state_at, state_by_id, state_by_name, opened_at,
                    answer_due_on, answer_due_provisional, explanation, closing_note, row_version,
                    institution_id, enterprise_id, county_id, city_id, pool_id, province_id
                )
                SELECT 'YJ' || to_char(%(month)s::date, 'YYYYMM') || '-'
                           || {next_serial("monitoring_warning_no", 6)},
                       x.*
                FROM (
                    SELECT {", ".join(f"b.{column}" for column in KEY.split(", "))},
                           b.severity, b.measured, b.threshold, b.clause,
                           %(month)s::date, %(month)s::date,
                           'open', %(at)s::timestamptz, %(by_id)s::bigint, %(by_name)s::text,
                           %(at)s::timestamptz, d.day, COALESCE(d.provisional, false), '', '', 1,
                           b.institution_id, b.enterprise_id, b.county_id, b.city_id, b.pool_id,
                           b.province_id
                    FROM broken b {WORKDAYS}
                    LEFT JOIN answer_due d ON d.workdays = p.value::integer
                    WHERE b.warning_id IS NULL
                    ORDER BY {", ".join(f"b.{column}" for column in KEY.split(", "))}
                ) x
                RETURNING id, {KEY}
            ), noted AS (
                INSERT INTO {OPENED} SELECT id FROM added
            ), told AS (
                INSERT INTO monitoring_warningstep
                    (warning_id, at, by_id, by_name, organisation_name, verb, from_state,
                     to_state, text)
                SELECT id, %(at)s, %(by_id)s::bigint, %(by_name)s, '', 'raise', '', 'open', ''
                FROM added
            )
            UPDATE broken b SET warning_id = w.id FROM added w
            WHERE b.warning_id IS NULL AND {SAME_KEY}
            """,
            {"month": month, "at": at, "by_id": by.audit_id, "by_name": by.audit_name},
        )
        opened: int = cursor.rowcount
        cursor.execute(f"ANALYZE {OPENED}")
    return opened


def _join_later_ones(cursor: CursorWrapper, month: date) -> None:
    """An older month cannot open what a later month's warning of the same key holds already.

    It joins that one and brings its beginning forward.
    """
    cursor.execute(
        f"""
        UPDATE broken b SET warning_id = w.id
        FROM (
            SELECT DISTINCT ON ({KEY}) * FROM monitoring_warning
            WHERE first_month > %s ORDER BY {KEY}, first_month
        ) w
        WHERE b.warning_id IS NULL AND {SAME_KEY}
        """,
        [month],
    )
    cursor.execute(
        "UPDATE monitoring_warning w SET first_month = %(month)s FROM broken b"
        " WHERE w.id = b.warning_id AND w.first_month > %(month)s",
        {"month": month},
    )


def _make_due_days(cursor: CursorWrapper, at: datetime, *, answered: bool) -> None:
    """Table `answer_due`: the day of each number of working days that new warnings need."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.answer_due")
    cursor.execute(
        "CREATE TEMP TABLE answer_due (workdays integer, day date, provisional boolean)"
        " ON COMMIT DROP"
    )
    if not answered:
        return
    cursor.execute(
        f"SELECT DISTINCT p.value::integer FROM broken b {WORKDAYS}"
        " WHERE b.warning_id IS NULL AND p.value IS NOT NULL"
    )
    for (workdays,) in cursor.fetchall():
        due = add_workdays(at, workdays)
        cursor.execute(
            "INSERT INTO answer_due VALUES (%s, %s, %s)", [workdays, due.day, due.provisional]
        )
