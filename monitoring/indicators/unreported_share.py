"""不报量采购占比: its words, subjects and windows; its lines are in unreported_share.sql."""

from monitoring.indicators.declaration import UNIT, Indicator, Subject

UNREPORTED_SHARE = Indicator(
    code="unreported_share",
    label="不报量采购占比",
    clause="赣2024 五",
    unit="比例",
    numerator="非中选验收量 + 可替代药品验收量（基本单位，不作剔除）",
    denominator="非中选 + 可替代 + 中选 + 备供验收量（基本单位）",
    windows=("ytd",),
    subjects=(Subject(UNIT, ("batch", "group")),),
    dimensions=("batch_id", "year_no", "group_id"),
    line_label="收货与退货",
)
