"""The steps in words: every named line with its value, its formula with the figures in it, its clause."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from settlement.formulas.retention.figures import Figures, Inputs, Terms
from settlement.formulas.retention.variants import BASES

SAVINGS = "国2020 结余留用"


@dataclass(frozen=True)
class Line:
    """`value` is shown with `unit`; an empty value means that an input is missing."""

    code: str
    label: str
    value: Decimal | None
    unit: str
    formula: str
    clause: str


def explained(inputs: Inputs, terms: Terms, figures: Figures) -> list[Line]:
    """The sheet's lines, in the order in which one adds up."""
    basis = BASES[terms.basis]
    return [
        Line("reported_qty", "报量 R", inputs.reported or None, "基本单位", "审核通过的报量", basis.clause),
        Line("actual_qty", "实际使用量 U", figures.used, "基本单位",
             "当年验收入库的中选、备供和非中选数量，退货为负，合计为负计 0", basis.clause),
        Line("basis_qty", "测算基准量 Q", figures.basis_qty, "基本单位",
             f"{basis.label}：{basis.text}", basis.clause),
        Line("baseline_price", "集采前均价 P₀", inputs.baseline_price, "元", "上年同品种加权平均价", SAVINGS),
        Line("fund_share_before", "上年基金支付比例 s₀", inputs.fund_share_before, "", "统筹区测算数据", SAVINGS),
        Line("fund_share", "当年基金支付比例 s₁", inputs.fund_share, "", "统筹区测算数据", SAVINGS),
        Line("insured_share", "参保使用占比 w", inputs.insured_share, "", "统筹区测算数据", SAVINGS),
        Line("budget", "医保资金预算 B", figures.budget, "元",
             "Q × P₀ × s₀ × w" + _times(figures.basis_qty, inputs.baseline_price,
                                        inputs.fund_share_before, inputs.insured_share), SAVINGS),
        Line("agreed_worth", "约定量金额", inputs.agreed_worth, "元",
             "Σ 协议约定量 × 协议价；超过约定量使用中选产品不计支出", SAVINGS),
        Line("other_amount", "其他采购金额 N", inputs.other_amount, "元",
             "中选和经核实备供以外的采购金额，按实际（可为负）", SAVINGS),
        Line("spend", "医保资金支出 E", figures.spend, "元",
             "（约定量金额 + N）× s₁ × w" + _times(inputs.agreed_worth + inputs.other_amount,
                                                inputs.fund_share, inputs.insured_share), SAVINGS),
        Line("base", "结余测算基数 K", figures.base, "元", "B − E", SAVINGS),
        Line("accuracy", "报量精准度", figures.accuracy, "",
             f"1 − max(0, |U − R| ÷ R − {terms.tolerance.normalize():f})", "赣2024 十二"),
        Line("ratio", "留用比例", figures.ratio, "",
             f"{terms.ratio_max.normalize():f} × 报量精准度", "赣2024 十二"),
        Line("retained", "留用金额", figures.retained, "元", "K × 留用比例，四舍五入到分；考核不合格为 0", SAVINGS),
    ]  # fmt: skip


def _times(*factors: Decimal | None) -> str:
    if any(factor is None for factor in factors):
        return "（缺测算数据）"
    return " = " + " × ".join(f"{factor.normalize():f}" for factor in factors if factor is not None)
