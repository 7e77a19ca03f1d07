"""约定采购量完成率: its words, subjects and windows; its lines are in completion_rate.sql."""

from monitoring.indicators.declaration import UNIT, Indicator, Subject

COMPLETION_RATE = Indicator(
    code="completion_rate",
    label="约定采购量完成率",
    clause="赣2024 五；鲁 指标四；陕 五",
    unit="比例",
    numerator="中选采购的验收量，加按约定量比例分摊到本单元同品种中选产品的核实备供量（基本单位，退货为负）",
    denominator="已生效协议的约定采购量 A（基本单位）",
    windows=("ytd",),
    subjects=(Subject(UNIT, ("batch", "product")),),
    dimensions=("batch_id", "year_no", "product_id"),
    assessed_note="有不考核约定量豁免（重点监控、公共卫生事件、指南变化）的行不纳入考核，数值不变",
    line_label="协议行、收货与退货",
)
