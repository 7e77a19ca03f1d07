"""Who recalls, until when holders report, and when what they report adds up."""

from __future__ import annotations

from decimal import Decimal

from core.transitions import ALLOWED, Verdict
from procurement.states.recall import LESS, MORE, Difference

OFFICERS = ("clerk", "reviewer", "leader")
HOLDER_ROLES = ("clerk", "reviewer", "leader", "storekeeper")
CLAUSE = "赣医保字〔2024〕22号 十三、十八（五）"
REPORT_KEYS = {
    "1": "recall_first_workdays",
    "2": "recall_second_workdays",
    "3": "recall_third_workdays",
}
"""By level: the parameter of working days for the holders' reports, after 药品召回管理办法."""
MOST_LOTS = 50


def opens_recall(*, is_maker: bool, is_office: bool, has_role: bool) -> Verdict:
    """The product's manufacturer, a drug regulator, or the province's bureau."""
    if not is_maker and not is_office:
        return Verdict(False, "召回由该产品的生产企业、药监部门或省级医保局发起", CLAUSE)
    if not has_role:
        return Verdict(False, "发起召回需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def adds_up(*, held: Decimal, reported: Decimal, kind: str, note: str) -> Verdict:
    """封存, 退回 and 已用 together are what the platform says is held.

    A difference is of a stated kind that fits it, and told in words; more packs than were ever
    received are not taken without saying where they came from.
    """
    if reported == held:
        return ALLOWED
    fitting = MORE if reported > held else LESS
    said = (
        f"封存、退回、已使用合计 {reported.normalize():f}，与应处置数 {held.normalize():f} 不符"
        f"（{'多' if reported > held else '少'} {abs(reported - held).normalize():f}）"
    )
    labels = "；".join(each.label for each in Difference if each in fitting)
    if kind not in fitting:
        return Verdict(False, f"{said}：请核对，或选择差异原因（{labels}）", CLAUSE)
    if not note.strip():
        return Verdict(False, f"{said}：请在说明中写明经过", CLAUSE)
    return ALLOWED
