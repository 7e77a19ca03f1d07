"""Who recalls, until when holders report, and when what they report adds up."""

from __future__ import annotations

from decimal import Decimal

from core.transitions import ALLOWED, Verdict

OFFICERS = ("clerk", "reviewer", "leader")
HOLDER_ROLES = ("clerk", "reviewer", "leader", "storekeeper")
CLAUSE = "赣医保字〔2024〕22号 十三、十八（五）"
REPORT_WORKDAYS = {"1": 1, "2": 3, "3": 7}
"""Working days for the holders' reports by level: 平台默认, after 药品召回管理办法's 1, 3 and 7 days."""
MOST_LOTS = 50


def opens_recall(*, is_maker: bool, is_office: bool, has_role: bool) -> Verdict:
    """The product's manufacturer, a drug regulator, or the province's bureau."""
    if not is_maker and not is_office:
        return Verdict(False, "召回由该产品的生产企业、药监部门或省级医保局发起", CLAUSE)
    if not has_role:
        return Verdict(False, "发起召回需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def adds_up(*, held: Decimal, reported: Decimal, note: str) -> Verdict:
    """封存, 退回 and 已用 together are what the platform says is held; a difference is explained."""
    if reported != held and not note.strip():
        return Verdict(
            False,
            f"封存、退回、已使用合计 {reported.normalize():f}，与应处置数 {held.normalize():f} 不符："
            "请核对，或填写说明",
            CLAUSE,
        )
    return ALLOWED
