"""Which form each step of an action has, and how it stands on the page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from monitoring.forms import SeenVersion
from monitoring.forms.action import ActionMinutesForm, ActionTakeForm, ActionWordsForm
from monitoring.models import SupervisionAction
from monitoring.states.action import ACTION_MACHINE
from organisations.queries.scope import Scope

MINUTES = "minutes"
WITH_FILES = frozenset({"answer", MINUTES})
VERBS = (
    "take", "dismiss", "answer", "accept", "return", "recover", "end", "withdraw", MINUTES,
)  # fmt: skip


def has_form(verb: str) -> bool:
    return verb in VERBS


def form_of(verb: str, action: SupervisionAction, scope: Scope, *args: Any, **kwargs: Any) -> Any:
    """A form of the step, bound where data is given."""
    if verb == "take":
        return ActionTakeForm(*args, scope=scope, of=action, **kwargs)
    if verb == MINUTES:
        return ActionMinutesForm(*args, **kwargs)
    return ActionWordsForm(*args, label=label_of(verb), **kwargs)


def label_of(verb: str) -> str:
    return ACTION_MACHINE.input_labels[ACTION_MACHINE.named(verb).needs[0]]


def step_of(
    action: SupervisionAction, verb: str, scope: Scope, failed: SeenVersion | None
) -> dict[str, Any]:
    """One card of the page: title, form, address."""
    title = "登记纪要" if verb == MINUTES else ACTION_MACHINE.named(verb).label
    initial: dict[str, Any] = {"version": action.row_version}
    if verb == "take":
        initial |= {
            "kind": action.kind, "matter": action.matter, "demand": action.demand,
        }  # fmt: skip
    form = failed or form_of(verb, action, scope, initial=initial, auto_id=f"id_{verb}_%s")
    return {
        "id": verb, "title": title, "submit": title, "form": form,
        "url": reverse("action-act", args=[action.action_no, verb]),
        "draft": f"action-{verb}-{action.action_no}", "files": verb in WITH_FILES,
        "columns": "2" if verb == "take" else "1",
    }  # fmt: skip
