"""Who has to act on an action now, and who is told of a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from core.operations import operation
from core.workdays.deadlines import day_end
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import SupervisionAction
from monitoring.states.action import ACTION_MACHINE, WITH_SUBJECT
from monitoring.states.action_kinds import KINDS, OFFICERS

OBJECT_TYPE = ACTION_MACHINE.name
PROPOSALS = "action_proposals"
"""One 待办 per office for all its proposals, not one each."""


def action_url(action: SupervisionAction) -> str:
    """The action's page."""
    return reverse("action-detail", args=[action.action_no])


def label_of(action: SupervisionAction) -> str:
    return f"{action.get_kind_display()}（{action.letter_no or action.action_no}）"


@operation
def pass_on(*, action: SupervisionAction, at: datetime) -> None:
    """End what waited of the step before; the step that waits now is a task of its holder."""
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[action.action_no], at=at)
    waits: tuple[int, str, str] | None = None
    if action.state in WITH_SUBJECT and KINDS[action.kind].answered:
        words = "重新整改并答复" if action.state == "returned" else "整改并答复"
        waits = (action.subject_id, "answer_action", f"{words}：{label_of(action)}")
    elif action.state == "answered":
        waits = (
            action.office_id, "judge_action", f"核实整改：{action.subject.name} {label_of(action)}",
        )  # fmt: skip
    if waits is None:
        return
    organisation_id, act, title = waits
    due = action.due_on if organisation_id == action.subject_id else None
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act, title=title, object_type=OBJECT_TYPE,
                object_key=action.action_no, url=action_url(action),
                severity="red" if action.state == "returned" else "orange",
                due_at=day_end(due) if due else None, roles=OFFICERS,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def tell(
    *,
    action: SupervisionAction,
    to: Iterable[int],
    key: str,
    title: str,
    body: str = "",
    at: datetime,
    urgent: bool = False,
) -> None:
    """One notice for each; the same key twice is one notice."""
    notify(
        notices=[
            NewNotice(
                pk, f"action-{action.action_no}-{key}-{pk}", f"{title}：{label_of(action)}",
                body[:500], action_url(action), category=Notice.Category.WARNING, is_urgent=urgent,
            )
            for pk in sorted(set(to))
        ],
        at=at,
    )  # fmt: skip


def invited_ids(action: SupervisionAction) -> set[int]:
    return set(action.invites.values_list("organisation_id", flat=True))


@operation
def ask_offices(*, office_ids: Iterable[int], at: datetime) -> None:
    """The 待办 of offices that have proposals to decide on; ended where none is left."""
    offices = set(office_ids)
    waiting = set(
        SupervisionAction.objects.filter(state="proposed", office_id__in=offices)
        .values_list("office_id", flat=True)
        .distinct()
    )
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act="decide_proposals", title="监管措施建议待决定",
                object_type=PROPOSALS, object_key=str(pk),
                url=f"{reverse('action-list')}?state=proposed", severity="orange", roles=OFFICERS,
            )
            for pk in sorted(waiting)
        ],
        at=at,
    )  # fmt: skip
    finish_tasks(
        object_type=PROPOSALS, object_keys=[str(pk) for pk in sorted(offices - waiting)], at=at
    )
