"""Who may change the working-day calendar."""

from __future__ import annotations

from core.transitions import ALLOWED, Verdict

CALENDAR_ROLES = ("reviewer", "leader")


def uploads_calendar(*, is_province_bureau: bool, has_role: bool) -> Verdict:
    """The calendar binds all deadlines of the province: its bureau's reviewer or leader enters it."""
    if not is_province_bureau:
        return Verdict(False, "工作日历由省级医保局录入")
    if not has_role:
        return Verdict(False, "录入工作日历需要省级医保局的审核或负责人角色")
    return ALLOWED
