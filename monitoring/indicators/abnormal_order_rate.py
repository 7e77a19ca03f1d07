"""超常规订单: its words, subjects and windows; its lines are in abnormal_order_rate.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

ABNORMAL_ORDER_RATE = Indicator(
    code="abnormal_order_rate",
    label="超常规订单",
    clause="鲁 指标七",
    unit="比例",
    numerator="订购量超过本单元该产品前 12 个月月均订购量规定倍数的订单行数（至少 3 个月有订购）",
    denominator="当月发送的订单行数",
    windows=("month",),
    subjects=(Subject(UNIT + REGIONS),),
    dimensions=(),
    line_label="订单行",
)
