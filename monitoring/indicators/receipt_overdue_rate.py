"""未及时收货: its words, subjects and windows; its lines are in receipt_overdue_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

RECEIPT_OVERDUE_RATE = Indicator(
    code="receipt_overdue_rate",
    label="未及时收货",
    clause="鲁 指标七",
    unit="比例",
    numerator="送达后收货时限内没有任何收货登记的配送数",
    denominator="收货时限在当月的配送数",
    windows=("month",),
    subjects=(Subject(UNIT + REGIONS),),
    dimensions=(),
    line_label="配送",
)
