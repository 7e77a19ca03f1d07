"""协议签订率: its words, subjects and windows; its lines are in signing_rate.sql."""

from monitoring.indicators.declaration import ENTERPRISES, REGIONS, UNIT, Indicator, Subject

SIGNING_RATE = Indicator(
    code="signing_rate",
    label="协议签订率",
    clause="赣2024 二",
    unit="比例",
    numerator="截止时刻前三方均已签订的协议行数",
    denominator="该批次该年度的协议行数",
    windows=("ytd",),
    subjects=(Subject(UNIT + REGIONS + ENTERPRISES, ("batch",)),),
    dimensions=("batch_id", "year_no", "manufacturer_id", "distributor_id"),
    line_label="协议行",
)
