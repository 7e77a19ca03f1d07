"""Who reports a surge, who verifies it, and as what the emergency purchase counts (S2-14.5)."""

from __future__ import annotations

from datetime import date

from core.transitions import ALLOWED, Verdict
from procurement.states.surge import CLAUSE

HOSPITAL_ROLES = ("clerk", "reviewer", "leader", "storekeeper")
OFFICERS = ("clerk", "reviewer", "leader")
BEFORE_DAYS = 30
"""How long before the report an order may have been placed because of the surge; platform default."""
PUBLIC = ("epidemic", "disaster")
"""Causes that are a public emergency: with them the agreed quantity may be left unassessed (14.2)."""
LONGEST_DAYS = 366
"""Of one report: longer than a year is no emergency."""


def reports_surge(*, kind: str, has_role: bool) -> Verdict:
    """An institution, for itself."""
    if kind != "institution":
        return Verdict(False, "应急需求由医疗机构报告", CLAUSE)
    if not has_role:
        return Verdict(False, "报告应急需求需要本机构的经办、审核、负责人或库管角色", CLAUSE)
    return ALLOWED


def counts_as(*, roles: frozenset[str], lent: bool = False, cause: str = "") -> str:
    """The kind of exemption that fits a product by its roles in the institution's supply region.

    A standby product counts as selected (14.5b), a non-selected one is left out of the assessment
    (14.5c). Empty for a selected one: it counts by itself; but where packs of it were `lent` by
    another institution in a public emergency, its agreed quantity is not assessed (14.2).
    """
    if "selected" in roles:
        return "agreed_volume" if lent and cause in PUBLIC else ""
    return "standby_counts" if "standby" in roles else "non_selected"


def may_count(*, from_on: date, to_on: date) -> Verdict:
    """Days in order, and not longer than LONGEST_DAYS."""
    if to_on < from_on:
        return Verdict(False, "截止日不能早于起始日", CLAUSE)
    if (to_on - from_on).days >= LONGEST_DAYS:
        return Verdict(False, f"一次认定不超过 {LONGEST_DAYS} 天，请缩短或分次报告", CLAUSE)
    return ALLOWED
