"""Columns of the lists of tasks and of reports."""

from __future__ import annotations

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from volumes.queries.rows import ReportRow, TaskRow


def _task(row: TaskRow) -> Cell:
    return Cell(
        row.task.title, url=reverse("report-task", args=[row.task.task_no]), sub=row.task.task_no
    )


def _report(row: ReportRow) -> Cell:
    return Cell(
        row.report.institution.name, url=reverse("volume-report", args=[row.report.report_no]),
        sub=row.report.institution.code,
    )  # fmt: skip


TASK_COLUMNS = (
    Column("title", "报量任务", lambda r: r.task.title, 40, fixed=True, sort=("title",), shown=_task),
    Column("number", "任务编号", lambda r: r.task.task_no, 18, offered=False),
    Column("batch", "批次", lambda r: f"{r.task.batch.name} 第 {r.task.year_no} 年", 36,
           sort=("batch__code", "year_no")),
    Column("kind", "类别", lambda r: r.task.get_kind_display(), 16),
    Column("organisation", "发起单位", lambda r: r.task.organisation.name, 24),
    Column("state", "状态", lambda r: r.state, 14, sort=("state",),
           shown=lambda r: Cell(r.state, level=r.level)),
    Column("opens", "填报开始", lambda r: r.task.opens_at, 18, sort=("opens_at",), offered=False),
    Column("closes", "填报截止", lambda r: r.task.closes_at, 18, sort=("closes_at", "pk")),
    Column("progress", "已提交 / 须报", lambda r: r.progress, 14, numeric=True),
)  # fmt: skip

REPORT_COLUMNS = (
    Column("institution", "填报单位", lambda r: r.report.institution.name, 32, fixed=True,
           sort=("institution__code",), shown=_report),
    Column("number", "报量编号", lambda r: r.report.report_no, 30, offered=False),
    Column("task", "报量任务", lambda r: r.report.task.title, 34, sort=("task__title",)),
    Column("county", "县（市、区）", lambda r: r.report.county.name if r.report.county else "", 16,
           sort=("county__code",)),
    Column("city", "设区市", lambda r: r.report.city.name if r.report.city else "", 14,
           sort=("city__code",), offered=False),
    Column("consortium", "医共体", lambda r: r.report.consortium.name if r.report.consortium else "",
           24, offered=False),
    Column("obliged", "须报", lambda r: "须报" if r.report.is_obliged else "自愿", 8),
    Column("state", "状态", lambda r: r.state, 14, sort=("state",),
           shown=lambda r: Cell(r.state, level=r.level)),
    Column("holder", "现在由谁办", lambda r: r.holder, 28),
    Column("ends", "填报截止", lambda r: r.ends_at, 18, shown=lambda r: Cell(
        f"{r.ends_at.astimezone():%Y-%m-%d %H:%M}", late=r.late, nowrap=True,
        sub="延期" if r.report.extended_until else "")),
    Column("submitted", "提交时间", lambda r: r.report.submitted_at, 18, sort=("submitted_at",)),
)  # fmt: skip


def sheet_columns(*, compiled: bool) -> list[dict[str, object]]:
    """Heads of the sheet; a consortium's lead sees the members' sum beside its own figure."""
    heads: list[dict[str, object]] = [
        {"label": "品种"}, {"label": "上年实际", "numeric": True},
        {"label": "建议报量", "numeric": True},
    ]  # fmt: skip
    if compiled:
        heads.append({"label": "成员合计", "numeric": True})
    return [
        *heads, {"label": "本年报量", "numeric": True}, {"label": "偏差"}, {"label": "原因"},
        {"label": "说明"},
    ]  # fmt: skip
