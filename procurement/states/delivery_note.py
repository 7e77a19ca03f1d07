"""States of a distributor's delivery note (配送单); that all of it was received follows from receipts."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition
from procurement.states.order_line import SUPPLY_CLAUSE


class NoteState(models.TextChoices):
    SHIPPED = "shipped", "已发货"
    DELIVERED = "delivered", "已送达"


SENDER = "sender"

NOTE_MACHINE: StateMachine[Any] = StateMachine(
    name="delivery_note",
    label="配送单",
    transitions=(
        Transition(
            "deliver", "登记送达", frozenset({"shipped"}), "delivered",
            by=frozenset({SENDER}), clause=SUPPLY_CLAUSE,
        ),
    ),
    state_labels=dict(NoteState.choices),
    standing_labels={SENDER: "发货的配送企业"},
)  # fmt: skip

NOTE_LEVELS = {"shipped": "blue", "delivered": "yellow", "received": "green"}
