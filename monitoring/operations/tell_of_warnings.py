"""Tell those concerned of a month's new warnings: tasks one by one, notices once a month."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.urls import reverse

from core.operations import operation
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import STAGED_TASK, open_staged_tasks
from monitoring.operations.open_warnings import OPENED
from monitoring.queries.warning_parties import ANSWERERS, bureaus_of_regions
from monitoring.queries.warning_standings import ACTING_ROLES, OBJECT_TYPE
from monitoring.rules import RULES_BY_CODE

NUMBER = "YJ000000-000000"


@operation
def tell_of_new_warnings(*, month: date, at: datetime) -> None:
    """A task for whoever answers each warning of OPENED; one notice per organisation, not a flood.

    Answering parties are told how many they have to answer, bureaus how many their region has.
    """
    with connection.cursor() as cursor:
        stage_tasks(cursor)
        cursor.execute(
            f"SELECT organisation_id, count(*), bool_or(severity = 'red')"
            f" FROM {STAGED_TASK} GROUP BY 1 ORDER BY 1"
        )
        to_answer: list[tuple[int, int, bool]] = cursor.fetchall()
        cursor.execute(f"""
            SELECT r.region_id, count(*)
            FROM {OPENED} o JOIN monitoring_warning w ON w.id = o.id
            CROSS JOIN LATERAL (VALUES (w.county_id), (w.city_id), (w.province_id)) r(region_id)
            WHERE r.region_id IS NOT NULL GROUP BY r.region_id
        """)
        in_region: dict[int, int] = dict(cursor.fetchall())
    open_staged_tasks(at=at)
    notices = [
        _notice(
            organisation_id,
            month,
            at,
            f"{_words(month)}监测新发出 {count} 条预警，请签收并说明",
            is_urgent=has_red,
        )
        for organisation_id, count, has_red in to_answer
    ]
    notices += [
        _notice(
            bureau_id, month, at, f"{_words(month)}监测：辖区新发出 {in_region[region_id]} 条预警"
        )
        for bureau_id, region_id in bureaus_of_regions(in_region)
    ]
    notify(notices=notices, at=at)


def stage_tasks(cursor: CursorWrapper) -> None:
    """One row for each new warning and each organisation that answers it."""
    before, _, after = reverse("warning-detail", args=[NUMBER]).partition(NUMBER)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGED_TASK}")
    cursor.execute(
        f"""
        CREATE TEMP TABLE {STAGED_TASK} ON COMMIT DROP AS
        SELECT a.organisation_id, %(roles)s::varchar[] AS roles, 'answer_warning' AS act,
               '答复预警：' || r.label || '（' || w.warning_no || '）' AS title,
               %(object_type)s AS object_type, w.warning_no AS object_key,
               %(before)s || w.warning_no || %(after)s AS url, w.severity,
               (w.answer_due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS due_at
        FROM {OPENED} o
        JOIN monitoring_warning w ON w.id = o.id
        JOIN ({ANSWERERS}) a ON a.warning_id = w.id
        JOIN unnest(%(rules)s::text[], %(labels)s::text[]) AS r(code, label) ON r.code = w.rule
        """,
        {
            "roles": list(ACTING_ROLES),
            "object_type": OBJECT_TYPE,
            "before": before,
            "after": after,
            "rules": list(RULES_BY_CODE),
            "labels": [rule.label for rule in RULES_BY_CODE.values()],
        },
    )


def _words(month: date) -> str:
    return f"{month.year}年{month.month}月"


def _notice(
    organisation_id: int, month: date, at: datetime, title: str, *, is_urgent: bool = False
) -> NewNotice:
    """One with a red warning to answer is urgent: quiet hours do not hold it back."""
    return NewNotice(
        is_urgent=is_urgent,
        organisation_id=organisation_id,
        key=f"warnings:{at.isoformat()}:{month:%Y-%m}:{organisation_id}",
        title=title,
        url=f"{reverse('warning-list')}?stage=open&month={month:%Y-%m}",
        category="warning",
    )
