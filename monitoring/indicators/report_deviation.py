"""报量偏差: its words, subjects and windows; its lines are in report_deviation.sql."""

from monitoring.indicators.declaration import UNIT, Indicator, Subject

REPORT_DEVIATION = Indicator(
    code="report_deviation",
    label="报量偏差",
    clause="赣2024 十二；鲁 指标一",
    unit="比例",
    numerator="报送量 − 上年实际采购量（基本单位，考核单元全部成员合计）",
    denominator="上年实际采购量（基本单位）",
    windows=("ytd",),
    subjects=(Subject(UNIT, ("batch", "group")),),
    dimensions=("batch_id", "year_no", "group_id"),
    line_label="报量记录",
)
