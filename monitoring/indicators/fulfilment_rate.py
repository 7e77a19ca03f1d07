"""供应配送率: its words, subjects and windows; its lines are in fulfilment_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, UNIT, Indicator, Subject

FULFILMENT_RATE = Indicator(
    code="fulfilment_rate",
    label="供应配送率",
    clause="鲁 指标二",
    unit="比例",
    numerator="各订单行 min(截止时刻前验收包装数 − 退货, 订购包装数) × 单价之和（元）",
    denominator="配送时限在期间内的订单行订购包装数 × 单价之和（元）",
    windows=("month", "ytd"),
    subjects=(
        Subject(ENTERPRISES + REGIONS),
        Subject(("product",), ("batch",)),
        Subject(UNIT, ("batch", "product")),
    ),
    dimensions=("batch_id", "year_no", "product_id", "manufacturer_id", "distributor_id"),
    exclusions={
        "withdrawn": "在响应和时限之前撤单",
        "excused_rejection": "因撤网、重复下单或医疗机构下单有误被拒绝",
    },
    own_windows=True,
    line_label="订单行",
)
