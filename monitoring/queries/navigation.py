"""Monitoring in the menu."""

from __future__ import annotations

from monitoring.queries.actions import INVITED_KINDS
from monitoring.queries.leads import reads_leads
from monitoring.queries.sanction_cases import sees_sanctions
from monitoring.queries.scores import sees_scores
from monitoring.queries.site_inspections import sees_inspections
from monitoring.states.action_kinds import LADDERS
from monitoring.states.report import OTHER_READERS
from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def _near_a_hospital(scope: Scope) -> bool:
    """Institutions and those who watch over them; enterprises see none."""
    return scope.is_business and scope.kind != "enterprise"


add(Entry(Group.MONITORING, 10, "看板", "dashboard", "layout-dashboard"))
add(Entry(Group.MONITORING, 20, "预警", "warning-list", "alert-triangle"))
add(
    Entry(
        Group.MONITORING,
        21,
        "早期提示",
        "early-notices",
        "trending-up",
        shown_to=_near_a_hospital,
    )
)
add(
    Entry(
        Group.MONITORING,
        25,
        "进院排查",
        "entry-checks",
        "clipboard-check",
        shown_to=_near_a_hospital,
    )
)


def _of_supply(scope: Scope) -> bool:
    """Manufacturers see their own products; authorities of the province all."""
    return (scope.is_region_authority and scope.region_level == "province") or (
        scope.is_business and scope.is_manufacturer
    )


add(
    Entry(
        Group.MONITORING,
        23,
        "供应不达标产品",
        "supply-limits",
        "truck-delivery",
        shown_to=_of_supply,
    )
)


def _acts_or_is_acted_on(scope: Scope) -> bool:
    """Bureaus, whom they act against, and offices that are invited."""
    return scope.is_bureau or (scope.is_business and scope.kind in (*LADDERS, *INVITED_KINDS))


add(Entry(Group.MONITORING, 22, "监管措施", "action-list", "gavel", shown_to=_acts_or_is_acted_on))
add(
    Entry(
        Group.MONITORING, 23, "督导检查", "site-inspections", "clipboard-check",
        shown_to=sees_inspections,
    )
)  # fmt: skip
add(
    Entry(
        Group.MONITORING, 24, "惩戒案件", "sanction-cases", "ban", shown_to=sees_sanctions
    )
)  # fmt: skip
add(Entry(Group.MONITORING, 27, "供应评分", "score-list", "chart-bar", shown_to=sees_scores))
add(Entry(Group.MONITORING, 26, "考核豁免", "exemption-applications", "clipboard-check"))
add(
    Entry(
        Group.MONITORING,
        24,
        "年度执行考核",
        "assessed-units",
        "file-certificate",
        shown_to=_near_a_hospital,
    )
)
add(Entry(Group.MONITORING, 28, "通报", "bulletins", "bell"))


def _reports(scope: Scope) -> bool:
    """Bureaus that report or are reported to, and the other offices that receive."""
    return (scope.is_bureau and scope.region_level in ("province", "city")) or (
        scope.is_business and scope.kind in OTHER_READERS
    )


add(Entry(Group.MONITORING, 29, "工作报告", "periodic-reports", "file-text", shown_to=_reports))


def _trains(scope: Scope) -> bool:
    """Bureaus and institutions keep records; enterprises read those that they came to."""
    return scope.is_bureau or (scope.is_business and scope.kind in ("institution", "enterprise"))


add(Entry(Group.MONITORING, 32, "培训和会议", "trainings", "calendar-stats", shown_to=_trains))
add(Entry(Group.MONITORING, 31, "线索", "leads", "search", shown_to=reads_leads))
add(Entry(Group.MONITORING, 30, "监测指标", "indicator-list", "chart-line"))


def _starts_long_work(scope: Scope) -> bool:
    return scope.is_province_bureau or (scope.is_business and scope.has_role("importer"))


add(Entry(Group.DATA, 90, "后台任务", "job-list", "clock", shown_to=_starts_long_work))
