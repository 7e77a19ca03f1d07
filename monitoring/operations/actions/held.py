"""An action locked for a step, after the step was found to be allowed."""

from __future__ import annotations

from core.transitions import NotYours, StaleVersion, TransitionRefused
from monitoring.models import SupervisionAction
from monitoring.queries.actions import SHOWN_WITH, action_standings
from monitoring.states.action import ACTION_MACHINE
from organisations.queries.scope import Scope


def held(
    action: SupervisionAction, verb: str, scope: Scope, seen_version: int | None
) -> SupervisionAction:
    """The locked row. The machine asks again when it moves it; columns that the new state needs
    are written in between, so the asking has to come first.

    Raises NotYours, StaleVersion, TransitionRefused.
    """
    # Locked alone: a joined office that another step changed meanwhile would make the row vanish.
    SupervisionAction.objects.select_for_update().get(pk=action.pk)
    locked = SupervisionAction.objects.select_related(*SHOWN_WITH).get(pk=action.pk)
    transition = ACTION_MACHINE.named(verb)
    standings = action_standings(scope, locked)
    verdict = ACTION_MACHINE.verdict(transition, locked, standings)
    if not transition.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion(
            f"该监管措施已由{locked.state_by_name or '他人'}更新为“{locked.get_state_display()}”，"
            "请刷新后再办理"
        )
    if not verdict:
        raise TransitionRefused.of(verdict)
    return locked
