"""Who enters inspections and samples, reports quality, and holds a product back from use."""

from __future__ import annotations

from core.transitions import ALLOWED, Verdict

OFFICERS = ("clerk", "reviewer", "leader")
HOSPITAL_ROLES = ("clerk", "reviewer", "leader", "storekeeper")
REPORT_CLAUSE = "赣医保字〔2024〕22号 十三"
WATCH_CLAUSE = "赣医保字〔2024〕22号 十八"


def records_inspections(*, kind: str, has_role: bool) -> Verdict:
    """Inspections and samples are the drug regulator's own."""
    if kind != "regulator":
        return Verdict(False, "监督检查和抽检结果由药监部门登记", WATCH_CLAUSE)
    if not has_role:
        return Verdict(False, "登记需要药监部门的经办、审核或负责人角色", WATCH_CLAUSE)
    return ALLOWED


def reports_quality(*, kind: str, has_role: bool) -> Verdict:
    """Institutions report what they met with; others are told."""
    if kind != "institution":
        return Verdict(False, "不良反应和质量风险由医疗机构报告", REPORT_CLAUSE)
    if not has_role:
        return Verdict(False, "报告需要本机构的经办、审核、库管或负责人角色", REPORT_CLAUSE)
    return ALLOWED


def holds_use(*, kind: str, is_province_bureau: bool, has_role: bool) -> Verdict:
    """An institution for itself; a regulator in its region and the province's bureau for all."""
    if kind not in ("institution", "regulator") and not is_province_bureau:
        return Verdict(
            False, "暂停使用由医疗机构（对本机构）、药监部门或省级医保局作出", REPORT_CLAUSE
        )
    if not has_role:
        return Verdict(False, "暂停使用需要本单位的经办、审核或负责人角色", REPORT_CLAUSE)
    return ALLOWED
