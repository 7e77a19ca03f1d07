"""States of a listing (挂网), why one is closed, and the table of its transitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class ListingState(models.TextChoices):
    LISTED = "listed", "已挂网"
    SUSPENDED = "suspended", "暂停采购"
    WITHDRAWN = "withdrawn", "已撤网"


LEVELS = {"listed": "green", "suspended": "orange", "withdrawn": "grey"}


class ListingWay(models.TextChoices):
    DIRECT = "direct", "直接挂网"
    THROUGH = "through", "直通挂网"
    FILLING = "filling", "递补挂网"
    CONDITIONAL = "conditional", "附条件挂网"


class ClosingReason(models.TextChoices):
    REGISTRATION = "registration", "注册证失效"
    OVER_MAXIMUM = "over_maximum", "超过最高挂网价"
    QUALITY = "quality", "质量风险"
    SUPPLY = "supply", "不能供应"
    ENTERPRISE = "enterprise", "企业申请"
    CREDIT = "credit", "信用评价处置"
    UNANSWERED = "unanswered", "函询未答复"
    OTHER = "other", "其他"


@dataclass(frozen=True)
class ClosingTerms:
    """The clause that a reason rests on and the way back, where the officer writes no other."""

    clause: str
    how_to_restore: str


TERMS: dict[str, ClosingTerms] = {
    "registration": ClosingTerms(
        "国家药品监督管理规定", "由生产企业提交延续后的注册证，审核生效后恢复"
    ),
    "over_maximum": ClosingTerms(
        "S2-10.3", "由生产企业把挂网价调整到最高挂网价以内后，提出恢复申请"
    ),
    "quality": ClosingTerms("S2-13.4", "药品监管部门确认质量风险排除后，由关闭单位恢复"),
    "supply": ClosingTerms("S2-3.6", "由生产企业提交恢复供应的书面承诺和库存证明后，提出恢复申请"),
    "enterprise": ClosingTerms("", "由生产企业提出恢复申请"),
    "credit": ClosingTerms("S2-3.6", "信用修复并满处置期限后，由生产企业提出恢复申请"),
    "unanswered": ClosingTerms("S0-二(六)b", "由生产企业答复函询并提交证明材料后，提出恢复申请"),
    "other": ClosingTerms("", "由生产企业向关闭单位提出恢复申请"),
}

OFFICER = "listing_officer"
QUALITY_OFFICER = "quality_officer"
CLOSER = "closing_office"
RULE = "platform_rule"

_INPUTS = {"reason_code": "原因类别", "reason": "原因"}

LISTING_MACHINE: StateMachine[Any] = StateMachine(
    name="listing",
    label="挂网产品",
    transitions=(
        Transition(
            "suspend", "暂停采购", frozenset({"listed"}), "suspended",
            by=frozenset({OFFICER, QUALITY_OFFICER, RULE}), needs=("reason_code", "reason"),
            clause="S2-10.3",
        ),
        Transition(
            "restore", "恢复挂网", frozenset({"suspended"}), "listed",
            by=frozenset({OFFICER, CLOSER, RULE}), needs=("reason",),
        ),
        Transition(
            "withdraw", "撤网", frozenset({"listed", "suspended"}), "withdrawn",
            by=frozenset({OFFICER, RULE}), needs=("reason_code", "reason"), clause="S2-10.3",
        ),
        Transition(
            "relist", "重新挂网", frozenset({"withdrawn"}), "listed",
            by=frozenset({OFFICER, RULE}), needs=("reason",),
        ),
    ),
    state_labels=dict(ListingState.choices),
    standing_labels={
        OFFICER: "省医保局或省采购服务中心",
        QUALITY_OFFICER: "药品监督管理部门",
        CLOSER: "关闭该产品的单位",
        RULE: "平台规则",
    },
    input_labels=_INPUTS,
)  # fmt: skip
