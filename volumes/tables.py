"""Columns of the lists of tasks and of reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from volumes.queries.review import WAITING, shortfall
from volumes.queries.rows import ReportRow, TaskRow
from volumes.rules.shortfall import Shortfall
from volumes.states.agreed import ROUND_LEVELS
from volumes.states.report import LEVELS


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


def _review(row: Any) -> Cell:
    return Cell(
        row.institution.name, url=reverse("report-review", args=[row.report_no]), sub=row.report_no
    )


def _flags(row: Any) -> Cell:
    """How many groups are beyond the limits, and how many of them nobody judged yet."""
    if not row.flagged:
        return Cell("0")
    words = f"{row.unjudged} 个待审" if row.unjudged and row.state in WAITING else ""
    return Cell(f"{row.flagged}", sub=words, level="orange" if words else "")


REVIEW_COLUMNS = (
    Column("institution", "填报单位", lambda r: r.institution.name, 34, fixed=True, shown=_review),
    Column("code", "机构代码", lambda r: r.institution.code, 18, offered=False),
    Column("number", "报量编号", lambda r: r.report_no, 26, sort=("id",), offered=False),
    Column("task", "报量任务", lambda r: r.task.title, 34),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14),
    Column("city", "设区市", lambda r: r.city.name if r.city else "", 12, offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=LEVELS[r.state])),
    Column("office", "办理单位", lambda r: r.office.name if r.office else "", 24),
    Column("lines", "品种", lambda r: r.lines_n, 8, numeric=True),
    Column("flagged", "偏差超过限度", lambda r: r.flagged, 14, numeric=True, shown=_flags),
    Column("returned", "判为退回", lambda r: r.returned_n, 10, numeric=True),
    Column("submitted", "提交时间", lambda r: r.submitted_at, 20),
)  # fmt: skip


SHORT_LEVELS = {Shortfall.NONE: "red", Shortfall.LOW: "orange", Shortfall.WAITING: "grey"}


def _short_kind(row: Any) -> Cell:
    kind = shortfall(row, timezone.now())
    return Cell(str(kind.label), level=SHORT_LEVELS[kind], plain=False)


SHORTFALL_COLUMNS = (
    Column("institution", "填报单位", lambda r: r.institution.name, 34, fixed=True,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("code", "机构代码", lambda r: r.institution.code, 18, offered=False),
    Column("kind", "情形", lambda r: str(shortfall(r, timezone.now()).label), 10,
           shown=_short_kind),
    Column("task", "报量任务", lambda r: r.task.title, 34),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14),
    Column("city", "设区市", lambda r: r.city.name if r.city else "", 12),
    Column("state", "状态", lambda r: r.get_state_display(), 12),
    Column("low", "低于限度的品种", lambda r: r.low_n, 14, numeric=True),
    Column("none", "有使用未报的品种", lambda r: r.none_n, 14, numeric=True),
    Column("number", "报量编号", lambda r: r.report_no, 26, sort=("id",), offered=False),
)  # fmt: skip

ROUND_COLUMNS = (
    Column("batch", "批次", lambda r: r.batch.name, 34, fixed=True, shown=lambda r: Cell(
        r.batch.name, url=reverse("agreed-round", args=[r.round_no]), sub=f"第 {r.year_no} 年")),
    Column("number", "编号", lambda r: r.round_no, 22, sort=("id",)),
    Column("year", "采购年度", lambda r: r.year_no, 8, numeric=True, offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 14,
           shown=lambda r: Cell(r.get_state_display(), level=ROUND_LEVELS[r.state])),
    Column("ratios", "约定比例", lambda r: r.ratios, 22),
    Column("until", "机构选择截止", lambda r: r.choice_until, 20),
    Column("computed", "测算时间", lambda r: r.computed_at, 20),
    Column("organisation", "发起单位", lambda r: r.organisation.name, 24),
)  # fmt: skip


def _difference(row: Any) -> Any:
    """Published less computed; empty where nothing was published."""
    return None if row.published_qty is None else row.published_qty - row.computed_qty


QUANTITY_COLUMNS = (
    Column("group", "品种", lambda r: r.group.name, 30, fixed=True,
           shown=lambda r: Cell(r.group.name, sub=r.group.code)),
    Column("code", "品种代码", lambda r: r.group.code, 18, offered=False),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14, offered=False),
    Column("batch", "批次", lambda r: r.round.batch.name, 26,
           shown=lambda r: Cell(r.round.batch.name, sub=f"第 {r.round.year_no} 年")),
    Column("unit", "单位", lambda r: r.group.base_unit, 8),
    Column("reported", "报量", lambda r: r.reported_qty, 12, numeric=True),
    Column("enterprises", "中选企业", lambda r: r.enterprises, 8, numeric=True, offered=False),
    Column("ratio", "比例", lambda r: r.ratio, 8, numeric=True),
    Column("computed", "测算约定量", lambda r: r.computed_qty, 14, numeric=True),
    Column("published", "公布约定量", lambda r: r.published_qty, 14, numeric=True),
    Column("difference", "公布减测算", _difference, 12, numeric=True),
    Column("agreed", "约定量", lambda r: r.agreed_qty, 14, numeric=True),
    Column("unplaced", "不足一包装的余量", lambda r: r.unplaced_qty, 14, numeric=True),
    Column("basis", "分配方式", lambda r: r.get_basis_display(), 14),
    Column("number", "次序", lambda r: r.pk, 10, sort=("id",), offered=False, in_file=False),
)  # fmt: skip

SHARE_COLUMNS = (
    Column("product", "产品", lambda r: str(r.product), 34, fixed=True,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14),
    Column("batch", "批次", lambda r: r.quantity.round.batch.name, 26, shown=lambda r: Cell(
        r.quantity.round.batch.name, sub=f"第 {r.quantity.round.year_no} 年")),
    Column("computed", "测算约定量", lambda r: r.computed_qty, 14, numeric=True),
    Column("published", "公布约定量", lambda r: r.published_qty, 14, numeric=True),
    Column("agreed", "约定量", lambda r: r.agreed_qty, 14, numeric=True),
    Column("packs", "折合包装", lambda r: r.agreed_qty / r.product.base_units_per_pack, 12,
           numeric=True),
    Column("price", "中选价", lambda r: r.price, 12, numeric=True, unit="元"),
    Column("number", "次序", lambda r: r.pk, 10, sort=("id",), offered=False, in_file=False),
)  # fmt: skip

SECOND_LEVELS = {"standby": "green", "other": "orange", "none": "grey"}
SECOND_COLUMNS = (
    Column("group", "品种", lambda r: r.group.name, 28, fixed=True,
           shown=lambda r: Cell(r.group.name, sub=r.group.code)),
    Column("code", "品种代码", lambda r: r.group.code, 18, offered=False),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14, offered=False),
    Column("product", "第二规产品", lambda r: str(r.product or ""), 34, shown=lambda r: Cell(
        str(r.product or "—"), sub=r.product.code if r.product else "")),
    Column("basis", "类别", lambda r: r.get_basis_display(), 14, shown=lambda r: Cell(
        r.get_basis_display(), level=SECOND_LEVELS[r.basis])),
    Column("offered", "当时的备供产品", lambda r: "、".join(r.offered), 30),
    Column("reason", "未选备供的原因", lambda r: r.get_reason_code_display(), 24),
    Column("explanation", "说明", lambda r: r.explanation, 40),
    Column("stands", "效力", lambda r: "现行" if r.stands else "已更改", 8),
    Column("at", "登记时间", lambda r: r.chosen_at, 20),
    Column("by", "登记人", lambda r: r.chosen_by_name, 14, offered=False),
    Column("number", "次序", lambda r: r.pk, 10, sort=("id",), offered=False, in_file=False),
)  # fmt: skip
