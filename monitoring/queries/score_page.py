"""What the page of one score shows: how each point was made, down to the month's figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from core.attachments.models import Attachment
from monitoring.models import ScoreAppeal, SupervisionAction, SupplyScore, SupplyScorePart
from monitoring.queries.actions import visible_actions
from monitoring.queries.bulletin_sums import percent_words
from monitoring.queries.scores import parts_of, visible_appeals, visible_scores
from monitoring.queries.visible import visible_indicator_values
from monitoring.rules.score import period_words
from monitoring.states.action_kinds import KINDS
from monitoring.states.score import INDICATOR_OF, Part
from organisations.queries.scope import Scope

NOT_COUNTED = ("proposed", "dismissed", "withdrawn")


def two_places(value: Decimal | None) -> str:
    """“87.50”, half up; “—” for nothing."""
    return "—" if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def score_words(score: SupplyScore) -> str:
    return "无评分" if score.score is None else two_places(score.score)


def rate_words(part: SupplyScorePart) -> str:
    return percent_words(part.numerator / part.denominator if part.denominator else None)


@dataclass(frozen=True)
class Link:
    label: str
    words: str
    url: str


@dataclass(frozen=True)
class PartRow:
    """One part with its sum and what it is summed from."""

    part: SupplyScorePart
    rate: str
    points: str
    weight: str
    shared: str
    links: list[Link] = field(default_factory=list)


def part_rows(scope: Scope, score: SupplyScore) -> list[PartRow]:
    """Each of the five, with the months' figures or the actions that the reader may open."""
    found = _figures(scope, score)
    found["rectification"] = [
        Link(
            f"{action.get_kind_display()}（限 {action.due_on:%Y-%m-%d}）",
            action.get_outcome_display() or action.get_state_display(),
            reverse("action-detail", args=[action.action_no]),
        )
        for action in due_actions(scope, score)
    ]
    for appeal in corrections(scope, score):
        found[appeal.part].append(
            Link(
                f"申诉 {appeal.appeal_no}",
                f"{_signed(appeal.numerator_change)} ÷ {_signed(appeal.denominator_change)}",
                reverse("score-appeal-detail", args=[appeal.appeal_no]),
            )
        )
    return [
        PartRow(
            each, rate_words(each), two_places(each.points), two_places(each.weight),
            two_places(each.shared_weight) if each.denominator else "—", found[each.part],
        )
        for each in parts_of(score)
    ]  # fmt: skip


def _figures(scope: Scope, score: SupplyScore) -> dict[str, list[Link]]:
    part_of = {code: part for part, code in INDICATOR_OF.items()}
    rows = visible_indicator_values(scope).filter(
        enterprise=score.enterprise_id, province=score.province_id, subject_type=score.side,
        window="month", indicator__in=list(part_of), month__gte=score.period_from,
        month__lte=score.period_to,
    ).values_list("indicator", "month", "subject_code", "numerator", "denominator")  # fmt: skip
    found: dict[str, list[Link]] = defaultdict(list)
    query = urlencode({"province": score.province.code})
    for code, month, subject, numerator, denominator in sorted(rows):
        path = reverse("figure-detail", args=[f"{month:%Y-%m}", code, "month", score.side, subject])
        found[part_of[code]].append(
            Link(
                f"{month:%Y-%m}",
                f"{_plain(numerator)} ÷ {_plain(denominator)}",
                f"{path}?{query}",
            )
        )
    return found


def due_actions(scope: Scope, score: SupplyScore) -> list[SupervisionAction]:
    """Actions due in the period that ask for an answer: the denominator of 按期整改率."""
    answered = [code for code, kind in KINDS.items() if kind.answered]
    return list(
        visible_actions(scope)
        .filter(
            enterprise=score.enterprise_id, province=score.province_id, kind__in=answered,
            due_on__gte=score.period_from, due_on__lte=score.period_to,
        )
        .exclude(state__in=NOT_COUNTED)
        .order_by("due_on", "pk")
    )  # fmt: skip


def corrections(scope: Scope, score: SupplyScore) -> list[ScoreAppeal]:
    """Upheld appeals that count in the period."""
    return list(
        visible_appeals(scope)
        .filter(
            state="upheld", score__enterprise=score.enterprise_id, score__side=score.side,
            score__province=score.province_id, score__period_from__gte=score.period_from,
            score__period_to__lte=score.period_to,
        )
        .order_by("pk")
    )  # fmt: skip


def versions_of(scope: Scope, score: SupplyScore) -> list[SupplyScore]:
    """All versions of the same score, newest first."""
    return list(
        visible_scores(scope)
        .filter(
            enterprise=score.enterprise_id, side=score.side, province=score.province_id,
            period=score.period, period_from=score.period_from,
        )
        .order_by("-version")
    )  # fmt: skip


def appeals_of(scope: Scope, score: SupplyScore) -> list[ScoreAppeal]:
    """Against any version of it."""
    rows = visible_appeals(scope).filter(
        score__enterprise=score.enterprise_id, score__side=score.side,
        score__province=score.province_id, score__period=score.period,
        score__period_from=score.period_from,
    )  # fmt: skip
    return list(rows.select_related("score").order_by("-pk"))


def facts_of(score: SupplyScore) -> list[dict[str, Any]]:
    """Facts for <c-facts>."""
    return [
        {"label": "得分", "value": score_words(score)},
        {"label": "等级", "value": score.get_grade_display()},
        {"label": "周期", "value": f"{period_words(score.period, score.period_from)}（{score.get_period_display()}）"},
        {"label": "企业", "value": f"{score.enterprise.name}（{score.get_side_display()}）"},
        {"label": "版本", "value": f"第 {score.version} 版，{score.get_source_display()}"},
        {"label": "计算", "value": f"{timezone.localtime(score.made_at):%Y-%m-%d %H:%M}"},
        {"label": "连续不达标", "value": f"{score.low_quarters} 个季度" if score.period != "month" else "按季度认定"},
        {"label": "编号", "value": score.score_no},
    ]  # fmt: skip


def measure_words(score: SupplyScore) -> str:
    """The reason of a measure: the figures of the score in words."""
    rates = "，".join(
        f"{each.get_part_display()} {rate_words(each)}"
        for each in parts_of(score)
        if each.denominator
    )
    row = f"配送及时率连续 {score.low_quarters} 个季度不达标。" if score.low_quarters > 1 else ""
    return (
        f"{period_words(score.period, score.period_from)}{score.get_side_display()}供应评分"
        f" {score_words(score)} 分，等级“{score.get_grade_display()}”：{rates}。{row}"
        f"（评分编号 {score.score_no}）"
    )


def files_of(appeal: ScoreAppeal) -> list[Attachment]:
    return list(
        Attachment.objects.filter(owner_type="score_appeal", owner_id=appeal.pk)
        .select_related("file")
        .order_by("pk")
    )


def part_choices() -> list[tuple[str, str]]:
    return list(Part.choices)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}" if value else "0"


def _signed(value: Decimal) -> str:
    return f"{value.normalize():+,f}" if value else "+0"
