"""States of a power of attorney (授权书) and of a record of 处置."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class PowerState(models.TextChoices):
    ACTIVE = "active", "有效"
    REVOKED = "revoked", "已撤销"


class DisposalState(models.TextChoices):
    OPEN = "open", "处置中"
    CLOSED = "closed", "已办结"


PRINCIPAL = "principal"
OFFICE = "office"
DISPOSAL_CLAUSE = "江西2026 二（二）；赣医保字〔2024〕22号 二"

POWER_MACHINE: StateMachine[Any] = StateMachine(
    name="power_of_attorney",
    label="授权书",
    transitions=(
        Transition(
            "revoke", "撤销授权", frozenset({"active"}), "revoked",
            by=frozenset({PRINCIPAL}), needs=("revocation_reason",),
        ),
    ),
    state_labels=dict(PowerState.choices),
    standing_labels={PRINCIPAL: "授权单位（或登记授权书的医共体牵头机构）"},
    input_labels={"revocation_reason": "撤销原因"},
)  # fmt: skip

DISPOSAL_MACHINE: StateMachine[Any] = StateMachine(
    name="agreement_disposal",
    label="处置记录",
    transitions=(
        Transition(
            "close", "办结", frozenset({"open"}), "closed",
            by=frozenset({OFFICE}), needs=("outcome",), clause=DISPOSAL_CLAUSE,
        ),
    ),
    state_labels=dict(DisposalState.choices),
    standing_labels={OFFICE: "作出处置的医保局"},
    input_labels={"outcome": "处置结果"},
)  # fmt: skip

POWER_LEVELS = {"active": "green", "revoked": "grey"}
DISPOSAL_LEVELS = {"open": "orange", "closed": "green"}
