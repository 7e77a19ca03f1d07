"""诉求按时回复率: its words, subjects and windows; its lines are in reply_on_time_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, Indicator, Subject

REPLY_ON_TIME_RATE = Indicator(
    code="reply_on_time_rate",
    label="诉求按时回复率",
    clause="赣2024 四；鲁 指标三",
    unit="比例",
    numerator="在回复时限当日结束前回复的诉求数",
    denominator="回复时限在当月的诉求数（医疗机构提出；时限届满前撤回的不计）",
    windows=("month",),
    subjects=(Subject(ENTERPRISES + REGIONS),),
    dimensions=("manufacturer_id", "distributor_id"),
    line_label="诉求",
)
