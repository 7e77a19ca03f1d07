"""可替代药品采购比: its words, subjects and windows; its lines are in substitute_ratio.sql."""

from monitoring.indicators.declaration import UNIT, Indicator, Subject

SUBSTITUTE_RATIO = Indicator(
    code="substitute_ratio",
    label="可替代药品采购比",
    clause="赣2024 五；鲁 指标六",
    unit="比例",
    numerator="采购年度至今可替代药品验收量（基本单位，含历史月份）",
    denominator="采购年度开始前 12 个月可替代药品验收量（基本单位，含历史月份）",
    windows=("ytd",),
    subjects=(Subject(UNIT, ("batch", "group")),),
    dimensions=("batch_id", "year_no", "group_id"),
    line_label="收货、退货与历史采购",
)
