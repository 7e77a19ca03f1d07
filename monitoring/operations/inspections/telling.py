"""Who has to act on a 督导检查 now, and who is told of a step."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from core.operations import operation
from core.workdays.deadlines import day_end
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import SiteInspection
from monitoring.queries.site_inspections import late_on
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.site_inspection import INSPECTION_MACHINE, WITH_SUBJECT

OBJECT_TYPE = INSPECTION_MACHINE.name
WAITS = {
    "planned": ("visit_inspection", "按计划检查并登记"),
    "visited": ("feed_back_inspection", "反馈检查情况"),
    "rectifying": ("mend_inspection", "整改并答复督导检查"),
    "answered": ("judge_inspection", "核实督导检查整改"),
    "returned": ("mend_inspection", "重新整改并答复督导检查"),
}


def inspection_url(row: SiteInspection) -> str:
    """The inspection's page."""
    return reverse("site-inspection", args=[row.inspection_no])


@operation
def pass_on(*, inspection: SiteInspection, at: datetime) -> None:
    """End what waited of the step before; the step that waits now is a task of its holder."""
    row = inspection
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.inspection_no], at=at)
    if row.state not in WAITS:
        return
    act, words = WAITS[row.state]
    mending = row.state in WITH_SUBJECT
    due: date | None = row.due_on if mending else row.planned_on if row.state == "planned" else None
    name = "" if mending else f"{row.subject.name} "
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.subject_id if mending else row.office_id, act=act,
                title=f"{words}：{name}{row.letter_no or row.inspection_no}",
                object_type=OBJECT_TYPE, object_key=row.inspection_no, url=inspection_url(row),
                severity="red" if row.state == "returned" else "orange",
                due_at=day_end(due) if due else None, roles=OFFICERS,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def tell(
    *,
    inspection: SiteInspection,
    to: int,
    key: str,
    title: str,
    body: str,
    at: datetime,
    urgent: bool = False,
) -> None:
    """One notice; the same key twice is one notice."""
    number = inspection.letter_no or inspection.inspection_no
    notify(
        notices=[
            NewNotice(
                to, f"inspection-{inspection.inspection_no}-{key}-{to}", f"{title}（{number}）",
                body[:500], inspection_url(inspection), category=Notice.Category.WARNING,
                is_urgent=urgent,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def tell_late_inspections(*, on: date, at: datetime) -> int:
    """Office and organisation are told once that the day of the rectification has passed."""
    rows = list(
        SiteInspection.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(late_on(on), overdue_told_on__isnull=True)
        .order_by("pk")
    )
    for row in rows:
        for to in (row.subject_id, row.office_id):
            tell(
                inspection=row, to=to, key="late", title="督导检查整改期限已过",
                body=f"期限 {row.due_on:%Y-%m-%d}，仍有问题未认定整改到位，可能采取监管措施", at=at,
                urgent=True,
            )  # fmt: skip
    SiteInspection.objects.filter(pk__in=[row.pk for row in rows]).update(overdue_told_on=on)
    return len(rows)
