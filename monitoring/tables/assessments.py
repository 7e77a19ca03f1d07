"""Columns of the lists of 年度考核: institutions, and their groups."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import number, percent
from monitoring.models import AssessedGroup
from monitoring.queries.assessed import GroupRow, UnitRow

VERDICT_LEVELS = {"优先执行": "green", "暂缓执行": "orange", "没有考核品种": "grey"}


def _groups_url(row: UnitRow) -> str:
    query = urlencode({
        "institution": row.code, "batch": row.unit.batch_code, "year_no": row.unit.year_no,
    })  # fmt: skip
    return f"{reverse('assessed-groups')}?{query}"


def _rate(row: UnitRow) -> Cell:
    return Cell(percent(row.unit.passed / row.judged, 2) if row.judged else "—")


def _result(row: GroupRow) -> Cell:
    if row.row.passed:
        return Cell("合格", level="green")
    if row.row.because == AssessedGroup.Because.NO_AGREEMENT:
        return Cell("不考核", level="grey")
    return Cell("不合格", level="red")


UNIT_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.name, 32, fixed=True,
           shown=lambda r: Cell(r.name, sub=r.code, url=_groups_url(r))),
    Column("batch", "批次", lambda r: r.batch, 30, shown=lambda r: Cell(r.batch, quiet=True)),
    Column("year_no", "采购年度", lambda r: r.unit.year_no, 10, numeric=True),
    Column("ends", "年度结束", lambda r: r.unit.ends_on, 12, sort=("ends_on",),
           shown=lambda r: Cell(f"{r.unit.ends_on:%Y-%m-%d}", nowrap=True)),
    Column("judged", "考核品种", lambda r: r.judged, 10, numeric=True),
    Column("passed", "合格", lambda r: r.unit.passed, 8, numeric=True, sort=("passed",)),
    Column("rate", "合格率", lambda r: r.unit.passed / r.judged if r.judged else None, 10,
           numeric=True, shown=_rate),
    Column("incomplete", "未完成约定量", lambda r: r.unit.incomplete, 12, numeric=True,
           sort=("incomplete",)),
    Column("non_selected", "非中选超限", lambda r: r.unit.non_selected, 12, numeric=True,
           sort=("non_selected",)),
    Column("no_agreement", "没有协议（不考核）", lambda r: r.unit.no_agreement, 16, numeric=True),
    Column("verdict", "调整后服务价格", lambda r: r.verdict, 16,
           shown=lambda r: Cell(r.verdict, level=VERDICT_LEVELS[r.verdict])),
    Column("order", "计算先后", lambda r: r.unit.pk, 10, sort=("id",), offered=False),
)  # fmt: skip
GROUP_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.name, 32, fixed=True,
           shown=lambda r: Cell(r.name, sub=r.code)),
    Column("group", "品种", lambda r: r.row.group.name, 30,
           shown=lambda r: Cell(r.row.group.name, sub=r.row.group.code)),
    Column("batch", "批次", lambda r: r.batch, 30, offered=False),
    Column("year_no", "采购年度", lambda r: r.row.year_no, 10, numeric=True),
    Column("result", "结果", lambda r: _result(r).text, 10, shown=_result),
    Column("reason", "原因", lambda r: r.reason, 50,
           shown=lambda r: Cell(r.reason or "—", quiet=True)),
    Column("agreed", "约定采购量", lambda r: r.row.agreed, 16, numeric=True,
           shown=lambda r: Cell(f"{number(r.row.agreed)} {r.row.group.base_unit}")),
    Column("completed", "完成量", lambda r: r.row.completed, 16, numeric=True,
           shown=lambda r: Cell(f"{number(r.row.completed)} {r.row.group.base_unit}")),
    Column("completion", "完成率", lambda r: r.completion, 10, numeric=True,
           shown=lambda r: Cell(percent(r.completion, 2))),
    Column("share", "非中选占比", lambda r: r.share, 12, numeric=True,
           shown=lambda r: Cell(percent(r.share, 2))),
    Column("exempt", "不考核完成情况的产品", lambda r: r.row.exempt, 14, numeric=True, offered=False),
    Column("unfinished", "未完成的产品", lambda r: "、".join(r.row.unfinished), 40, offered=False),
    Column("order", "计算先后", lambda r: r.row.pk, 10, sort=("id",), offered=False),
)  # fmt: skip
