"""订单响应率: its words, subjects and windows; its lines are in response_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, Indicator, Subject

RESPONSE_RATE = Indicator(
    code="response_rate",
    label="订单响应率",
    clause="赣2024 三、十六",
    unit="比例",
    numerator="在发送后响应时限内（含当刻）确认的订单行数",
    denominator="响应时限在当月的中选、备供订单行数",
    windows=("month",),
    subjects=(
        Subject(ENTERPRISES + REGIONS),
        Subject(("product",), ("batch",)),
    ),
    dimensions=("batch_id", "year_no", "product_id", "manufacturer_id", "distributor_id"),
    exclusions={
        "withdrawn": "在响应和时限之前撤单",
        "excused_rejection": "因撤网、重复下单或医疗机构下单有误被拒绝",
    },
    own_windows=True,
    line_label="订单行",
)
