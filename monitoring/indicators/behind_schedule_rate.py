"""低于序时进度比例: its words, subjects and windows; its lines are in behind_schedule_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

BEHIND_SCHEDULE_RATE = Indicator(
    code="behind_schedule_rate",
    label="低于序时进度比例",
    clause="赣2024 五；鲁 指标四；陕 五",
    unit="比例",
    numerator="完成率低于序时进度的“单元 × 产品”个数",
    denominator="纳入考核且有约定采购量的“单元 × 产品”个数",
    windows=("ytd",),
    subjects=(Subject(UNIT + REGIONS, ("batch",)),),
    dimensions=("batch_id", "year_no"),
    exclusions={"agreed_volume": "有不考核约定量豁免"},
    line_label="单元 × 产品完成情况",
)
