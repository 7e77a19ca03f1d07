"""Field words of 考核豁免申请."""

_KIND = "种类：agreed_volume 不考核约定量、non_selected 非中选不计考核"
_CAUSE = "事由：key_monitored 纳入重点监控目录、public_health 公共卫生事件、guideline 临床指南推荐级别变化、shortage 短缺药急抢救药供应不足、other 其他临床需求重大变化"

FIELDS_OF_EXEMPTIONS = {
    **{
        f"{name}.{field}": words
        for name in ("ExemptionApplication", "GrantedExemption", "NewExemptionApplication")
        for field, words in (
            ("batch", "批次代码"), ("product", "国家医保编码"), ("kind", _KIND), ("cause", _CAUSE),
            ("institution", "医疗机构代码"), ("from_on", "认定起始日期"),
            ("to_on", "认定截止日期（含当日）"), ("granted_at", "认定时间"),
            ("application_no", "考核豁免申请编号"),
        )
    },
    "statement": "申请理由",
    "asked_from": "申请起始日期",
    "asked_to": "申请截止日期（含当日），在批次采购年度内，不超过 366 天",
    "ExemptionApplication.submitted_at": "提交时间",
    "check_note": "设区市核查意见或退回原因",
    "decision_note": "省级认定意见",
    "ExemptionApplication.state": "状态：submitted 待核查、checked 已核查待认定、returned 退回补正、granted 已认定、refused 不予认定、withdrawn 已撤回",
    "ExemptionNote.note": "意见或理由",
    "ExemptionResubmit.note": "补正后的申请理由",
    "ExemptionGrant.note": "认定意见",
    "ExemptionGrant.from_on": "认定起始日期，在申请期间之内",
    "ExemptionGrant.to_on": "认定截止日期（含当日），在申请期间之内",
}  # fmt: skip
