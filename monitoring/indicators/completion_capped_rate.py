"""约定采购金额完成率（封顶）: its words, subjects and windows; its lines are in completion_capped_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

COMPLETION_CAPPED_RATE = Indicator(
    code="completion_capped_rate",
    label="约定采购金额完成率（封顶）",
    clause="赣2024 五",
    unit="比例",
    numerator="各产品完成量（不超过其约定采购量）× 约定单价之和",
    denominator="各产品约定采购量 × 约定单价之和",
    windows=("ytd",),
    subjects=(Subject(UNIT + REGIONS, ("batch",)),),
    dimensions=("batch_id", "year_no"),
    line_label="单元 × 产品完成情况",
)
