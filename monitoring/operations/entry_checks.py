"""进院 checks: list them every day, close them by the first receipt, explain and follow up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import EntryCheck
from monitoring.queries.entry_checks import DueYear, due_years, entry_standings
from monitoring.queries.warning_parties import bureaus_of_regions
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states import ENTRY_CLAUSE, ENTRY_MACHINE, ENTRY_REASONS
from organisations.models import User
from organisations.queries.scope import Scope

OBJECT_TYPE = ENTRY_MACHINE.name
TASK = "entry_checks"

# The first receipt of each institution and product since the earliest of the years began; what a
# consortium's member took in counts for its lead too (整体考核).
FIRST = """
CREATE TEMP TABLE entry_first ON COMMIT DROP AS
SELECT x.institution_id, x.product_id, min(x.received_at) AS at
FROM (
    SELECT r.institution_id, r.product_id, r.received_at
    FROM procurement_receipt r
    WHERE r.received_at >= %(since)s AND r.received_at < %(at)s AND r.accepted_packs > 0
    UNION ALL
    SELECT c.lead_id, r.product_id, r.received_at
    FROM procurement_receipt r
    JOIN organisations_consortiummembership m
      ON m.institution_id = r.institution_id AND m.valid_from <= %(on)s
     AND (m.valid_to IS NULL OR m.valid_to >= %(on)s)
    JOIN organisations_consortium c ON c.id = m.consortium_id
    WHERE r.received_at >= %(since)s AND r.received_at < %(at)s AND r.accepted_packs > 0
) x
GROUP BY x.institution_id, x.product_id
"""

LIST = """
INSERT INTO monitoring_entrycheck
    (check_no, batch_id, year_no, product_id, agreed_qty, opened_at, reason_code, explanation,
     follow_up, state, state_at, state_by_id, state_by_name, row_version,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT 'JY' || to_char(%(on)s::date, 'YYYYMMDD') || '-' || a.id, a.batch_id, a.year_no,
       a.product_id, a.agreed, %(at)s, '', '', '', 'waiting', %(at)s, %(by_id)s, %(by_name)s, 1,
       a.institution_id, a.county_id, a.city_id, a.province_id, a.pool_id
FROM (
    SELECT min(e.id) AS id, e.institution_id, e.batch_id, e.year_no, e.product_id,
           sum(e.agreed_qty) AS agreed, max(e.county_id) AS county_id, max(e.city_id) AS city_id,
           max(e.province_id) AS province_id, max(e.pool_id) AS pool_id
    FROM contracts_agreementline e
    WHERE e.batch_id = %(batch)s AND e.year_no = %(year)s
      AND e.institution_signed_at < %(at)s AND e.manufacturer_signed_at < %(at)s
      AND e.distributor_signed_at < %(at)s AND (e.ended_at IS NULL OR e.ended_at >= %(at)s)
    GROUP BY e.institution_id, e.batch_id, e.year_no, e.product_id
) a
JOIN organisations_organisation i ON i.id = a.institution_id AND i.is_active
WHERE NOT EXISTS (
    SELECT FROM entry_first f
    WHERE f.institution_id = a.institution_id AND f.product_id = a.product_id
      AND f.at >= %(starts)s)
ON CONFLICT (batch_id, year_no, institution_id, product_id) DO NOTHING
RETURNING institution_id, county_id, city_id, province_id
"""

CLOSE = """
UPDATE monitoring_entrycheck k
SET state = 'closed', state_at = %(at)s, state_by_id = %(by_id)s, state_by_name = %(by_name)s,
    first_received_at = f.at, row_version = k.row_version + 1
FROM entry_first f, catalog_agreementyear y
WHERE f.institution_id = k.institution_id AND f.product_id = k.product_id
  AND y.batch_id = k.batch_id AND y.year_no = k.year_no
  AND f.at >= y.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND k.state <> 'closed'
RETURNING k.check_no, k.institution_id
"""


@dataclass(frozen=True)
class EntryDay:
    """How many the day listed and closed."""

    listed: int
    closed: int


@operation
def list_entry_checks(*, on: date, by: Actor, at: datetime) -> EntryDay:
    """The round of the day: new ones are listed, those with a first receipt are closed.

    From the month that entry_check_month names (S2-2.4). Run twice it changes nothing more.
    One task per institution, one notice a day for its bureaus.
    """
    years = due_years(on)
    since = min(
        [each.year.starts_on for each in years]
        + list(
            EntryCheck.objects.exclude(state="closed")
            .filter(batch__years__starts_on__isnull=False)
            .values_list("batch__years__starts_on", flat=True)
            .distinct()
        ),
        default=None,
    )
    if since is None:
        return EntryDay(0, 0)
    marks: dict[str, Any] = {"by_id": by.audit_id, "by_name": by.audit_name, "at": at, "on": on}
    listed: list[tuple[int, int | None, int | None, int]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('entry_checks'))")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.entry_first")
        cursor.execute(FIRST, {**marks, "since": _midnight(since)})
        cursor.execute("ANALYZE entry_first")
        cursor.execute(CLOSE, marks)
        closed = cursor.fetchall()
        for due in years:
            cursor.execute(LIST, marks | _year(due))
            listed += cursor.fetchall()
    _ask(listed, on, at)
    _end_tasks([institution for _, institution in closed], at)
    if listed or closed:
        record(
            by=by, at=at, action="entry_check.list", object_type="day", object_key=on.isoformat(),
            object_label="进院排查", clause=ENTRY_CLAUSE,
            detail={"listed": len(listed), "closed": len(closed)},
        )  # fmt: skip
    return EntryDay(len(listed), len(closed))


@operation
def explain_entry(
    *,
    check: EntryCheck,
    reason_code: str,
    explanation: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> EntryCheck:
    """The institution says why the product has not come in; its bureau has it to follow up.

    A forbidden reason (S2-11.2) may be said, is flagged, and cannot be taken note of.
    Raises NotYours, TransitionRefused, StaleVersion, MissingInput.
    """
    if reason_code not in dict(ENTRY_REASONS):
        raise MissingInput("reason_code", "请从列表中选择未进院原因", ENTRY_CLAUSE)
    moved: EntryCheck
    moved, _ = ENTRY_MACHINE.perform(
        verb="explain", obj=check, by=by, at=at, seen_version=seen_version,
        inputs={"reason_code": reason_code, "explanation": explanation.strip()},
        standings=lambda row: entry_standings(scope, row),
    )  # fmt: skip
    _end_tasks([moved.institution_id], at)
    return moved


@operation
def answer_entry(
    *,
    check: EntryCheck,
    verb: str,
    follow_up: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> EntryCheck:
    """The bureau records what it did (`follow`), or sends the reason back (`return`)."""
    moved: EntryCheck
    moved, _ = ENTRY_MACHINE.perform(
        verb=verb, obj=check, by=by, at=at, seen_version=seen_version,
        inputs={"follow_up": follow_up.strip()},
        standings=lambda row: entry_standings(scope, row),
    )  # fmt: skip
    if verb == "return":
        open_tasks(tasks=[_task(moved.institution_id, at)], at=at)
    notify(
        notices=[
            NewNotice(
                moved.institution_id, f"entry-{moved.pk}-{moved.row_version}",
                f"进院排查{moved.get_state_display()}：{moved.product}", moved.follow_up,
                reverse("entry-check", args=[moved.check_no]),
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


def _year(due: DueYear) -> dict[str, int | str]:
    return {
        "batch": due.year.batch_id, "year": due.year.year_no,
        "starts": _midnight(due.year.starts_on),
    }  # fmt: skip


def _midnight(day: date) -> str:
    return f"{day.isoformat()} 00:00:00+08"


def _ask(listed: Sequence[tuple[int, int | None, int | None, int]], on: date, at: datetime) -> None:
    open_tasks(tasks=[_task(pk, at) for pk in sorted({row[0] for row in listed})], at=at)
    in_region: dict[int, int] = {}
    for row in listed:
        for region in row[1:]:
            if region is not None:
                in_region[region] = in_region.get(region, 0) + 1
    notify(
        notices=[
            NewNotice(
                bureau, f"entry-checks-{on.isoformat()}-{bureau}",
                f"进院排查新列入 {in_region[region]} 项：有约定量、尚未首次验收", "",
                reverse("entry-checks"),
            )
            for bureau, region in bureaus_of_regions(in_region)
        ],
        at=at,
    )  # fmt: skip


def _task(institution_id: int, at: datetime) -> NewTask:
    return NewTask(
        organisation_id=institution_id, act="explain_entry",
        title="进院排查：有约定量、尚未采购的中选产品，请采购或说明原因",
        object_type=TASK, object_key=str(institution_id),
        url=f"{reverse('entry-checks')}?stage=waiting", severity="orange", roles=ACTING_ROLES,
    )  # fmt: skip


def _end_tasks(institutions: Sequence[int | None], at: datetime) -> None:
    """The task of an institution ends when nothing of it waits."""
    asked = {pk for pk in institutions if pk is not None}
    waiting = EntryCheck.objects.filter(institution__in=asked, state="waiting")
    done = asked - set(waiting.values_list("institution_id", flat=True))
    finish_tasks(object_type=TASK, object_keys=[str(pk) for pk in sorted(done)], at=at)
