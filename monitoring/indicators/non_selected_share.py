"""非中选占比: its words, subjects and windows; its lines are in non_selected_share.sql."""

from monitoring.indicators.declaration import REGIONS, UNIT, Indicator, Subject

NON_SELECTED_SHARE = Indicator(
    code="non_selected_share",
    label="非中选占比",
    clause="赣2024 五、十四；赣2026 考核；鲁 指标五；陕 四(三)",
    unit="比例",
    numerator="非中选产品验收量（剔除后，基本单位）",
    denominator="非中选验收量 + 中选验收量 + 核实备供验收量（基本单位）",
    windows=("month", "ytd"),
    subjects=(Subject(UNIT + REGIONS, ("batch", "group")),),
    dimensions=("batch_id", "year_no", "group_id"),
    exclusions={
        "standby": "备供采购，未经核实视作中选",
        "cheaper_equal_quality": "同等质量且单价低于本地区最低中选价（赣2024 十四）",
        "verified_surge": "经核实的需求激增，不计考核（赣2024 十四）",
    },
    assessed_note="该单元在该批次、年度、品种没有已生效协议的行不纳入考核",
    line_label="收货与退货",
)
