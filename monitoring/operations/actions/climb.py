"""The daily look at what was not mended by its date: proposals of the first and of the next step.

Nothing is taken here. A proposal cites the clause, the warnings with their figures, the step before
and why; an officer takes it, changes it or says why not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from monitoring.models import ActionWarning, SupervisionAction, Warning
from monitoring.operations.actions.telling import ask_offices, tell
from monitoring.queries.action_figures import lines_of
from monitoring.queries.actions import ACTIVE, LEVELS, late_on
from monitoring.queries.warning_rows import WarningRow, warning_rows
from monitoring.rules import RULES_BY_CODE
from monitoring.states import ANSWERER_STATES
from monitoring.states.action_kinds import (
    ENTERPRISE,
    INSTITUTION,
    KINDS,
    first_step,
    next_step,
)
from organisations.models import Organisation

DEMAND = "请查明原因，按期整改到位，并通过平台提交整改情况和佐证材料。"
RANK = {"yellow": 0, "orange": 1, "red": 2}
STAMPS = ("county_id", "city_id", "province_id")


@dataclass(frozen=True)
class Climbed:
    """How many steps were proposed, behind warnings and behind steps, and how many are newly late."""

    first: int
    next: int
    late: int


@operation
def propose_steps(*, on: date, by: Actor, at: datetime) -> Climbed:
    """Propose for `on`; run twice on a day it proposes nothing more.

    First steps: warnings whose answer was due before `on` and is not there, by subject and rule.
    Next steps: actions whose rectification was due before `on` and is not accepted. What was
    dismissed is not proposed again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('propose_steps'))")
    offices = _offices()
    late = _tell_late(on, at)
    first = _first_steps(on, offices, by, at)
    later = _next_steps(on, offices, by, at)
    made = [*first, *later]
    if made:
        ask_offices(office_ids={each.office_id for each in made}, at=at)
        _tell_offices(made, on, at)
    counts = Climbed(first=len(first), next=len(later), late=late)
    record(
        by=by, at=at, action="supervision_action.propose_steps", object_type="day",
        object_key=on.isoformat(), object_label=on.isoformat(),
        detail={"first": counts.first, "next": counts.next, "late": counts.late},
    )  # fmt: skip
    return counts


def _offices() -> dict[int, Organisation]:
    """The bureau of each region."""
    rows = Organisation.objects.filter(kind="bureau", is_active=True, region__isnull=False)
    return {row.region_id or 0: row for row in rows.order_by("-code").select_related("region")}


def _first_steps(
    on: date, offices: dict[int, Organisation], by: Actor, at: datetime
) -> list[SupervisionAction]:
    late = list(
        Warning.objects.filter(
            Q(institution__isnull=False) | Q(enterprise__isnull=False),
            state__in=sorted(ANSWERER_STATES), answer_due_on__lt=on, actions__isnull=True,
        ).order_by("pk")
    )  # fmt: skip
    groups: dict[tuple[int, str], list[Warning]] = defaultdict(list)
    for warning in late:
        groups[(warning.institution_id or warning.enterprise_id or 0, warning.rule)].append(warning)
    busy = set(
        SupervisionAction.objects.filter(
            state__in=ACTIVE, subject_id__in={subject for subject, _ in groups}
        ).values_list("subject_id", "rule")
    )
    rows = {row.warning.pk: row for row in warning_rows(late)}
    drafts = [
        _of_warnings(subject, rule, [rows[each.pk] for each in found], offices, by, at)
        for (subject, rule), found in groups.items()
        if (subject, rule) not in busy
    ]
    return _write([each for each in drafts if each is not None], at)


def _of_warnings(
    subject_id: int,
    rule: str,
    rows: list[WarningRow],
    offices: dict[int, Organisation],
    by: Actor,
    at: datetime,
) -> tuple[SupervisionAction, list[int]] | None:
    rows.sort(key=lambda row: (-RANK[row.warning.severity], row.warning.pk))
    worst = rows[0].warning
    side = INSTITUTION if worst.institution_id else ENTERPRISE
    kind = first_step(side, rule, worst.severity)
    office = _office_of(worst, kind, offices)
    if office is None:
        return None
    label = RULES_BY_CODE[rule].label if rule in RULES_BY_CODE else rule
    since = min(row.warning.answer_due_on for row in rows if row.warning.answer_due_on)
    matter = f"{rows[0].subject}“{label}”预警 {len(rows)} 条，答复期限（最早 {since:%Y-%m-%d}）已过仍未说明整改。"
    draft = _draft(kind, office, subject_id, side, worst, by, at)
    draft.rule, draft.matter, draft.figure = rule, matter, lines_of(rows)
    draft.clause = _clauses([KINDS[kind].clause, *(row.warning.clause for row in rows)])
    return draft, [row.warning.pk for row in rows]


