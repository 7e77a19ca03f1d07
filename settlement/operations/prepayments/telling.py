"""待办 and notices of a prepayment: exactly whoever has to act now, and whoever gets the money."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation
from settlement.models import Prepayment
from settlement.queries.prepayments import bureau_of, paying_office
from settlement.queries.statements import APPROVERS, PAYERS

OBJECT_TYPE = "prepayment"


def url_of(row: Prepayment) -> str:
    return reverse("prepayment", args=[row.prepayment_no])


def tell_prepayment(row: Prepayment, at: datetime) -> None:
    """End the tasks of the step before and open that of the state."""
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.prepayment_no], at=at)
    waiting = {
        "asked": ("approve_prepayment", "批准预付金", bureau_of, APPROVERS),
        "first": ("approve_prepayment", "批准预付金（第二人）", bureau_of, APPROVERS),
        "approved": ("pay_prepayment", "拨付预付金", paying_office, PAYERS),
    }.get(row.state)
    if waiting is not None:
        act, words, office, roles = waiting
        _open(row, act, words, office(row.pool), roles, at)
    whom = row.institution_id or row.enterprise_id
    if whom and row.state in ("paid", "settled"):
        words = "已拨付" if row.state == "paid" else "已结清"
        notify(
            notices=[NewNotice(
                whom, f"prepayment-{row.state}-{row.prepayment_no}",
                f"预付金{words}：{row.batch.name} 第 {row.year_no} 年", "", url_of(row),
            )], at=at,
        )  # fmt: skip


def ask_for_the_rest(row: Prepayment, at: datetime) -> None:
    """The year is over: the agency gets back what is left. Asked again it is the same task."""
    _open(row, "return_prepayment", "收回预付金余额", paying_office(row.pool), PAYERS, at)


def _open(
    row: Prepayment, act: str, words: str, office: Organisation | None, roles: tuple[str, ...],
    at: datetime,
) -> None:  # fmt: skip
    if office is None:
        return
    open_tasks(
        tasks=[NewTask(
            organisation_id=office.pk, act=act,
            title=f"{words}：{row.batch.name} 第 {row.year_no} 年（{whose(row)}）",
            object_type=OBJECT_TYPE, object_key=row.prepayment_no, url=url_of(row), roles=roles,
        )], at=at,
    )  # fmt: skip


def whose(row: Prepayment) -> str:
    """Who gets the money, by name."""
    party = row.institution or row.enterprise
    return party.name if party else f"{row.pool.name}经办机构"
