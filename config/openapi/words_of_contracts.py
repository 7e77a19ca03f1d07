"""What the fields of delivery relations and agreements mean."""

FIELDS_OF_CONTRACTS = {
    "relation_no": "配送关系编号",
    "relation_nos": "点选产生的配送关系编号",
    "stage": "今天的状态，文字",
    "most": "点选时每产品、每统筹区的配送企业上限；0 为不限",
    "replaces": "更换的原配送关系编号",
    "replaces_no": "要更换的原配送关系编号；空为新增",
    "refusal_reason": "拒绝原因，至多 500 字",
    "ending_reason": "终止原因，至多 500 字",
    "ends": "终止日期，当天起不再有效",
    "valid_until": "终止日期，当天起不再有效；空为长期",
    "pointed_at": "点选时间",
    "pool_code": "统筹区代码",
    "county_code": "6 位行政区划代码；空为整个统筹区",
    "batch_code": "批次代码；空为不限批次",
    "relations": "要点选的配送关系，1 至 2,000 条",
    "fits": "能否点选",
    "reasons": "能或不能点选的说明",
    "DeliveryRelation.state": "状态：pointed 待确认、accepted 已确认、refused 已拒绝、withdrawn 已撤回、ended 已终止、replaced 已更换",
}
