"""The blue button of an object's page is the step onward, not the step back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from contracts.states.agreement import AGREEMENT_MACHINE, SIGNER
from core.transitions import StateMachine
from core.views.object_page import offered_actions
from volumes.states.agreed import PROVINCE, ROUND_MACHINE
from volumes.states.report import CLERK, LEADER, REPORT_MACHINE, REVIEWER


@pytest.mark.parametrize(
    ("machine", "state", "who", "main"),
    [
        (REPORT_MACHINE, "leader_review", LEADER, "提交"),
        (REPORT_MACHINE, "hospital_review", REVIEWER, "院内审核通过"),
        (REPORT_MACHINE, "drafting", CLERK, "送院内审核"),
        # Nothing but the way back is left.
        (REPORT_MACHINE, "submitted", LEADER, "撤回提交"),
        (ROUND_MACHINE, "open", PROVINCE, "测算"),
        (ROUND_MACHINE, "computed", PROVINCE, "确认"),
        (AGREEMENT_MACHINE, "partial", SIGNER, "签署"),
        (AGREEMENT_MACHINE, "expired", SIGNER, None),
    ],
)
def test_the_main_step_leads_on(
    machine: StateMachine[Any], state: str, who: str, main: str | None
) -> None:
    thing = SimpleNamespace(state=state, path=["county"], level="")
    offers = machine.offers(thing, frozenset({who}))
    actions = offered_actions(offers, url=lambda verb: f"/{verb}/", version=1)
    assert [each["label"] for each in actions if each.get("kind")] == ([main] if main else [])
