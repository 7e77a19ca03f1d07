"""A 督导检查 locked for a step, after the step was found to be allowed."""

from __future__ import annotations

from core.transitions import NotYours, StaleVersion, TransitionRefused
from monitoring.models import SiteInspection
from monitoring.queries.site_inspections import SHOWN_WITH, inspection_standings
from monitoring.states.site_inspection import INSPECTION_MACHINE
from organisations.queries.scope import Scope


def held(
    inspection: SiteInspection, verb: str, scope: Scope, seen_version: int | None
) -> SiteInspection:
    """The locked row, asked before columns are written that the new state needs.

    Raises NotYours, StaleVersion, TransitionRefused.
    """
    SiteInspection.objects.select_for_update().get(pk=inspection.pk)
    locked = SiteInspection.objects.select_related(*SHOWN_WITH).get(pk=inspection.pk)
    transition = INSPECTION_MACHINE.named(verb)
    standings = inspection_standings(scope, locked)
    verdict = INSPECTION_MACHINE.verdict(transition, locked, standings)
    if not transition.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion(
            f"该督导检查已由{locked.state_by_name or '他人'}更新为“{locked.get_state_display()}”，"
            "请刷新后再办理"
        )
    if not verdict:
        raise TransitionRefused.of(verdict)
    return locked
