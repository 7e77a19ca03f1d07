"""States of a batch that is being made: nobody of the trade sees it before it is published."""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.states.two_people import CONFIRMER
from core.transitions import StateMachine, Transition

MAKER = "maker"


class DraftState(models.TextChoices):
    DRAFT = "draft", "编制中"
    SUBMITTED = "submitted", "待复核"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已作废"


LEVELS = {"draft": "blue", "submitted": "yellow", "published": "green", "withdrawn": "grey"}


class DocumentPart(models.TextChoices):
    """The four parts of an execution document (赣2024 一, S2-1.1)."""

    RESULTS = "results", "中选（备选）结果"
    PAYMENT = "payment", "医保支付政策"
    SUPPLY = "supply", "产品供应清单"
    VOLUMES = "volumes", "约定采购量"


DRAFT_MACHINE: StateMachine[Any] = StateMachine(
    name="batch_draft",
    label="批次草案",
    transitions=(
        Transition(
            "submit", "提交复核", frozenset({"draft"}), "submitted", by=frozenset({MAKER}),
            clause="赣医保字〔2024〕22号 一",
        ),
        Transition(
            "publish", "复核发布", frozenset({"submitted"}), "published",
            by=frozenset({CONFIRMER}), clause="赣医保字〔2024〕22号 一",
        ),
        Transition(
            "return", "退回修改", frozenset({"submitted"}), "draft",
            by=frozenset({CONFIRMER}), needs=("note",),
        ),
        Transition(
            "withdraw", "作废", frozenset({"draft", "submitted"}), "withdrawn",
            by=frozenset({MAKER}), needs=("note",),
        ),
    ),
    state_labels=dict(DraftState.choices),
    standing_labels={
        MAKER: "省级医保局经办、审核或负责人",
        CONFIRMER: "提交人以外的省级医保局审核或负责人",
    },
    input_labels={"note": "原因"},
)  # fmt: skip
