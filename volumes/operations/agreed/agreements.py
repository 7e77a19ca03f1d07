"""From confirmed quantities to agreements: volumes calls contracts, which knows no reports."""

from __future__ import annotations

from datetime import datetime

from contracts.operations.agreements.generate import (
    AgreedRow,
    Generated,
    Tell,
    generate_agreements,
    say_nothing,
)
from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import NotYours, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import AgreedQuantity, AgreedRound, AgreedShare
from volumes.queries.agreed import round_standings
from volumes.rules.unbound import RULE
from volumes.states.agreed import CLAUSE, AgreedBasis

DRAFT_AGREEMENTS = "draft_agreements"


@operation
def request_agreements(*, row: AgreedRound, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the making of this round's agreements. Raises NotYours, TransitionRefused."""
    if not round_standings(scope, row):
        raise NotYours("由发起的省级医保局的审核或负责人生成协议", CLAUSE)
    held = AgreedRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.state != AgreedRound.State.CONFIRMED:
        raise TransitionRefused("约定采购量确认以后才能生成协议", CLAUSE)
    return enqueue(
        kind=DRAFT_AGREEMENTS, key=held.round_no,
        arguments={"round": held.round_no, "user": by.pk}, by=by, at=at,
    )  # fmt: skip


def unbound_quantities(row: AgreedRound) -> int:
    """How many quantities of the round make no agreement because they are bound to no brand."""
    rows = AgreedQuantity.objects.filter(round=row, basis=AgreedBasis.UNBOUND, computed_qty__gt=0)
    return rows.count()


@operation
def draft_agreements(
    *, row: AgreedRound, by: Actor, scope: Scope, at: datetime, tell: Tell = say_nothing
) -> Generated:
    """One line per product's agreed quantity with its selected price; what makes none is told why.

    Quantities that stay unbound to a brand make no agreement (`rules.unbound`).
    """
    shares = AgreedShare.objects.filter(
        quantity__round=row, agreed_qty__gt=0, price__isnull=False
    ).order_by("institution_id", "product_id")
    rows = [
        AgreedRow(unit, product, quantity, price)
        for unit, product, quantity, price in shares.values_list(
            "institution_id", "product_id", "agreed_qty", "price"
        )
        if price is not None
    ]
    unbound = unbound_quantities(row)
    if unbound and not rows:
        raise TransitionRefused(f"{unbound:,} 行约定量都不限厂牌：{RULE}", row.unbound_clause)
    return generate_agreements(
        batch=row.batch, year_no=row.year_no, rows=rows, by=by, scope=scope, at=at, tell=tell
    )
