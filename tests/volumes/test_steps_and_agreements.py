"""Steps inside the institution by every role in every state; the floor of a renewal; rounds that become agreements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from contracts.models import AgreementItem
from core.transitions import NotYours, Refusal, TransitionRefused
from organisations.models import Organisation
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import contracts, reports, stages
from tests.factories import organisations as people
from tests.factories.stages import Parties
from tests.volumes.land import IN_TIME, LATE, Land, Quiet
from volumes.operations.agreed.agreements import draft_agreements, request_agreements
from volumes.operations.agreed.compute import compute_round
from volumes.operations.agreed.rounds import confirm_round, open_round
from volumes.operations.reports.inside import hand_back_report
from volumes.operations.reports.save import save_figures
from volumes.queries.figures import proposals, renewal_floor
from volumes.rules.figures import FigureInput
from volumes.states.report import HANDED_STATES, ReportState

ROLES = ("clerk", "reviewer", "leader", "accountant", "storekeeper")


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def tried(step: Any, **given: Any) -> str:
    """What becomes of a step that is undone again: the state, or the kind of refusal."""
    try:
        with transaction.atomic():
            state = step(**given).state
            raise Refusal(state)
    except Refusal as refusal:
        return refusal.reason if type(refusal) is Refusal else type(refusal).__name__


def test_begin_and_hand_back_in_every_state_by_every_role(land: Land) -> None:
    reports.report_task_group(land.task, group=land.g1)
    actors: list[tuple[Organisation, str]] = [(land.a, role) for role in ROLES]
    actors += [(land.b, "reviewer"), (land.offices["county"], "reviewer"), (land.maker, "clerk")]
    acting = [land.acting(of, IN_TIME, role) for of, role in actors]
    begun: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for state in ReportState.values:
        task = reports.report_task(
            organisation=land.offices["province"], batch=make.batch(), state="open",
            opens_at=land.task.opens_at, closes_at=land.task.closes_at,
        )  # fmt: skip
        reports.report_task_group(task, group=land.g1)
        row = reports.volume_report(
            land.a, task, state=state,
            submitted_at=IN_TIME if state in HANDED_STATES else None,
        )  # fmt: skip
        figure = [FigureInput("G1", "5", "clinical_demand", "测试", place=1)]
        begun[state] = [tried(save_figures, report=row, inputs=figure, **who) for who in acting]
        back[state] = [tried(hand_back_report, report=row, opinion="核对", **who) for who in acting]
    no, late = "NotYours", "TransitionRefused"
    writing = {"not_started": "drafting", "drafting": "drafting", "returned": "returned"}
    assert begun == {state: [writing.get(state, late), *[no] * 7] for state in ReportState.values}
    inside = ("hospital_review", "leader_review")
    assert back == {
        state: [no, *["drafting" if state in inside else late] * 2, *[no] * 5]
        for state in ReportState.values
    }


def test_a_renewal_proposes_no_less_than_the_policys_share_of_last_years_agreed(land: Land) -> None:
    for policy, floor in (("shaanxi-2024", {land.g1.pk: Decimal(300)}), ("jiangxi-2024", {})):
        batch = make.batch(policy=Policy.objects.get(code=policy))
        for product, agreed in ((land.p1, 100), (land.p2, 200)):
            stages.agreement_line(
                Parties(land.a, product.manufacturer, land.other), batch=batch, year_no=1,
                product=product, agreed_qty=agreed,
            )  # fmt: skip
        stages.agreement_line(
            Parties(land.b, land.maker, land.other), batch=batch, year_no=1, product=land.p1,
            agreed_qty=999,
        )  # fmt: skip
        task = reports.report_task(
            organisation=land.offices["province"], batch=batch, year_no=2, kind="renewal"
        )
        assert renewal_floor(task, [land.a.pk]) == floor, policy
        prior = {land.g1.pk: Decimal(250), land.g2.pk: Decimal(7)}
        expected = {land.g1.pk: max(Decimal(250), floor.get(land.g1.pk, Decimal(0))),
                    land.g2.pk: Decimal(7)}  # fmt: skip
        assert proposals(task, [land.a.pk], prior) == expected, policy
        task.kind = "first"
        assert renewal_floor(task, [land.a.pk]) == {}


def test_a_confirmed_round_becomes_agreements_and_says_what_does_not(land: Land) -> None:
    distributor = people.organisation("enterprise", is_distributor=True)
    land.up(land.report(land.a, (land.g1, 1000, 1000), (land.g2, 101, 101)))
    row = open_round(
        batch=land.batch, year_no=1, choice_until=LATE, unbound_levels=[], unbound_clause="",
        **land.office("province"),
    )  # fmt: skip
    compute_round(row=row, by=land.user(land.offices["province"]), at=IN_TIME, listener=Quiet())
    with pytest.raises(TransitionRefused, match="确认以后"):
        request_agreements(row=row, **land.office("province"))
    row = confirm_round(row=row, **land.office("province"))
    with pytest.raises(NotYours):
        request_agreements(row=row, **land.office("city"))
    for product in (land.p1, land.p3):
        contracts.delivery_relation(
            Parties(land.a, product.manufacturer, distributor), product=product,
            pool=land.a.pool, valid_from=date(2026, 1, 1), state="accepted",
        )  # fmt: skip
    found = draft_agreements(row=row, **land.office("province"))
    items = AgreementItem.objects.order_by("product__code")
    assert [(each.product.code, each.agreed_qty, each.price) for each in items] == [
        ("XA", 300, 5), ("XC", 28, 5),
    ]  # fmt: skip
    # XB has no distributor: it is left out by name, and the remainders of packs make no line.
    assert (found.made, found.lines, len(found.left_out)) == (1, 2, 1)
    assert "配送" in found.left_out[0].reason
    again = draft_agreements(row=row, **land.office("province"))
    assert (again.made, again.lines, len(again.left_out)) == (0, 0, 3)
