"""诉求按时解决率: its words, subjects and windows; its lines are in resolve_on_time_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, Indicator, Subject

RESOLVE_ON_TIME_RATE = Indicator(
    code="resolve_on_time_rate",
    label="诉求按时解决率",
    clause="赣2024 四",
    unit="比例",
    numerator="在解决时限当日结束前解决的诉求数",
    denominator="解决时限在当月的诉求数（医疗机构提出；时限届满前撤回的不计）",
    windows=("month",),
    subjects=(Subject(ENTERPRISES + REGIONS),),
    dimensions=("manufacturer_id", "distributor_id"),
    line_label="诉求",
)
