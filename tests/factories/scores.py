"""供应评分 with its parts, the appeals against them and the actions that followed."""

from __future__ import annotations

from datetime import date

from monitoring.models import ScoreAction, ScoreAppeal, SupplyScore, SupplyScorePart
from organisations.models import Organisation
from tests.factories.actions import supervision_action
from tests.factories.organisations import LONG_AGO, number, organisation, region


def supply_score(of: Organisation | None = None, **fields: object) -> SupplyScore:
    """A month's score of a manufacturer in a province."""
    values: dict[str, object] = {
        "score_no": f"PF{number()}", "side": "manufacturer", "period": "month",
        "period_from": date(2026, 9, 1), "period_to": date(2026, 9, 30), "version": 1,
        "source": "computed", "score": "88.0000", "grade": "normal", "made_at": LONG_AGO,
        "made_by_name": "测试", "enterprise": of or organisation("enterprise"),
        "province": fields.get("province") or region(),
    }  # fmt: skip
    return SupplyScore.objects.create(**(values | fields))


def supply_score_part(of: SupplyScore | None = None, **fields: object) -> SupplyScorePart:
    values: dict[str, object] = {
        "score": of or supply_score(), "part": "on_time", "weight": 20, "shared_weight": 100,
        "numerator": 88, "denominator": 100, "points": 88,
    }  # fmt: skip
    return SupplyScorePart.objects.create(**(values | fields))


def score_action(of: SupplyScore | None = None, **fields: object) -> ScoreAction:
    score = of or supply_score()
    action = fields.pop("action", None) or supervision_action(score.enterprise)
    return ScoreAction.objects.create(score=score, action=action, **fields)


def score_appeal(of: SupplyScore | None = None, **fields: object) -> ScoreAppeal:
    score = of or supply_score()
    values: dict[str, object] = {
        "appeal_no": f"PS{number()}", "score": score, "part": "on_time", "claim": "道路中断",
        "filed_at": LONG_AGO, "filed_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试", "enterprise": score.enterprise, "province": score.province,
    }  # fmt: skip
    return ScoreAppeal.objects.create(**(values | fields))
