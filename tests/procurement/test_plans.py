"""采购计划: the figures, the suggestion, approval inside, and the orders, once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.models import Task
from procurement.models import Order, ProcurementPlan
from procurement.operations.order_checks import OrderRefused
from procurement.operations.plans import (
    PlanChange,
    change_plan,
    make_plan,
    order_plan,
    step_plan,
)
from procurement.rules.planning import Need, suggested
from tests.days import morning
from tests.factories import ordering as make
from tests.factories import stages
from tests.factories.stages import Parties
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("figures", "packs"),
    [
        # daily, last year's month, under way, delivery days, stock; 30 days are to be covered.
        ((1, 0, 0, 3, 0), 33),
        ((1, 0, 0, 3, None), 33),
        ((1, 60, 0, 3, 0), 66),
        ((1, 0, 5, 3, 10), 18),
        ((1, 0, 0, 3, 33), 0),
        ((1, 0, 0, 3, 400), 0),
        ((0, 0, 0, 3, 0), 0),
        (("0.1", 0, 0, "2.5", 0), 4),
        ((-1, 0, 0, 3, 0), 0),
    ],
)
def test_suggestion_covers_the_days_and_the_delivery(figures: tuple[Any, ...], packs: int) -> None:
    daily, last_year, way, days, stock = (None if f is None else Decimal(f) for f in figures)
    assert daily is not None and last_year is not None and way is not None and days is not None
    assert suggested(Need(daily, last_year, 30, way, days, stock), 30) == packs


@pytest.fixture
def market() -> Market:
    """90 packs accepted in 90 days, one delivery of two days, two packs under way."""
    world = Market()
    parties = Parties(world.a, world.maker, world.d1)
    sent = morning() - timedelta(days=20)
    head = stages.order(parties, sent_at=sent)
    line = stages.order_line(parties, order=head, ordered_at=sent, product=world.selected, packs=90)
    arrived = sent + timedelta(days=2)
    delivery = stages.delivery(line=line, packs=90, recorded_at=sent, delivered_at=arrived)
    stages.receipt(line=line, delivery_id=delivery.pk, accepted_packs=90, received_at=arrived)
    world.place(world.row(packs=2), client_no="在途")
    make.receiving_place(world.a, is_default=True)
    return world


def test_plan_is_made_filled_approved_and_ordered_once(market: Market) -> None:
    clerk, reviewer = market.acting(market.a), market.acting(market.a, "reviewer")
    plan = make_plan(cover_days=30, urgent=False, note="", **clerk)
    line = plan.lines.get(product=market.selected)
    assert (line.daily_packs, line.under_way_packs, line.delivery_days) == (1, 2, 2)
    assert line.suggested_packs == line.packs == 30 + 2 - 2
    change_plan(plan=plan, changes=[PlanChange(market.selected, stock=Decimal(20))], **clerk)
    line.refresh_from_db()
    assert line.suggested_packs == line.packs == 10
    # What was typed stays when the stock is corrected afterwards.
    change_plan(plan=plan, changes=[PlanChange(market.selected, packs=Decimal(12))], **clerk)
    change_plan(plan=plan, changes=[PlanChange(market.selected, stock=Decimal(25))], **clerk)
    line.refresh_from_db()
    assert (line.suggested_packs, line.packs) == (5, 12)
    with pytest.raises(NotYours):
        step_plan(plan=plan, verb="submit", **market.acting(market.b))
    step_plan(plan=plan, verb="submit", **clerk)
    assert Task.objects.filter(act="approve_plan", organisation=market.a).count() == 1
    with pytest.raises(TransitionRefused):
        change_plan(plan=plan, changes=[PlanChange(market.selected, packs=Decimal(1))], **clerk)
    with pytest.raises(NotYours):
        step_plan(plan=plan, verb="approve", **clerk)
    with pytest.raises(TransitionRefused):
        order_plan(plan=plan, **clerk)
    approved = step_plan(plan=plan, verb="approve", **reviewer)
    assert approved.amount == Decimal("150.00")
    first = order_plan(plan=plan, **clerk)
    again = order_plan(plan=plan, **clerk)
    assert again.again and first.orders == again.orders
    assert Order.objects.filter(submission_no=plan.plan_no).count() == 1
    plan.refresh_from_db()
    assert plan.state == ProcurementPlan.State.ORDERED


def test_what_cannot_be_ordered_or_counted_is_said_and_nothing_moves(market: Market) -> None:
    clerk = market.acting(market.a)
    with pytest.raises(MissingInput):
        make_plan(cover_days=0, urgent=False, note="", **clerk)
    with pytest.raises(NotYours):
        make_plan(cover_days=30, urgent=False, note="", **market.acting(market.a, "storekeeper"))
    plan = make_plan(cover_days=30, urgent=False, note="", **clerk)
    for change in (
        PlanChange(market.selected, packs=Decimal("1.5")),
        PlanChange(market.selected, stock=Decimal(-1)),
    ):
        with pytest.raises(MissingInput):
            change_plan(plan=plan, changes=[change], **clerk)
    # A non-selected product without its clinical reason is refused when it is submitted.
    change_plan(plan=plan, changes=[PlanChange(market.other, packs=Decimal(3))], **clerk)
    with pytest.raises(OrderRefused, match="临床理由"):
        step_plan(plan=plan, verb="submit", **clerk)
    with pytest.raises(StaleVersion):
        change_plan(
            plan=plan, changes=[PlanChange(market.other, packs=Decimal(2))], seen_version=1,
            **market.acting(market.a, "reviewer"),
        )  # fmt: skip
    plan.refresh_from_db()
    assert plan.state == "draft" and plan.planned_on == shanghai_day(morning())


def test_same_month_of_last_year_counts_where_it_is_more(market: Market) -> None:
    on = shanghai_day(morning())
    stages.purchase_history(
        Parties(market.a, market.maker, market.d1), product=market.selected,
        month=on.replace(year=on.year - 1, day=1), packs=3000,
    )  # fmt: skip
    plan = make_plan(cover_days=30, urgent=False, note="", **market.acting(market.a))
    line = plan.lines.get(product=market.selected)
    assert line.last_year_packs == 3000 and line.suggested_packs > 3000


def test_a_wrong_cell_names_its_product_and_keeps_what_was_typed(
    market: Market, client: Client
) -> None:
    plan = make_plan(cover_days=30, urgent=False, note="", **market.acting(market.a))
    (line,) = plan.lines.all()
    client.force_login(market.user(market.a))
    given = {
        "cells": "1", "version": plan.row_version, f"packs:{line.pk}": "１２",
        f"stock:{line.pk}": "77",
    }  # fmt: skip
    for verb in ("save", "submit"):
        answer = client.post(reverse("plan-act", args=[plan.plan_no, verb]), given)
        shown = answer.content.decode()
        assert answer.status_code == 400
        assert f"{line.product}：请填写数字，用半角" in shown
        assert 'value="77"' in shown and 'value="１２"' in shown
    line.refresh_from_db()
    assert line.stock_packs is None
