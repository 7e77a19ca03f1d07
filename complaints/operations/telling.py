"""Who has to act on a complaint now, and who is told of a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from complaints.models import Complaint, ComplaintCase
from complaints.queries.cases import bureau_at, filers, respondents
from complaints.rules import OFFICERS
from complaints.states import COMPLAINT_MACHINE
from core.operations import operation
from core.workdays.deadlines import day_end
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks

OBJECT_TYPE = COMPLAINT_MACHINE.name

STEP_TASKS = {
    "filed": ("reply_complaint", "回复诉求"),
    "refused": ("reply_complaint", "重新回复诉求"),
    "replied": ("solve_complaint", "按承诺解决诉求"),
    "claimed": ("confirm_complaint", "确认诉求是否解决"),
    "confirmed": ("close_complaint", "办结诉求"),
}
BUREAU_TASK = "supervise_complaint"
ACTS = ("reply_complaint", "solve_complaint", "confirm_complaint", "close_complaint", BUREAU_TASK)


def complaint_url(complaint: Complaint) -> str:
    """The complaint's page."""
    return reverse("complaint-detail", args=[complaint.complaint_no])


def label_of(complaint: Complaint) -> str:
    """Category, product and number, as tasks and notices name it."""
    what = complaint.get_category_display() or "诉求"
    product = f" {complaint.product}" if complaint.product else ""
    return f"{what}{product}（{complaint.complaint_no}）"


@operation
def pass_on(*, complaint: Complaint, case: ComplaintCase, at: datetime) -> None:
    """End what waited of the step before; the step that waits now is a task of its holder."""
    number = complaint.complaint_no
    ended = [act for act in ACTS if act != BUREAU_TASK or case.bureau_due_on is None]
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[f"{number}/{act}" for act in ended], at=at)
    if case.state not in STEP_TASKS:
        return
    act, words = STEP_TASKS[case.state]
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act=act, title=f"{words}：{label_of(complaint)}",
                object_type=OBJECT_TYPE, object_key=f"{number}/{act}", url=complaint_url(complaint),
                severity="red" if case.state == "refused" else "",
                due_at=day_end(case.due_on) if case.due_on else None, roles=OFFICERS,
            )
            for pk in holders(complaint, case)
        ],
        at=at,
    )  # fmt: skip


def holders(complaint: Complaint, case: ComplaintCase) -> list[int]:
    """The organisations whose step it is."""
    if case.state in ("filed", "refused", "replied"):
        return respondents(complaint)
    if case.state == "claimed":
        return filers(complaint, case)
    bureau = bureau_at(complaint, case.level) if case.state == "confirmed" else None
    return [bureau.pk] if bureau else []


@operation
def ask_bureau(*, complaint: Complaint, case: ComplaintCase, words: str, at: datetime) -> None:
    """The bureau at the case's level has to act by `bureau_due_on`; lower ones no longer."""
    number = complaint.complaint_no
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[f"{number}/{BUREAU_TASK}"], at=at)
    bureau = bureau_at(complaint, case.level)
    if bureau is None or case.bureau_due_on is None:
        return
    task = NewTask(
        organisation_id=bureau.pk, act=BUREAU_TASK, title=f"{words}：{label_of(complaint)}",
        object_type=OBJECT_TYPE, object_key=f"{number}/{BUREAU_TASK}",
        url=complaint_url(complaint), severity="red", due_at=day_end(case.bureau_due_on),
        roles=OFFICERS,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


@operation
def tell(
    *,
    complaint: Complaint,
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
                pk, f"complaint-{complaint.complaint_no}-{key}-{pk}",
                f"{title}：{label_of(complaint)}", body[:500], complaint_url(complaint),
                category=Notice.Category.COMPLAINT, is_urgent=urgent,
            )
            for pk in sorted(set(to))
        ],
        at=at,
    )  # fmt: skip


def sides(complaint: Complaint, case: ComplaintCase) -> set[int]:
    """Institution, manufacturer, distributor and the bureau at the case's level."""
    bureau = bureau_at(complaint, case.level)
    found = {complaint.institution_id, complaint.manufacturer_id, complaint.distributor_id}
    if bureau is not None:
        found.add(bureau.pk)
    return {pk for pk in found if pk is not None}
