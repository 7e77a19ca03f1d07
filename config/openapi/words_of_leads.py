"""Field words of 线索, and of 培训和会议."""

_KIND = "类型：surge 非中选或可替代产品短期激增、concentration 采购集中于一家企业、kit 中选与非中选部件组套、refusal 约定量完成后拒绝供应、selective 选择性配送"
_TRAINING = "种类：policy 政策培训、platform 招采子系统操作培训、meeting 年度会议、internal 医疗机构内部培训"

FIELDS_OF_LEADS = {
    "lead_no": "线索编号",
    "Lead.kind": _KIND,
    "Lead.institution": "医疗机构代码；没有的为空",
    "Lead.enterprise": "企业代码；没有的为空",
    "Lead.group": "品种代码；没有的为空",
    "Lead.product": "国家医保编码；没有的为空",
    "Lead.period_from": "筛查期间第一日",
    "Lead.period_to": "筛查期间最后一日",
    "Lead.measured": "数值：激增和组套为倍数，其余为比例，字符串",
    "Lead.compared": "对照单位或对照期间的数值；没有可比的为空",
    "Lead.amount": "涉及金额（元），字符串",
    "Lead.method": "研判方法和取值，发现时的原文",
    "Lead.finding": "发现",
    "Lead.evidence": "相关订单：columns 列名、rows 行（最近 200 行）、total 总行数；发现后不变",
    "Lead.digest": "方法、发现和相关订单的 SHA-256",
    "Lead.found_at": "发现时间",
    "Lead.check_note": "核查意见",
    "Lead.receiver": "接收单位代码；没有移交的为空",
    "Lead.transfer_note": "移交说明",
    "Lead.transferred_at": "移交时间",
    "Lead.outcome": "接收单位反馈的办理结果",
    "Lead.state": "状态：found 待核查、confirmed 核查属实、dismissed 已排除、transferred 已移交、answered 已反馈",
    "LeadSearchRequest.month": "期末月份，如 2026-03，须已计算指标",
    "LeadStep.verb": "动作：confirm 核查属实、dismiss 排除、reopen 重新核查、answer 反馈办理结果",
    "LeadStep.note": "意见、理由或办理结果",
    "LeadTransfer.receiver": "接收单位代码：本省纪检监察、卫健、药监",
    "LeadTransfer.note": "移交说明，印入移交函",
    "training_no": "培训记录编号",
    "Training.organiser": "组织单位代码",
    "Training.organiser_name": "组织单位名称",
    "Training.people": "参加人数合计",
    "Training.note": "更正原因",
    "Training.state": "状态：draft 登记中、held 已登记",
    **{
        f"{name}.{field}": words
        for name in ("Training", "TrainingNew", "TrainingEdit")
        for field, words in (
            ("kind", _TRAINING), ("title", "主题"), ("held_on", "举办日期"), ("place", "地点"),
            ("content", "内容"), ("own_people", "本单位参加人数"),
        )
    },
    "attended": "参加单位，每行“机构代码 人数”；修改时整体替换",
    "TrainingStep.verb": "动作：record 登记完成、recall 更正",
    "TrainingStep.note": "更正原因；更正的必填",
    "TrainingAttended.organisation": "参加单位代码",
    "TrainingAttended.name": "参加单位名称",
    "TrainingAttended.people": "人数",
    "TrainingCoverage.code": "医疗机构代码",
    "TrainingCoverage.name": "医疗机构名称",
    "TrainingCoverage.policy": "当年参加政策培训的次数",
    "TrainingCoverage.platform": "当年参加操作培训的次数",
    "TrainingCoverage.meeting": "当年参加年度会议的次数",
    "TrainingCoverage.newest_on": "当年最近一次的日期",
}  # fmt: skip