def _next_steps(
    on: date, offices: dict[int, Organisation], by: Actor, at: datetime
) -> list[SupervisionAction]:
    late = list(
        SupervisionAction.objects.filter(late_on(on), later__isnull=True)
        .select_related("subject")
        .order_by("pk")
    )
    proposed = set(
        SupervisionAction.objects.filter(
            state="proposed", subject_id__in={each.subject_id for each in late}
        ).exclude(rule="").values_list("subject_id", "rule")
    )  # fmt: skip
    linked: dict[int, list[int]] = defaultdict(list)
    for pk, warning in ActionWarning.objects.filter(action__in=late).values_list(
        "action_id", "warning_id"
    ):
        linked[pk].append(warning)
    drafts = []
    for each in late:
        side = INSTITUTION if each.institution_id else ENTERPRISE
        kind = next_step(side, each.kind)
        office = _office_of(each, kind, offices) if kind else None
        if office is None or (each.subject_id, each.rule) in proposed:
            continue
        failed = "认定整改不到位" if each.state == "returned" else "逾期未答复"
        draft = _draft(kind, office, each.subject_id, side, each, by, at)
        draft.rule, draft.former = each.rule, each
        draft.complaint_id, draft.product_id = each.complaint_id, each.product_id
        draft.figure = each.figure
        draft.matter = (
            f"{each.matter}\n{each.get_kind_display()}（{each.letter_no}）要求"
            f" {each.due_on:%Y-%m-%d} 前整改，{failed}。"
        )[:4000]
        draft.clause = _clauses([KINDS[kind].clause, *each.clause.split("；")])
        drafts.append((draft, linked[each.pk]))
        if each.rule:
            proposed.add((each.subject_id, each.rule))
    return _write(drafts, at)


def _office_of(row: Any, kind: str, offices: dict[int, Organisation]) -> Organisation | None:
    """The office nearest to the row's place that may take this kind; an action's own office or above."""
    names: tuple[str, ...] = STAMPS[2:] if KINDS[kind].province_only else STAMPS
    if isinstance(row, SupervisionAction):
        names = tuple(each for each in names if each in STAMPS[LEVELS.index(row.level) :])
    for name in names:
        found = offices.get(getattr(row, name) or 0)
        if found is not None:
            return found
    return None


def _draft(
    kind: str, office: Organisation, subject_id: int, side: str, of: Any, by: Actor, at: datetime
) -> SupervisionAction:
    assert office.region is not None
    level = office.region.level
    stamps = {name: getattr(of, name) for name in STAMPS}
    if side == ENTERPRISE:
        # Not below the office that acts: its county is none of the city's business.
        stamps = {
            name: value if STAMPS.index(name) >= LEVELS.index(level) else None
            for name, value in stamps.items()
        }
    return SupervisionAction(
        kind=kind, level=level, office=office, subject_id=subject_id, demand=DEMAND,
        proposed_at=at, proposed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name, pool_id=of.pool_id if side == INSTITUTION else None,
        institution_id=subject_id if side == INSTITUTION else None,
        enterprise_id=subject_id if side == ENTERPRISE else None, **stamps,
    )  # fmt: skip


def _clauses(found: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(each for each in found if each))[:200]


def _write(
    drafts: Sequence[tuple[SupervisionAction, list[int]]], at: datetime
) -> list[SupervisionAction]:
    if not drafts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('monitoring_action_no') FROM generate_series(1, %s)", [len(drafts)]
        )
        numbers = [row[0] for row in cursor.fetchall()]
    for (draft, _), number in zip(drafts, numbers, strict=True):
        draft.action_no = f"JG{shanghai_day(at):%Y%m}-{number:06d}"
    made = SupervisionAction.objects.bulk_create([draft for draft, _ in drafts], batch_size=500)
    ActionWarning.objects.bulk_create(
        [
            ActionWarning(action=action, warning_id=warning)
            for action, (_, warnings) in zip(made, drafts, strict=True)
            for warning in warnings
        ],
        batch_size=1000,
    )
    return made


def _tell_late(on: date, at: datetime) -> int:
    """Subject and office are told once that the day has passed."""
    rows = list(
        SupervisionAction.objects.filter(late_on(on), overdue_told_on__isnull=True)
        .select_related("subject")
        .order_by("pk")
    )
    for row in rows:
        tell(
            action=row, to=[row.subject_id, row.office_id], key="late", title="整改期限已过",
            body=f"期限 {row.due_on:%Y-%m-%d}，仍未认定整改到位，可能采取进一步措施", at=at, urgent=True,
        )  # fmt: skip
    SupervisionAction.objects.filter(pk__in=[row.pk for row in rows]).update(overdue_told_on=on)
    return len(rows)


def _tell_offices(made: Sequence[SupervisionAction], on: date, at: datetime) -> None:
    counts: dict[int, int] = defaultdict(int)
    for each in made:
        counts[each.office_id] += 1
    notify(
        notices=[
            NewNotice(
                pk, f"action-proposals-{on}-{pk}", f"{on} 新提出监管措施建议 {count} 项，请决定",
                "逾期未整改的逐级提出下一步措施；是否采取由经办人决定", f"{reverse('action-list')}?state=proposed",
                category=Notice.Category.WARNING,
            )
            for pk, count in sorted(counts.items())
        ],
        at=at,
    )  # fmt: skip
