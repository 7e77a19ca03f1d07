"""Columns of inspections, samples, coverage, quality reports and holds."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from catalog.models import Inspection
from catalog.states.quality import HOLD_LEVELS, REPORT_LEVELS, RESULT_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column

RESULTS = dict(Inspection.Result.choices)


def _link(route: str, number: str) -> Cell:
    return Cell(number, url=reverse(route, args=[number]), nowrap=True)


def _result(row: Any) -> Cell:
    return Cell(row.get_result_display(), level=RESULT_LEVELS[row.result])


def _product(row: Any) -> Cell:
    url = reverse("product-detail", args=[row.product.code])
    return Cell(str(row.product), url=url, sub=row.product.code)


INSPECTION_COLUMNS = (
    Column("number", "编号", lambda r: r.inspection_no, 24, fixed=True,
           shown=lambda r: _link("inspection", r.inspection_no)),
    Column("enterprise", "被检查企业", lambda r: r.enterprise.name, 34,
           shown=lambda r: Cell(r.enterprise.name, sub=r.enterprise.code)),
    Column("code", "信用代码", lambda r: r.enterprise.code, 20, offered=False),
    Column("day", "检查日期", lambda r: r.inspected_on, 12, sort=("inspected_on",)),
    Column("coverage", "检查范围", lambda r: r.coverage, 36),
    Column("result", "结论", lambda r: r.get_result_display(), 12, shown=_result),
    Column("rectify", "整改期限", lambda r: r.rectify_by, 12, sort=("rectify_by",)),
    Column("followed", "最近跟踪", lambda r: r.followed_up_on, 12),
    Column("regulator", "药监部门", lambda r: r.regulator.name, 26),
    Column("findings", "检查发现", lambda r: r.findings, 60, offered=False),
)  # fmt: skip

SAMPLING_COLUMNS = (
    Column("number", "编号", lambda r: r.sampling_no, 24, fixed=True,
           shown=lambda r: _link("sampling", r.sampling_no)),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("lot", "批号", lambda r: r.lot_no, 16),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name, 30),
    Column("drawn", "被抽样单位", lambda r: r.drawn_from.name, 30),
    Column("day", "抽样日期", lambda r: r.sampled_on, 12, sort=("sampled_on",)),
    Column("paper", "检验报告号", lambda r: r.paper_no, 20),
    Column("result", "检验结果", lambda r: r.get_result_display(), 10, shown=_result),
    Column("failed", "不合格项目", lambda r: r.failed_items, 30),
    Column("regulator", "药监部门", lambda r: r.regulator.name, 26, offered=False),
)  # fmt: skip

COVERAGE_COLUMNS = (
    Column("name", "中选生产企业", lambda r: r.name, 36, sort=("name",), fixed=True,
           shown=lambda r: Cell(r.name, sub=r.code)),
    Column("code", "信用代码", lambda r: r.code, 20, offered=False),
    Column("selected", "中选产品", lambda r: r.selected or 0, 10, numeric=True, sort=("selected",)),
    Column("covered", "本年检查", lambda r: "已检查" if r.covered else "未检查", 10,
           sort=("covered",), shown=lambda r: Cell(
               "已检查" if r.covered else "未检查", level="green" if r.covered else "orange")),
    Column("inspections", "本年检查次数", lambda r: r.inspections or 0, 12, numeric=True),
    Column("last", "最近检查", lambda r: r.last_inspected_on, 12, sort=("last_inspected_on",)),
    Column("result", "最近结论", lambda r: RESULTS.get(r.last_result, ""), 12),
    Column("samples", "本年抽检", lambda r: r.samples or 0, 10, numeric=True),
    Column("failed", "其中不合格", lambda r: r.failed_samples or 0, 10, numeric=True),
)  # fmt: skip

REPORT_COLUMNS = (
    Column("number", "编号", lambda r: r.report_no, 24, fixed=True,
           shown=lambda r: _link("quality-report", r.report_no)),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=REPORT_LEVELS[r.state])),
    Column("kind", "种类", lambda r: r.get_kind_display(), 10),
    Column("severity", "程度", lambda r: r.get_severity_display(), 8),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("lot", "批号", lambda r: r.lot_no, 16),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name, 30, offered=False),
    Column("occurred", "发生日期", lambda r: r.occurred_on, 12),
    Column("reported", "报告时间", lambda r: r.reported_at, 20, sort=("reported_at",)),
)  # fmt: skip

HOLD_COLUMNS = (
    Column("number", "编号", lambda r: r.hold_no, 24, fixed=True,
           shown=lambda r: _link("quality-hold", r.hold_no)),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=HOLD_LEVELS[r.state])),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("lot", "批号", lambda r: r.lot_no or "全部批号", 14),
    Column("where", "范围", lambda r: r.institution.name if r.institution else r.area.name, 28),
    Column("placed_by", "作出单位", lambda r: r.placed_by.name, 28),
    Column("reason", "原因", lambda r: r.reason, 40),
    Column("placed", "作出时间", lambda r: r.placed_at, 20, sort=("placed_at",)),
    Column("lift", "解除原因", lambda r: r.lift_reason, 30, offered=False),
)  # fmt: skip
