"""Columns of runs, sheets, rows and the yearly assessment."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from core.templatetags.formats import number
from monitoring.queries.assessment import reason_words
from settlement.formulas.retention import cents
from settlement.states.retention import RUN_LEVELS, SHEET_LEVELS

PLACES = Decimal("0.000001")


def _run(row: Any) -> Cell:
    return Cell(
        f"{row.batch.name} 第 {row.year_no} 年", url=reverse("retention-run", args=[row.run_no]),
        sub=row.run_no,
    )  # fmt: skip


def _sheet(row: Any) -> Cell:
    return Cell(
        row.institution.name, url=reverse("retention-sheet", args=[row.sheet_no]),
        sub=row.institution.code,
    )  # fmt: skip


def _of_sheet(row: Any) -> Cell:
    return Cell(
        row.institution.name, url=reverse("retention-sheet", args=[row.sheet.sheet_no]),
        sub=row.institution.code,
    )  # fmt: skip


def money(value: Decimal | None) -> Decimal | None:
    """Shown and exported to the cent, as the definition says."""
    return None if value is None else cents(value)


def six(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(PLACES, rounding=ROUND_HALF_UP)


def _money_cell(name: str) -> Any:
    def shown(row: Any) -> Cell:
        value = money(getattr(row, name))
        return Cell("" if value is None else f"{value:,.2f}")

    return shown


def share_of(row: Any) -> Decimal | None:
    """Non-selected share of the year, None without purchases that count."""
    if not row.share_denominator:
        return None
    return Decimal(row.share_numerator / row.share_denominator)


def why_failed(row: Any) -> str:
    """The assessment's reason in words; empty where it was passed."""
    return reason_words(
        row.assessed_because, incomplete=row.incomplete, share=share_of(row),
        share_max=row.run.share_max,
    )  # fmt: skip


def _share_cell(row: Any) -> Cell:
    share = share_of(row)
    return Cell("" if share is None else f"{share * 100:.2f}%")


RUN_COLUMNS = (
    Column("title", "批次年度", lambda r: f"{r.batch.name} 第 {r.year_no} 年", 40, fixed=True,
           shown=_run),
    Column("number", "编号", lambda r: r.run_no, 30, offered=False),
    Column("pool", "统筹区", lambda r: r.pool.name, 20),
    Column("state", "状态", lambda r: r.get_state_display(), 14, sort=("state",),
           shown=lambda r: Cell(r.get_state_display(), level=RUN_LEVELS[r.state])),
    Column("computed", "测算时间", lambda r: r.computed_at, 18, sort=("computed_at",)),
    Column("due", "申诉截止", lambda r: r.appeal_due_on, 14),
    Column("notice", "公示截止", lambda r: r.notice_to, 14),
)  # fmt: skip

SHEET_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 32, fixed=True, shown=_sheet),
    Column("code", "医疗机构代码", lambda r: r.institution.code, 16, offered=False),
    Column("batch", "批次年度", lambda r: f"{r.run.batch.name} 第 {r.run.year_no} 年", 36),
    Column("pool", "统筹区", lambda r: r.pool.name if r.pool else "", 18, offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 14, sort=("state",),
           shown=lambda r: Cell(r.get_state_display(), level=SHEET_LEVELS[r.state])),
    Column("groups", "品种", lambda r: r.rows_count, 8, numeric=True),
    Column("passed", "考核合格", lambda r: r.passed_count, 10, numeric=True),
    Column("base", "结余测算基数", lambda r: money(r.base), 18, numeric=True, unit="元",
           shown=_money_cell("base")),
    Column("retained", "留用金额", lambda r: r.retained, 18, numeric=True, unit="元",
           sort=("retained",), shown=_money_cell("retained")),
    Column("overlap", "支付方式激励重叠", lambda r: "是" if r.overlap else "", 12),
    Column("overlap_note", "重叠说明", lambda r: r.overlap_note, 30, offered=False),
    Column("due", "申诉截止", lambda r: r.run.appeal_due_on, 14),
)  # fmt: skip

