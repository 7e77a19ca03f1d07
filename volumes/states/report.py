"""A reporting unit's report: in the institution, then county, city and province by parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict

CLERK, REVIEWER, LEADER = "clerk", "reviewer", "leader"
OFFICE, CLOCK = "office", "clock"
CLAUSE = "赣2024 十二"


class ReportState(models.TextChoices):
    NOT_STARTED = "not_started", "未填"
    DRAFTING = "drafting", "填报中"
    HOSPITAL_REVIEW = "hospital_review", "院内待审"
    LEADER_REVIEW = "leader_review", "待负责人提交"
    SUBMITTED = "submitted", "已提交"
    COUNTY_REVIEW = "county_review", "县级审核"
    CITY_REVIEW = "city_review", "市级审核"
    PROVINCE_REVIEW = "province_review", "省级审核"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "退回"


LEVELS = {
    "not_started": "grey", "drafting": "yellow", "hospital_review": "yellow",
    "leader_review": "yellow", "submitted": "blue", "county_review": "blue", "city_review": "blue",
    "province_review": "blue", "confirmed": "green", "returned": "orange",
}  # fmt: skip
WRITING_STATES = ("not_started", "drafting", "returned")
INSIDE_STATES = (*WRITING_STATES, "hospital_review", "leader_review")
REVIEW_STATES = ("county_review", "city_review", "province_review")
HANDED_STATES = ("submitted", *REVIEW_STATES, "confirmed")
"""In these the figures stand as they were handed in; nobody changes them."""
STATE_OF_LEVEL = {
    "county": "county_review", "city": "city_review", "province": "province_review",
}  # fmt: skip


def next_level(report: Any) -> str:
    """The level after the one that has it; empty at the last."""
    path = list(report.path)
    if report.level not in path:
        return path[0] if path else ""
    place = path.index(report.level) + 1
    return path[place] if place < len(path) else ""


def _goes_to(level: str) -> Callable[[Any], Verdict]:
    def guard(report: Any) -> Verdict:
        if next_level(report) == level:
            return ALLOWED
        return Verdict(False, "下一个审核层级不是这一级，请按本报量的审核层级办理")

    return guard


def _is_last(report: Any) -> Verdict:
    if next_level(report) == "":
        return ALLOWED
    return Verdict(False, "上级尚未审核，请通过并转报上级")


def _step(
    verb: str, label: str, sources: set[str], target: str, by: set[str], *needs: str,
    guards: tuple[Any, ...] = (), clause: str = "",
) -> Transition:  # fmt: skip
    return Transition(
        verb, label, frozenset(sources), target, by=frozenset(by), needs=needs, guards=guards,
        clause=clause,
    )  # fmt: skip


_REVIEWED = {"submitted", *REVIEW_STATES}

REPORT_MACHINE: StateMachine[Any] = StateMachine(
    name="volume_report",
    label="报量",
    transitions=(
        _step("begin", "开始填报", {"not_started"}, "drafting", {CLERK}),
        _step(
            "hand_in", "送院内审核", {"drafting", "returned"}, "hospital_review", {CLERK},
            clause=CLAUSE,
        ),
        _step(
            "recall", "撤回修改", {"hospital_review", "leader_review"}, "drafting", {CLERK}
        ),
        _step(
            "hand_back", "退回经办修改", {"hospital_review", "leader_review"}, "drafting",
            {REVIEWER, LEADER}, "opinion",
        ),
        _step("endorse", "院内审核通过", {"hospital_review"}, "leader_review", {REVIEWER, LEADER}),
        _step(
            "submit", "提交", {"leader_review"}, "submitted", {LEADER}, "submitted_at", clause=CLAUSE
        ),
        _step("withdraw", "撤回提交", {"submitted"}, "drafting", {LEADER}),
        _step(
            "take_county", "开始县级审核", {"submitted"}, "county_review", {OFFICE},
            guards=(_goes_to("county"),),
        ),
        _step(
            "take_city", "开始市级审核", {"submitted"}, "city_review", {OFFICE},
            guards=(_goes_to("city"),),
        ),
        _step(
            "take_province", "开始省级审核", {"submitted"}, "province_review", {OFFICE},
            guards=(_goes_to("province"),),
        ),
        _step(
            "forward_city", "通过，转市级审核", {"county_review"}, "city_review", {OFFICE},
            guards=(_goes_to("city"),),
        ),
        _step(
            "forward_province", "通过，转省级审核", {"county_review", "city_review"},
            "province_review", {OFFICE}, guards=(_goes_to("province"),),
        ),
        _step(
            "confirm", "通过并确认", set(REVIEW_STATES), "confirmed", {OFFICE}, guards=(_is_last,)
        ),
        _step("return", "退回", _REVIEWED, "returned", {OFFICE}, "opinion", clause=CLAUSE),
        _step("reopen", "重新开放填报", {"confirmed"}, "returned", {OFFICE}, "opinion"),
    ),
    state_labels=dict(ReportState.choices),
    standing_labels={
        CLERK: "填报单位的经办",
        REVIEWER: "填报单位的审核",
        LEADER: "填报单位的负责人",
        OFFICE: "承担该级审核的医保局的审核或负责人",
        CLOCK: "定时任务",
    },
    input_labels={"opinion": "意见", "submitted_at": "提交时间"},
)  # fmt: skip
