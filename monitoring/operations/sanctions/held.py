"""A 惩戒案件 locked for a step, after the step was found to be allowed; and its numbers."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Max

from core.transitions import NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import SanctionCase
from monitoring.queries.sanction_cases import SHOWN_WITH, sanction_standings
from monitoring.states.sanction_case import SANCTION_MACHINE
from organisations.queries.scope import Scope


def held(case: SanctionCase, verb: str, scope: Scope, seen_version: int | None) -> SanctionCase:
    """The locked row, asked before columns are written that the new state needs.

    Raises NotYours, StaleVersion, TransitionRefused.
    """
    SanctionCase.objects.select_for_update().get(pk=case.pk)
    locked = SanctionCase.objects.select_related(*SHOWN_WITH).get(pk=case.pk)
    transition = SANCTION_MACHINE.named(verb)
    standings = sanction_standings(scope, locked)
    verdict = SANCTION_MACHINE.verdict(transition, locked, standings)
    if not transition.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion(
            f"该惩戒案件已由{locked.state_by_name or '他人'}更新为“{locked.get_state_display()}”，"
            "请刷新后再办理"
        )
    if not verdict:
        raise TransitionRefused.of(verdict)
    return locked


def next_case_no(at: datetime) -> str:
    """CJ202611-000012."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_sanction_no')")
        return f"CJ{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:06d}"


def number_letter(row: SanctionCase, letter: str, at: datetime) -> None:
    """The office's next number of the year, on the row in memory; `letter`: notice or decision.

    Two who issue at once take turns.
    """
    year = shanghai_day(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
            [f"sanction_{letter}", row.office_id % 2**31],
        )
    last = SanctionCase.objects.filter(
        office_id=row.office_id, **{f"{letter}_year": year}
    ).aggregate(last=Max(f"{letter}_seq"))["last"]
    seq = (last or 0) + 1
    words = {"notice": "惩戒告知", "decision": "惩戒决定"}[letter]
    setattr(row, f"{letter}_year", year)
    setattr(row, f"{letter}_seq", seq)
    setattr(row, f"{letter}_no", f"{words}〔{year}〕{seq}号")
