"""集采金额占比: its words, subjects and windows; its lines are in selected_amount_share.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

SELECTED_AMOUNT_SHARE = Indicator(
    code="selected_amount_share",
    label="集采金额占比",
    clause="赣2026 使用",
    unit="比例",
    numerator="按中选、备供采购验收的金额（元）",
    denominator="全部验收金额（元）",
    windows=("month", "ytd"),
    subjects=(Subject(UNIT + REGIONS, ("category",)),),
    dimensions=("category",),
    exclusions={"negotiated": "国谈药品，分子分母均不计"},
    line_label="收货与退货",
)
