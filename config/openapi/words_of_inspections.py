"""Field words of 督导检查."""

_WHOLE = ("SiteInspection", "SiteInspectionRow")

FIELDS_OF_INSPECTIONS = {
    **{
        f"{name}.{field}": words
        for name in _WHOLE
        for field, words in (
            ("inspection_no", "督导检查编号"), ("level", "层级：county 县级、city 市级、province 省级"),
            ("office", "检查单位代码"), ("office_name", "检查单位"),
            ("subject", "被检查单位代码"), ("subject_name", "被检查单位"), ("matter", "检查事由"),
            ("clause", "依据"), ("action", "所依监管措施编号"), ("fed_back_at", "反馈时间"),
            ("conclusion", "反馈意见"), ("letter_no", "反馈文号"), ("due_on", "整改期限"),
            ("due_provisional", "整改期限暂定"), ("answered_at", "整改答复时间"), ("note", "意见"),
            ("state", "状态：planned 待检查、visited 已检查待反馈、rectifying 待整改、answered 整改待核、returned 整改不到位、closed 已办结、cancelled 已取消"),
            ("items", "检查清单，反馈之前被检查单位只看到检查内容"),
        )
    },
    "task_no": "检查任务编号",
    "task_name": "检查任务名称",
    "announced": "是否事先通知",
    "planned_on": "计划日期",
    "inspectors": "检查人员",
    "visited_on": "检查日期",
    "present": "被检查单位在场人员；反馈之前对被检查单位为空",
    "visit_note": "检查情况；反馈之前对被检查单位为空",
    **{
        f"{name}.seq": "检查清单的序号"
        for name in ("SiteInspectionItem", "FoundItem", "MendedItem", "JudgedItem")
    },
    "SiteInspectionItem.matter": "检查内容",
    "SiteInspectionItem.clause": "依据",
    "SiteInspectionItem.result": "检查结果",
    "SiteInspectionItem.finding": "发现的问题",
    "SiteInspectionItem.demand": "整改要求",
    "SiteInspectionItem.answer": "整改情况",
    "SiteInspectionItem.verdict": "整改认定",
    "FoundItem.result": "检查结果：ok 符合、problem 存在问题、not_applicable 不适用",
    "FoundItem.finding": "发现的问题，结果为 problem 时必填",
    "FoundItem.demand": "整改要求，结果为 problem 时必填",
    "MendedItem.answer": "整改情况",
    "JudgedItem.accepted": "是否整改到位",
    "NewSiteInspection.name": "任务名称",
    "NewSiteInspection.subjects": "被检查单位代码，最多 50 家，每家一项检查",
    "NewSiteInspection.matter": "检查事由",
    "NewSiteInspection.action": "所依监管措施编号",
    "NewSiteInspection.items": "检查内容，最多 40 项；不填用该类单位的标准清单",
    "SiteInspectionNote.note": "原因",
    "SiteInspectionDay.note": "改期原因",
    "SiteInspectionVisit.results": "清单每一项的结果",
    "SiteInspectionFeedBack.conclusion": "反馈意见，写入意见书",
    "SiteInspectionFeedBack.due_on": "整改期限；不填按省级设定的整改工作日",
    "SiteInspectionAnswer.answers": "每一项待整改问题的整改情况",
    "SiteInspectionJudge.verdicts": "每一项已答复问题的认定",
    "SiteInspectionJudge.note": "核实意见",
}  # fmt: skip
