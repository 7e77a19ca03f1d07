"""Long work as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.jobs.kinds import KINDS
from core.jobs.models import Job
from monitoring.indicators.registry import BY_CODE
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

COMPUTE_MONTH = "compute_month"
"""Kind of the monthly job, which spans all provinces."""

LEVELS = {
    "queued": "grey",
    "running": "blue",
    "done": "green",
    "refused": "red",
    "failed": "orange",
    "dead": "red",
    "cancelled": "grey",
}
PANEL_STATES = {"refused": "failed", "dead": "failed", "failed": "running"}
LOG_LINES = 200


@dataclass(frozen=True)
class JobRow:
    """One job in words."""

    job: Job
    url: str
    label: str
    level: str
    requested_by: str
    result: str
    result_url: str = ""
    result_label: str = ""
    progress: str = ""
    done: int = 0


def visible_work(scope: Scope) -> QuerySet[Job]:
    """What one asked for; for the province's bureau its province's, and the monthly computation."""
    seen = Q(requested_by_id=scope.user_id)
    if scope.is_province_bureau:
        seen |= Q(province_code=scope.province_code) | Q(kind=COMPUTE_MONTH)
    return within(scope, Job.objects.all(), seen if scope.active else NOTHING)


def job_row(scope: Scope, job: Job) -> JobRow:
    return JobRow(
        job=job,
        url=reverse("job-detail", args=[job.pk]),
        label=_label(job),
        level=LEVELS[job.state],
        requested_by=_asker(scope, job),
        result=_result(job),
        result_url=_result_url(job) if job.state == Job.State.DONE else "",
        result_label=_result_label(job),
        progress=_progress(job),
        done=steps_done(job),
    )


def steps_done(job: Job) -> int:
    """How many of its steps are done: all of them once its effect is written, whatever was said last."""
    if job.state == Job.State.DONE and job.progress_total is not None:
        return job.progress_total
    return job.progress_done


def _progress(job: Job) -> str:
    if not job.progress_total or job.state == Job.State.QUEUED:
        return ""
    return f"{steps_done(job):,} / {job.progress_total:,}"


def _label(job: Job) -> str:
    kind = KINDS.get(job.kind)
    if kind is not None and kind.title is not None:
        return kind.title(job)
    return f"{kind.label if kind else job.kind} {job.key}"


def _asker(scope: Scope, job: Job) -> str:
    """Names of people of another province are not told."""
    if job.requested_by_id is None:
        return job.requested_by_name
    if job.requested_by_id == scope.user_id or job.province_code == scope.province_code:
        return job.requested_by_name
    return "—"


def _result(job: Job) -> str:
    if job.state != Job.State.DONE:
        return job.problem
    kind = KINDS.get(job.kind)
    if kind is not None and kind.result_words is not None:
        return kind.result_words(job)
    warnings: dict[str, int] = job.result.get("warnings", {})
    if not warnings:
        return ""
    return (
        f"{job.result.get('total', 0):,} 行指标；预警新发 {warnings.get('opened', 0)}、"
        f"更新 {warnings.get('updated', 0)}、恢复 {warnings.get('recovered', 0)}"
    )


def job_panel(row: JobRow) -> dict[str, Any]:
    """Inputs of components/progress.html; without `url` the page stops asking."""
    job = row.job
    is_open = job.state in Job.OPEN_STATES
    log = list(job.log_lines.order_by("-id").values_list("text", flat=True)[:LOG_LINES])
    return {
        "title": row.label,
        "url": reverse("job-panel", args=[job.pk]) if is_open else "",
        "state": PANEL_STATES.get(job.state, job.state),
        "done": steps_done(job),
        "total": job.progress_total or 0,
        "step": "正在取消…" if job.cancel_requested_at and is_open else job.stage,
        "message": row.result if not is_open else "",
        "log": log[::-1],
        "cancel_url": reverse("job-cancel", args=[job.pk]),
        "result_url": _result_url(job),
        "result_label": row.result_label,
    }


def _result_url(job: Job) -> str:
    if job.kind == COMPUTE_MONTH:
        return f"{reverse('dashboard')}?month={job.key}"
    kind = KINDS.get(job.kind)
    done = job.state == Job.State.DONE
    return kind.result_url(job) if done and kind is not None and kind.result_url else ""


def _result_label(job: Job) -> str:
    if job.kind == COMPUTE_MONTH:
        return "查看看板"
    kind = KINDS.get(job.kind)
    return kind.result_label if kind is not None else "查看结果"


def result_lines(job: Job) -> list[tuple[str, int]]:
    """Rows per indicator of a computed month, in the definitions' order."""
    rows: dict[str, int] = job.result.get("rows", {})
    return [(BY_CODE[code].label, number) for code, number in rows.items() if code in BY_CODE]
