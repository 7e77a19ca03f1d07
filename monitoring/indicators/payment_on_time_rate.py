"""货款按时结清率: its words, subjects and windows; its lines are in payment_on_time_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

PAYMENT_ON_TIME_RATE = Indicator(
    code="payment_on_time_rate",
    label="货款按时结清率",
    clause="赣2024 八；陕 四(四)",
    unit="比例",
    numerator="上述收货中到期日前由支付和退货结清的金额（元，按收货先后冲抵）",
    denominator="付款到期日在当月的中选收货金额（元）",
    windows=("month",),
    subjects=(Subject(UNIT + REGIONS),),
    dimensions=(),
    line_label="收货",
)
