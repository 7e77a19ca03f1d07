"""What the page of one action shows: facts, letter, answer, warnings, who holds it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.attachments.models import Attachment
from monitoring.models import SupervisionAction, Warning
from monitoring.queries.visible import visible_warnings
from monitoring.states.action import WITH_SUBJECT
from monitoring.states.action_kinds import KINDS
from organisations.queries.scope import Scope

LETTER, ANSWER, MINUTES = "action_letter", "action_answer", "action_minutes"
"""The owner types of an action's files."""
MOST = 200


def warnings_of(action: SupervisionAction) -> list[Warning]:
    """All that it rests on, for the letter."""
    return list(Warning.objects.filter(actions__action=action).order_by("pk")[:MOST])


def seen_warnings(scope: Scope, action: SupervisionAction) -> list[Warning]:
    """Those of them that the reader may open."""
    return list(visible_warnings(scope).filter(actions__action=action).order_by("pk")[:MOST])


def files_of(action: SupervisionAction, *kinds: str) -> list[Attachment]:
    """Letter, answer and minutes, oldest first; whoever sees the action may have them."""
    return list(
        Attachment.objects.filter(
            owner_type__in=kinds or (LETTER, ANSWER, MINUTES), owner_id=action.pk
        )
        .select_related("file")
        .order_by("pk")
    )


def file_url(action: SupervisionAction, file: Attachment) -> str:
    return str(reverse("action-file", args=[action.action_no, file.pk]))


def holder_words(action: SupervisionAction) -> str:
    """Who has to act now, by name."""
    if action.state in WITH_SUBJECT and KINDS[action.kind].answered:
        return str(action.subject.name)
    if action.state in ("proposed", "answered", "issued"):
        return str(action.office.name)
    return ""


def facts_of(
    action: SupervisionAction, *, officer: bool, invited: list[str]
) -> list[dict[str, Any]]:
    """Facts for <c-facts>; a draft's text is in its form, so it is not repeated for the officer."""
    facts = [*_head(action), *_steps(action), *_links(action, invited)]
    facts.append({"label": "依据", "value": action.clause or "—", "wide": True})
    if action.state != "proposed" or not officer:
        facts.append({"label": "事由", "value": action.matter, "wide": True})
        facts.append({"label": "整改要求", "value": action.demand or "—", "wide": True})
    return facts


def _head(action: SupervisionAction) -> list[dict[str, Any]]:
    return [
        {"label": "文号", "value": action.letter_no or "尚未作出"},
        {
            "label": "措施",
            "value": f"{action.get_kind_display()}（{action.get_level_display()}）",
        },
        {"label": "作出单位", "value": action.office.name},
        {"label": "对象", "value": action.subject.name},
        {"label": "编号", "value": action.action_no},
        {"label": "提出", "value": f"{action.proposed_by_name} {_moment(action.proposed_at)}"},
    ]


def _steps(action: SupervisionAction) -> list[dict[str, Any]]:
    """What has happened to it so far, each with its moment or day."""
    kind = KINDS[action.kind]
    facts = []
    if action.issued_at:
        facts.append(("作出", f"{action.issued_by_name} {_moment(action.issued_at)}"))
    if kind.answered and action.due_on:
        words = "（暂定）" if action.due_provisional else ""
        facts.append(("整改期限", f"{action.due_on:%Y-%m-%d}{words}"))
    if action.answered_at:
        late = action.due_on and timezone.localdate(action.answered_at) > action.due_on
        facts.append(("答复", _moment(action.answered_at) + ("（逾期）" if late else "")))
    if action.outcome:
        facts.append(("结果", f"{action.get_outcome_display()} {_moment(action.outcome_at)}"))
    if action.effective_from:
        facts.append(("起止", f"{action.effective_from:%Y-%m-%d} 至 {_ends(action)}"))
    if action.meeting_at:
        facts.append((f"{kind.label}时间", _moment(action.meeting_at)))
        facts.append(("地点", action.meeting_place))
    return [{"label": label, "value": value} for label, value in facts]


def _links(action: SupervisionAction, invited: list[str]) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    if invited:
        facts.append({"label": "参加单位", "value": "、".join(invited), "wide": True})
    if action.product:
        facts.append(
            {
                "label": "产品",
                "value": f"{action.product}（{action.product.code}）",
                "url": reverse("product-detail", args=[action.product.code]),
                "wide": True,
            }
        )
    if action.former:
        former = action.former
        facts.append(
            {
                "label": "上一步",
                "value": f"{former.get_kind_display()} {former.letter_no}",
                "url": reverse("action-detail", args=[former.action_no]),
            }
        )
    if action.complaint:
        facts.append(
            {
                "label": "诉求",
                "value": action.complaint.complaint_no,
                "url": reverse("complaint-detail", args=[action.complaint.complaint_no]),
            }
        )
    return facts


def _ends(action: SupervisionAction) -> str:
    """The standing's own last day, which withdrawing may have brought forward."""
    ends = action.standing.valid_to if action.standing else action.effective_to
    return f"{ends:%Y-%m-%d}" if ends else "—"


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "—"
