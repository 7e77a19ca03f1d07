"""约定采购金额完成率: its words, subjects and windows; its lines are in completion_amount_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

COMPLETION_AMOUNT_RATE = Indicator(
    code="completion_amount_rate",
    label="约定采购金额完成率",
    clause="赣2024 五",
    unit="比例",
    numerator="各产品完成量 × 约定单价（每基本单位，多份协议按约定量加权）之和",
    denominator="各产品约定采购量 × 约定单价之和",
    windows=("ytd",),
    subjects=(Subject(UNIT + REGIONS, ("batch",)),),
    dimensions=("batch_id", "year_no"),
    line_label="单元 × 产品完成情况",
)
