"""Every unit of a task gets its 待办 and its notice."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.operations import operation
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from volumes.models import MemberSheet, ReportTask, VolumeReport
from volumes.rules.window import moment


@operation
def ask_units(*, row: ReportTask, at: datetime) -> None:
    """Clerks of reporting units and of members; thousands in a few statements."""
    title, until = f"报量：{row.title}", f"{moment(row.opens_at)} 起，{moment(row.closes_at)} 截止"
    reports = list(VolumeReport.objects.filter(task=row).values_list("report_no", "institution_id"))
    sheets = list(
        MemberSheet.objects.filter(report__task=row).values_list(
            "pk", "institution_id", "report__report_no", "report__institution_id"
        )
    )
    # One address for all: looking up thousands of them costs more than writing them.
    report_page = reverse("volume-report", args=["-"])
    sheet_page = reverse("member-sheet", args=[0])
    task_page = reverse("report-task", args=[row.task_no])
    tasks = [
        NewTask(
            organisation_id=institution, act="fill_report", title=title,
            object_type="volume_report", object_key=number,
            url=report_page.replace("/-/", f"/{number}/"), due_at=row.closes_at, roles=("clerk",),
        )
        for number, institution in reports
    ]  # fmt: skip
    tasks += [
        NewTask(
            organisation_id=institution, act="fill_member_sheet",
            title=f"医共体成员填报：{row.title}", object_type="member_sheet", object_key=str(pk),
            url=sheet_page.replace("/0/", f"/{pk}/"), due_at=row.closes_at, roles=("clerk",),
        )
        for pk, institution, _, lead in sheets
    ]  # fmt: skip
    open_tasks(tasks=tasks, at=at)
    asked = {institution for _, institution in reports} | {each[1] for each in sheets}
    notify(
        notices=[
            NewNotice(
                organisation_id=institution, key=f"report_task:{row.task_no}:open:{institution}",
                title=f"报量任务已发布：{row.title}", body=f"{until}。{row.note}",
                url=task_page,
            )
            for institution in sorted(asked)
        ],
        at=at,
    )  # fmt: skip
