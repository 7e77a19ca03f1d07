"""结余留用测算说明 as PDF: what the money is, by which rules, each step with its figures."""

from __future__ import annotations

from decimal import Decimal

from core.paper import render_pdf
from core.templatetags.formats import rounded
from core.workdays.deadlines import shanghai_day
from organisations.queries.changes import name_on
from settlement.models import RetentionRow, RetentionSheet
from settlement.queries.retention import terms_of
from settlement.tables.retention import money, why_failed

NATURE = (
    "结余留用资金是医保基金对落实集中带量采购、合理使用中选产品的激励，由医保基金支付，"
    "主要用于医务人员薪酬，由医疗机构按内部考核和分配办法使用。"
)
STEPS = (
    "医保资金预算 B = 测算基准量 Q × 集采前均价 P0 × 上年基金支付比例 s0 × 参保使用占比 w",
    "医保资金支出 E =（约定采购量 × 协议价 + 其他采购金额 N）× 当年基金支付比例 s1 × w",
    "结余测算基数 K = B − E；留用金额 = K × 留用比例，四舍五入到分；考核不合格、未报量或没有结余的为 0",
)


def sheet_pdf(sheet: RetentionSheet) -> bytes:
    """The sheet as it stands; its figures are those of the export. Raises PaperError."""
    run = sheet.run
    terms = terms_of(run)
    rows = RetentionRow.objects.filter(sheet=sheet).select_related("group", "run")
    lines = list(rows.order_by("group__code"))
    unit = sheet.institution
    return render_pdf(
        "core/official",
        {
            "title": "集中带量采购医保资金结余留用测算说明",
            "number": sheet.sheet_no,
            "digest": "",
            "parties": [
                {"label": "医疗机构", "name": name_on(unit, shanghai_day(run.published_at or run.computed_at)), "code": unit.code, "note": ""},
                {"label": "统筹区", "name": run.pool.name, "code": run.pool.code, "note": ""},
            ],
            "blocks": [
                {"kind": "section", "text": "资金性质"},
                {"kind": "text", "text": NATURE},
                {"kind": "section", "text": "测算依据"},
                {"kind": "text", "text":
                    f"{run.batch.name} 第 {run.year_no} 采购年度。测算基准：{'取报量与实际使用量中较小的' if run.basis == 'min' else '报量'}"
                    f"（{run.clauses.get('retention_basis', '')}）；留用比例上限 {terms.ratio_max * 100:.2f}%"
                    f"（{run.clauses.get('retention_ratio_max', '')}）；报量精准度容差 {terms.tolerance * 100:.2f}%"
                    f"（{run.clauses.get('retention_accuracy_tolerance', '')}）。"},
                *({"kind": "text", "text": words} for words in STEPS),
                {"kind": "text", "text": _standing(sheet)},
                {"kind": "section", "text": f"测算结果：{len(lines)} 个品种，留用金额合计 {sheet.retained:,.2f} 元"},
                _quantities(lines),
                _amounts(lines),
                *([{"kind": "text", "text": f"与支付方式改革激励的衔接：{sheet.overlap_note}"}]
                  if sheet.overlap else []),
            ],
            "signatures": [],
        },
    )  # fmt: skip


def _standing(sheet: RetentionSheet) -> str:
    """How far it is: the state, the last day of appeals, what an appeal changed."""
    said = f"本说明的状态：{sheet.get_state_display()}。"
    if sheet.run.appeal_due_on:
        said += f"对结果有异议的，在 {sheet.run.appeal_due_on:%Y-%m-%d} 以前（含当日）申诉。"
    if sheet.before_appeal:
        before = Decimal(sheet.before_appeal["retained"])
        said += f"经申诉复核重新测算，原留用金额 {before:,.2f} 元。"
    return said


def _quantities(lines: list[RetentionRow]) -> dict[str, object]:
    return {
        "kind": "table",
        "columns": [
            {"label": "品种", "width": 4}, _right("报量 R"), _right("使用量 U"), _right("基准量 Q"),
            _right("均价 P0"), _right("s0"), _right("s1"), _right("w"),
        ],
        "rows": [
            [row.group.name, _text(row.reported_qty), _text(row.actual_qty), _text(row.basis_qty),
             _text(row.baseline_price), _text(row.fund_share_before), _text(row.fund_share),
             _text(row.insured_share)]
            for row in lines
        ],
    }  # fmt: skip


def _amounts(lines: list[RetentionRow]) -> dict[str, object]:
    return {
        "kind": "table",
        "columns": [
            {"label": "品种", "width": 3}, _right("预算 B"), _right("支出 E"), _right("基数 K"),
            _right("留用比例"), {"label": "考核和原因", "width": 4}, _right("留用金额"),
        ],
        "rows": [
            [row.group.name, _money(row.budget), _money(row.spend), _money(row.base),
             "" if row.ratio is None else f"{_text(rounded(row.ratio * 100, 4))}%",
             why_failed(row) or row.get_failed_because_display() or "合格", _money(row.retained)]
            for row in lines
        ],
    }  # fmt: skip


def _right(label: str) -> dict[str, object]:
    return {"label": label, "width": 2, "align": "right"}


def _text(value: Decimal | None) -> str:
    if value is None:
        return "—"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(value: Decimal | None) -> str:
    shown = money(value)
    return "—" if shown is None else f"{shown:,.2f}"
