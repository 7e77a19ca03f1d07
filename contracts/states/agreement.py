"""States of one version of a tripartite agreement (三方协议)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 二"


class AgreementState(models.TextChoices):
    UNSIGNED = "unsigned", "待签"
    PARTIAL = "partial", "部分签署"
    IN_FORCE = "in_force", "生效"
    EXPIRED = "expired", "到期"
    TERMINATED = "terminated", "终止"
    SUPERSEDED = "superseded", "变更为新版本"
    REFUSED = "refused", "已拒签"


class Party(models.TextChoices):
    INSTITUTION = "institution", "医疗机构"
    MANUFACTURER = "manufacturer", "生产企业"
    DISTRIBUTOR = "distributor", "配送企业"


PENDING = ("unsigned", "partial")
"""Versions that wait for signatures."""

SIGNER = "signer"
PARTY = "party"
BUREAU = "bureau"
CLOCK = "clock"

AGREEMENT_MACHINE: StateMachine[Any] = StateMachine(
    name="agreement",
    label="三方协议",
    transitions=(
        Transition(
            "sign", "签署", frozenset({"unsigned", "partial"}), "partial",
            by=frozenset({SIGNER}), clause=CLAUSE,
        ),
        Transition(
            "enter", "三方签齐生效", frozenset({"partial"}), "in_force",
            by=frozenset({CLOCK}), clause=CLAUSE,
        ),
        Transition(
            "refuse", "拒签", frozenset({"unsigned", "partial"}), "refused",
            by=frozenset({SIGNER}), needs=("refusal_reason",), clause=CLAUSE,
        ),
        Transition(
            "supersede", "被新版本替代", frozenset({"unsigned", "partial", "in_force"}),
            "superseded", by=frozenset({CLOCK}), clause=CLAUSE,
        ),
        Transition(
            "terminate", "终止", frozenset({"in_force"}), "terminated",
            by=frozenset({BUREAU}), needs=("ending_reason",), clause=CLAUSE,
        ),
        Transition(
            "expire", "到期", frozenset({"in_force"}), "expired",
            by=frozenset({CLOCK}), clause=CLAUSE,
        ),
    ),
    state_labels=dict(AgreementState.choices),
    standing_labels={
        SIGNER: "尚未签署的一方的负责人（或持授权书的代签单位的负责人）",
        PARTY: "协议各方", BUREAU: "主管医保局", CLOCK: "平台",
    },
    input_labels={"refusal_reason": "拒签原因", "ending_reason": "终止原因"},
)  # fmt: skip

AGREEMENT_LEVELS = {
    "unsigned": "yellow", "partial": "blue", "in_force": "green", "expired": "grey",
    "terminated": "grey", "superseded": "grey", "refused": "red",
}  # fmt: skip
