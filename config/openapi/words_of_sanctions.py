"""Field words of 惩戒案件."""

_BOTH = ("SanctionCase", "NewSanctionCase")

FIELDS_OF_SANCTIONS = {
    **{
        f"{name}.{field}": words
        for name in _BOTH
        for field, words in (
            ("kind", "种类：cancel 取消中选资格、credit 信用评价、penalty 按采购文件惩戒"),
            ("cause", "事由类别"), ("subject", "当事企业代码"), ("batch", "批次代码"),
            ("product", "产品的国家医保编码"), ("action", "所依监管措施编号"),
            ("matter", "事实和证据"), ("clause", "依据"), ("amount", "涉案金额，单位：元"),
        )
    },
    "SanctionCase.case_no": "惩戒案件编号",
    "SanctionCase.office": "立案单位代码",
    "SanctionCase.subject_name": "当事企业",
    "occurred_on": "行为发生日",
    "topmost": "顶格情形：向医保、集采机构人员行贿，或国家集采中围标串标",
    "SanctionCase.scale": "适用的裁量基准：2020 或 2025，按行为发生日；其他种类为空",
    "drafted_at": "立案时间",
    "proposal": "拟处理意见，写入告知书",
    "proposed_grade": "拟定失信等级",
    "notice_no": "告知书文号",
    "noticed_at": "告知时间",
    "statement_due_on": "陈述申辩期限，含当日",
    "SanctionCase.due_provisional": "陈述申辩期限暂定",
    "SanctionNotice.due_on": "陈述申辩期限；不填为 5 个工作日",
    "SanctionCase.statement": "陈述申辩意见",
    "SanctionStatement.statement": "陈述申辩意见",
    "stated_at": "陈述申辩时间",
    "SanctionCase.decision": "决定内容",
    "SanctionDecision.decision": "决定内容，写入决定书",
    "SanctionCase.grade": "失信等级",
    "SanctionDecision.grade": "失信等级，信用评价必填",
    "grade_reason": "等级理由，与裁量基准对应等级不一致时必填",
    "decision_no": "决定书文号",
    "SanctionCase.decided_at": "决定时间",
    "SanctionCase.effective_on": "生效日",
    "SanctionDecision.effective_on": "生效日，最早为明天",
    "SanctionCase.effective_to": "截止日，含当日；空为执行到准予修复",
    "SanctionDecision.effective_to": "截止日，含当日；取消中选资格不填",
    "enacted_at": "执行时间",
    "stops": "采购限制：none 不中止、product 中止涉案产品、all 中止该企业全部产品",
    "SanctionCase.repair": "整改和修复情况",
    "SanctionRepair.repair": "整改和修复情况",
    "repair_asked_at": "申请修复时间",
    "SanctionCase.ended_on": "结束日",
    "SanctionCase.note": "意见",
    "SanctionNote.note": "理由",
    "SanctionJudged.note": "核实意见",
    "SanctionJudged.granted": "是否准予修复",
    "SanctionCase.state": "状态：drafted 立案核实、noticed 已告知、stated 已陈述申辩、decided 已决定待生效、in_effect 执行中、repairing 申请修复、repaired 已修复、expired 期满、revoked 已撤销、dismissed 不予惩戒",
}  # fmt: skip
