"""An officer proposes the measure that a grade gives reason for; nothing is taken by itself."""

from __future__ import annotations

from datetime import datetime

from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from monitoring.models import ScoreAction, SupervisionAction, SupplyScore
from monitoring.operations.actions.propose import NewAction, propose_action
from monitoring.queries.score_page import measure_words
from monitoring.queries.scores import score_standings
from monitoring.states.score import RULER, SCORE_CLAUSE, STEPS_OF
from organisations.models import User
from organisations.queries.scope import Scope

DEMAND = "请查明原因，按期整改到位，并通过平台提交整改情况和佐证材料。"


@operation
def propose_from_score(
    *, score: SupplyScore, kind: str, by: User, scope: Scope, at: datetime
) -> SupervisionAction:
    """Draft a measure of this kind with the score's figures; the officer takes it on its own page.

    Raises NotYours, MissingInput where the grade gives no reason for the kind, TransitionRefused
    where the version is not the current one or the measure is proposed already.
    """
    locked = SupplyScore.objects.select_for_update().get(pk=score.pk)
    if RULER not in score_standings(scope, locked):
        raise NotYours("按评分提出措施由省级医保局经办、审核或负责人办理", SCORE_CLAUSE)
    if not locked.is_current:
        raise TransitionRefused("该评分已有新的版本，请按新版本提出", SCORE_CLAUSE)
    if kind not in STEPS_OF.get(locked.grade, ()):
        raise MissingInput(
            "kind", f"等级“{locked.get_grade_display()}”没有这种措施，请从列表中选择", SCORE_CLAUSE
        )
    open_ones = locked.led_to.filter(action__kind=kind).exclude(
        action__state__in=("dismissed", "withdrawn")
    )
    if open_ones.exists():
        raise TransitionRefused("该评分已提出这种措施，请在措施页面办理", SCORE_CLAUSE)
    new = NewAction(kind=kind, subject=score.enterprise, matter=measure_words(score), demand=DEMAND)
    made = propose_action(new=new, by=by, scope=scope, at=at)
    ScoreAction.objects.create(score=locked, action=made)
    return made