ROW_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 30, fixed=True, shown=_of_sheet),
    Column("code", "医疗机构代码", lambda r: r.institution.code, 16, offered=False),
    Column("batch", "批次代码", lambda r: r.run.batch.code, 18, offered=False),
    Column("year_no", "年度", lambda r: r.run.year_no, 8, offered=False),
    Column("group", "品种", lambda r: r.group.name, 24,
           shown=lambda r: Cell(r.group.name, sub=r.group.code)),
    Column("group_code", "品种代码", lambda r: r.group.code, 14, offered=False),
    Column("reported", "报量 R", lambda r: r.reported_qty, 14, numeric=True),
    Column("used", "实际使用量 U", lambda r: r.actual_qty, 14, numeric=True,
           shown=lambda r: Cell(number(r.actual_qty))),
    Column("basis", "测算基准量 Q", lambda r: r.basis_qty, 14, numeric=True, offered=False),
    Column("p0", "集采前均价 P₀", lambda r: r.baseline_price, 12, numeric=True, offered=False),
    Column("s0", "上年支付比例 s₀", lambda r: r.fund_share_before, 12, numeric=True, offered=False),
    Column("s1", "当年支付比例 s₁", lambda r: r.fund_share, 12, numeric=True, offered=False),
    Column("w", "参保使用占比 w", lambda r: r.insured_share, 12, numeric=True, offered=False),
    Column("budget", "预算 B", lambda r: money(r.budget), 16, numeric=True, unit="元",
           shown=_money_cell("budget")),
    Column("spend", "支出 E", lambda r: money(r.spend), 16, numeric=True, unit="元",
           shown=_money_cell("spend")),
    Column("base", "基数 K", lambda r: money(r.base), 16, numeric=True, unit="元",
           shown=_money_cell("base")),
    Column("passed", "考核", lambda r: "合格" if r.passed else "不合格", 8,
           shown=lambda r: Cell("合格" if r.passed else "不合格",
                                level="green" if r.passed else "orange")),
    Column("because", "不留用原因", lambda r: r.get_failed_because_display(), 20),
    Column("ratio", "留用比例", lambda r: six(r.ratio), 12, numeric=True),
    Column("retained", "留用金额", lambda r: r.retained, 16, numeric=True, unit="元",
           shown=_money_cell("retained")),
    Column("overlap", "支付方式激励重叠", lambda r: "是" if r.sheet.overlap else "", 12,
           offered=False),
)  # fmt: skip

ASSESSMENT_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 30, fixed=True, shown=_of_sheet),
    Column("code", "医疗机构代码", lambda r: r.institution.code, 16, offered=False),
    Column("batch", "批次代码", lambda r: r.run.batch.code, 18),
    Column("year_no", "年度", lambda r: r.run.year_no, 8),
    Column("group", "品种", lambda r: r.group.name, 24,
           shown=lambda r: Cell(r.group.name, sub=r.group.code)),
    Column("group_code", "品种代码", lambda r: r.group.code, 14, offered=False),
    Column("result", "考核结果", lambda r: "合格" if r.passed else "不合格", 10,
           shown=lambda r: Cell("合格" if r.passed else "不合格",
                                level="green" if r.passed else "orange")),
    Column("why", "不合格原因", why_failed, 44),
    Column("agreed", "约定采购量", lambda r: r.agreed_qty, 14, numeric=True),
    Column("completed", "完成量", lambda r: r.completed_qty, 14, numeric=True),
    Column("exempt", "豁免产品", lambda r: r.exempt, 10, numeric=True),
    Column("share", "非中选占比", lambda r: six(share_of(r)), 12, numeric=True, shown=_share_cell),
    Column("share_max", "占比上限", lambda r: r.run.share_max, 10, numeric=True, offered=False),
)  # fmt: skip
