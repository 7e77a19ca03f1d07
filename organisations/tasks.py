"""The job that writes a large list into a file and keeps it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.attachments.store import keep_made
from core.jobs.context import JobContext
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.lists import columns as lists
from core.lists.workbook import XLSX, write_workbook
from core.transitions import Refusal
from organisations.models import User
from organisations.operations.change_organisation import take_due_effects
from organisations.operations.export_list import EXPORT_LIST
from organisations.queries.exports import OWNER_TYPE
from organisations.queries.scope import scope_of
from organisations.views.list_export import list_at, note_file

TELL_EVERY = 500


def _title(job: Job) -> str:
    return f"导出{job.arguments.get('title', '')}"


def _words(job: Job) -> str:
    return f"共 {job.result.get('row_count', 0):,} 行，{job.result.get('name', '')}"


def _file(job: Job) -> str:
    return reverse("export-file", args=[job.pk])


@job_kind(
    EXPORT_LIST,
    label="导出 Excel",
    max_attempts=3,
    title=_title,
    result_url=_file,
    result_label="下载 Excel",
    result_words=_words,
)
def run_export(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the list as its asker may see it now; the file lasts with the job."""
    now = timezone.now()
    user = User.objects.select_related("organisation__region").get(pk=arguments["user"])
    scope = scope_of(user, timezone.localdate())
    if not scope.active or scope.organisation_id != arguments["organisation"]:
        raise JobRefused("发起人的账号已停用或已调离，不再导出")
    found = list_at(arguments["path"], arguments["query"], user=user, scope=scope, exports=True)
    if found is None or not found.exists:
        raise JobRefused("发起人已无权查看该列表，不再导出")
    view = found.view
    try:
        rows = view.get_queryset()
        view.refuse_broken_filter()
        total = rows.order_by().count()
        context.progress(0, total, "正在写入 Excel")
        name = f"{view.sheet_name}_{timezone.localtime(now):%Y%m%d_%H%M}.xlsx"
        with tempfile.TemporaryFile() as body:
            counted = Counted(context, view.sheet_rows(rows))
            write_workbook(body, columns=lists.sheet(view.columns), rows=counted)
            keep_made(
                owner_type=OWNER_TYPE, owner_id=context.job_id, name=name, body=body,
                content_type=XLSX, by=user, at=now,
            )  # fmt: skip
        note_file(view, counted.done)
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    context.progress(counted.done, max(total, counted.done))
    return {"row_count": counted.done, "name": name}


class Counted:
    """Rows on their way into the file; the job's page sees how many, and may stop them."""

    def __init__(self, context: JobContext, rows: Iterator[tuple[Any, ...]]) -> None:
        self.context, self.rows, self.done = context, rows, 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self.rows:
            self.done += 1
            if self.done % TELL_EVERY == 0:
                self.context.progress(self.done)
            yield row


@shared_task(name="organisations.take_due_effects")
def take_due_changes() -> None:
    """Shortly after midnight: changes of organisations whose day has come take effect."""
    take_due_effects(at=timezone.now())
