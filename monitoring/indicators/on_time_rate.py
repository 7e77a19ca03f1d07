"""配送及时率: its words, subjects and windows; its lines are in on_time_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, Indicator, Subject

ON_TIME_RATE = Indicator(
    code="on_time_rate",
    label="配送及时率",
    clause="赣2024 三",
    unit="比例",
    numerator="在配送时限内（含当刻）足量送达的订单行数",
    denominator="配送时限在当月的中选、备供订单行数",
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
