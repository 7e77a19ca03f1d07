"""待办 and notices of signing: one act per organisation, batch and year, however many agreements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse

from contracts.models import Agreement, PowerOfAttorney
from contracts.queries.agreements import PARTIES, unsigned_by
from contracts.queries.powers import powers_for
from contracts.states.agreement import PENDING
from core.workdays.deadlines import day_end, shanghai_day
from inbox.models import Task
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks

SIGN_TASK = "agreement_signing"
ACT = "sign_agreements"


def ask_to_sign(
    *,
    batch_id: int,
    year_no: int,
    at: datetime,
    among: Collection[int] | None = None,
    remind: str = "",
    quiet: bool = False,
) -> int:
    """Open or finish the signing act of each organisation (`among`: of these only).

    Whoever may sign for an institution by a power that holds today is asked as the institution is,
    and with it. `remind` is a key part: with it each is told how many are missing, once per day;
    `quiet`: nobody is told. Gives how many organisations were told now.
    """
    waiting: dict[int, tuple[int, date]] = {}
    powers = powers_for(batch_id, shanghai_day(at))
    if among is not None:
        among = {*among, *(agent for agent, principal in powers if principal in among)}
    rows: Any = Agreement.objects.filter(batch_id=batch_id, year_no=year_no)
    batch = None
    for party, _ in PARTIES:
        wanted = rows.filter(unsigned_by(party))
        if among is not None:
            wanted = wanted.filter(**{f"{party}_id__in": list(among)})
        counted = wanted.order_by().values(f"{party}_id", "batch__code", "batch__name").annotate(
            number=Count("pk"), until=Min("sign_by")
        )  # fmt: skip
        for row in counted:
            pk = row[f"{party}_id"]
            number, until = waiting.get(pk, (0, row["until"]))
            waiting[pk] = (number + row["number"], min(until, row["until"]))
            batch = (row["batch__code"], row["batch__name"])
    for agent, number, until, named in _by_powers(rows, powers, among):
        before, earlier = waiting.get(agent, (0, until))
        waiting[agent] = (before + number, min(earlier, until))
        batch = named
    told = 0 if batch is None else _open(batch, year_no, waiting, at, remind, quiet)
    _finish(batch_id, year_no, waiting, among, at)
    return told


def _by_powers(
    rows: Any, powers: Collection[tuple[int, int]], among: Collection[int] | None
) -> Iterator[tuple[int, int, date, tuple[str, str]]]:
    """(agent, how many wait for its principals, until when, the batch); one query."""
    wanted = [(a, p) for a, p in powers if among is None or a in among]
    if not wanted:
        return
    counted = (
        rows.filter(unsigned_by("institution"), institution_id__in={p for _, p in wanted})
        .order_by()
        .values("institution_id", "batch__code", "batch__name")
        .annotate(number=Count("pk"), until=Min("sign_by"))
    )
    found = {row["institution_id"]: row for row in counted}
    for agent, principal in wanted:
        row = found.get(principal)
        if row is not None:
            named = (row["batch__code"], row["batch__name"])
            yield agent, row["number"], row["until"], named


def ask_agents(*, at: datetime, among: Collection[int] | None = None) -> None:
    """Bring the signing acts of agents (`among`: of these organisations) up to date.

    For powers that were registered, revoked, or whose first or last day has passed: they open and
    finish acts without anybody signing. Nobody is told.
    """
    held = PowerOfAttorney.objects.all()
    if among is not None:
        held = held.filter(agent_id__in=list(among))
    agents = set(held.values_list("agent_id", flat=True))
    if not agents:
        return
    open_ones = Agreement.objects.filter(state__in=PENDING).order_by()
    for batch, year in open_ones.values_list("batch_id", "year_no").distinct():
        ask_to_sign(batch_id=batch, year_no=year, at=at, among=agents, quiet=True)


def _open(
    batch: tuple[str, str],
    year_no: int,
    waiting: dict[int, tuple[int, date]],
    at: datetime,
    remind: str,
    quiet: bool,
) -> int:
    code, name = batch
    url = f"{reverse('agreements')}?mine=1&batch={code}"
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act=ACT, title=f"签署三方协议：{name} 第{year_no}年度",
                object_type=SIGN_TASK, object_key=_key(code, year_no, pk), url=url,
                due_at=day_end(until), roles=("leader",),
            )
            for pk, (_, until) in waiting.items()
        ],
        at=at,
    )  # fmt: skip
    if quiet:
        return 0
    today = shanghai_day(at)
    return notify(
        notices=[
            NewNotice(
                pk, f"agreement-sign-{code}-{year_no}-{pk}-{remind or 'made'}-{today}",
                f"{'催签：' if remind else ''}{name} 第{year_no}年度有 {number:,} 份三方协议待本单位签署，"
                f"{until:%Y-%m-%d} 前签订", url=url,
            )
            for pk, (number, until) in waiting.items()
        ],
        at=at,
    )  # fmt: skip


def _finish(
    batch_id: int,
    year_no: int,
    waiting: Collection[int],
    among: Collection[int] | None,
    at: datetime,
) -> None:
    """End the act of those who have nothing left to sign."""
    code = Agreement.objects.filter(batch_id=batch_id).values_list("batch__code", flat=True).first()
    if code is None:
        return
    if among is not None:
        done = [_key(code, year_no, pk) for pk in among if pk not in waiting]
    else:
        prefix = f"{code}:{year_no}:"
        keys = Task.objects.filter(
            object_type=SIGN_TASK, object_key__startswith=prefix, done_at__isnull=True
        ).values_list("object_key", flat=True)
        done = [key for key in keys if int(key.rsplit(":", 1)[1]) not in waiting]
    if done:
        finish_tasks(object_type=SIGN_TASK, object_keys=done, at=at)


def _key(code: str, year_no: int, organisation_id: int) -> str:
    return f"{code}:{year_no}:{organisation_id}"
