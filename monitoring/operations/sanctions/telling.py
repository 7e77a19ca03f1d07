"""Who has to act on a 惩戒案件 now, and who is told of a step."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.operations import operation
from core.workdays.deadlines import day_end
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import SanctionCase
from monitoring.states.sanction_case import DECIDING_ROLES, DRAFTING_ROLES, SANCTION_MACHINE

OBJECT_TYPE = SANCTION_MACHINE.name
# State → act, words, of the enterprise?, roles.
WAITS: dict[str, tuple[str, str, bool, tuple[str, ...]]] = {
    "drafted": ("notify_sanction", "完成核实并告知当事企业", False, DRAFTING_ROLES),
    "noticed": ("state_sanction", "对拟惩戒事项提交陈述申辩", True, DRAFTING_ROLES),
    "stated": ("decide_sanction", "复核陈述申辩并作出决定", False, DECIDING_ROLES),
    "repairing": ("judge_repair", "核实修复申请", False, DECIDING_ROLES),
}


def sanction_url(row: SanctionCase) -> str:
    """The case's page."""
    return reverse("sanction-case", args=[row.case_no])


@operation
def pass_on(*, case: SanctionCase, at: datetime, over: bool = False) -> None:
    """End what waited of the step before; the step that waits now is a task of its holder.

    `over`: the time for the statement has passed, so that a notice waits for the decision.
    """
    row = case
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.case_no], at=at)
    state = "stated" if over and row.state == "noticed" else row.state
    if state not in WAITS:
        return
    act, words, theirs, roles = WAITS[state]
    due = row.statement_due_on if theirs else None
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.subject_id if theirs else row.office_id, act=act,
                title=f"{words}：{'' if theirs else row.subject.name}{row.get_kind_display()}"
                f"（{row.notice_no or row.case_no}）",
                object_type=OBJECT_TYPE, object_key=row.case_no, url=sanction_url(row),
                severity="red" if theirs else "orange", due_at=day_end(due) if due else None,
                roles=roles,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def tell(
    *, case: SanctionCase, to: int, key: str, title: str, body: str, at: datetime,
    urgent: bool = False,
) -> None:  # fmt: skip
    """One notice; the same key twice is one notice."""
    number = case.decision_no or case.notice_no or case.case_no
    notify(
        notices=[
            NewNotice(
                to, f"sanction-{case.case_no}-{key}-{to}", f"{title}（{number}）", body[:500],
                sanction_url(case), category=Notice.Category.WARNING, is_urgent=urgent,
            )
        ],
        at=at,
    )  # fmt: skip
