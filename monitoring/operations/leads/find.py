"""Look for leads in a province up to a month; the same month looked at again adds only what is new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse

from catalog.models import Group, Product
from core.audit.record import Actor, record
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import ComputedMonth, Lead, LeadSearch
from monitoring.operations.compute_month import Progress, Silent
from monitoring.queries.lead_search import Find, search, window_of
from monitoring.queries.leads import newest_month, searches_leads
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.rules.lead_methods import (
    COMPARED_LABELS,
    MEASURED_LABELS,
    compared_words,
    figure_words,
    method_words,
)
from monitoring.states.lead import LEAD_CLAUSE, LEAD_MACHINE, LEAD_ROLE, LeadKind
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope

FIND_LEADS = "find_leads"
OBJECT_TYPE = LEAD_MACHINE.name


@operation
def request_lead_search(*, month: str, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the search of a computed month; the open job of it where there is one.

    Raises NotYours, MissingInput (month).
    """
    if not searches_leads(scope):
        raise NotYours("线索由省级医保局有“线索查办”角色的人员筛查", LEAD_CLAUSE)
    try:
        wanted = parse_month(month)
    except MalformedMonth as error:
        raise MissingInput("month", str(error)) from error
    computed = ComputedMonth.objects.filter(month=wanted, province_id=scope.province_id)
    if not computed.exists():
        newest = newest_month(scope.province_id)
        words = f"，最近已计算的是 {newest:%Y-%m}" if newest else ""
        raise MissingInput("month", f"该月指标尚未计算，不能筛查{words}")
    return _queue(wanted, scope.province_id or 0, scope.province_code, by, at)


@operation
def request_due_searches(*, by: Actor, at: datetime) -> list[Job]:
    """Queue the newest computed month of every province that has a bureau and was not searched yet."""
    bureaus = Organisation.objects.filter(kind="bureau", is_active=True, region__level="province")
    queued = []
    for each in Region.objects.filter(pk__in=bureaus.values("region_id")).order_by("code"):
        month = newest_month(each.pk)
        if month is None:
            continue
        if not LeadSearch.objects.filter(province_id=each.pk, month=month).exists():
            queued.append(_queue(month, each.pk, each.code, by, at))
    return queued


def _queue(month: date, province_id: int, code: str, by: Actor, at: datetime) -> Job:
    return enqueue(
        kind=FIND_LEADS, key=f"{code}:{month:%Y-%m}",
        arguments={"month": month.isoformat(), "province": province_id}, by=by, at=at,
        province_code=code,
    )  # fmt: skip


@operation
def find_leads(
    *, month: date, province_id: int, by: Actor, at: datetime, listener: Progress | None = None
) -> int:
    """Run every method and keep what is new. Returns how many.

    What is found is frozen with its method and lines. Two at once: the second waits and adds
    nothing. People with the right get one task for the month.
    """
    listener = listener or Silent()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"leads {province_id}"]
        )
    finds: list[Find] = []
    for done, kind in enumerate(LeadKind):
        listener.progress(done, len(LeadKind), kind.label)
        finds += search(kind, month=month, province_id=province_id)
    new = _not_kept(finds, month, province_id)
    rows = _rows(new, month, province_id, by, at)
    Lead.objects.bulk_create(rows, batch_size=200)
    row, _ = LeadSearch.objects.update_or_create(
        province_id=province_id, month=month,
        defaults={"found": len(rows), "ran_at": at, "ran_by_name": by.audit_name},
    )  # fmt: skip
    record(
        by=by, at=at, action="lead.search", object_type="lead_search", object_key=row.pk,
        object_label=f"{month:%Y-%m}", clause=LEAD_CLAUSE, detail={"found": len(rows)},
    )  # fmt: skip
    keep_search_task(month=month, province_id=province_id, at=at)
    return len(rows)


@operation
def keep_search_task(*, month: date, province_id: int, at: datetime) -> None:
    """The bureau's task of the month is open while a lead of it waits to be checked."""
    key = f"{month:%Y-%m}-{province_id}"
    _, last = window_of(month)
    if not Lead.objects.filter(province_id=province_id, period_to=last, state="found").exists():
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[key], at=at)
        return
    bureaus = Organisation.objects.filter(kind="bureau", is_active=True, region_id=province_id)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=each.pk, act="check_leads", title=f"核查 {month:%Y-%m} 筛查出的线索",
                object_type=OBJECT_TYPE, object_key=key, url=f"{reverse('leads')}?state=found",
                roles=(LEAD_ROLE,),
            )
            for each in bureaus
        ],
        at=at,
    )  # fmt: skip


def _key(find: Any) -> tuple[Any, ...]:
    return (
        find.kind, find.institution_id, find.enterprise_id, find.group_id, find.product_id,
    )  # fmt: skip


def _not_kept(finds: Iterable[Find], month: date, province_id: int) -> list[Find]:
    _, last = window_of(month)
    kept = {_key(each) for each in Lead.objects.filter(
        province_id=province_id, period_to=last
    ).only("kind", "institution_id", "enterprise_id", "group_id", "product_id")}  # fmt: skip
    return [each for each in finds if _key(each) not in kept]


def _rows(finds: list[Find], month: date, province_id: int, by: Actor, at: datetime) -> list[Lead]:
    first, last = window_of(month)
    parties = Organisation.objects.in_bulk(
        {each for find in finds for each in (find.institution_id, find.enterprise_id) if each}
    )
    groups = Group.objects.in_bulk({find.group_id for find in finds if find.group_id})
    products = Product.objects.in_bulk({find.product_id for find in finds if find.product_id})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('monitoring_lead_no') FROM generate_series(1, %s)", [len(finds)]
        )
        numbers = [row[0] for row in cursor.fetchall()]
    made = []
    for number, find in zip(numbers, finds, strict=True):
        names = [
            *(parties[each].name for each in (find.institution_id, find.enterprise_id) if each),
            *([products[find.product_id].name] if find.product_id else []),
            *([groups[find.group_id].name] if find.group_id and not find.product_id else []),
        ]
        words = (
            f"{'、'.join(names)}：{MEASURED_LABELS[find.kind]} "
            f"{figure_words(find.kind, find.measured)}，{COMPARED_LABELS[find.kind]} "
            f"{compared_words(find.kind, find.compared)}，涉及 {find.amount:,.2f} 元、"
            f"{find.evidence['total']} 行订单。"
        )
        method = method_words(find.kind)
        made.append(
            Lead(
                lead_no=f"XS{month:%Y%m}-{number:05d}", kind=find.kind, province_id=province_id,
                institution_id=find.institution_id, enterprise_id=find.enterprise_id,
                group_id=find.group_id, product_id=find.product_id, period_from=first,
                period_to=last, measured=find.measured, compared=find.compared,
                amount=find.amount, method=method, finding=words, evidence=find.evidence,
                digest=evidence_digest(method, words, find.evidence), found_at=at, state_at=at,
                state_by_id=by.audit_id, state_by_name=by.audit_name,
            )
        )  # fmt: skip
    return made


def evidence_digest(method: str, finding: str, evidence: dict[str, Any]) -> str:
    """SHA-256 of method, finding and lines in one fixed spelling."""
    plain = json.dumps([method, finding, evidence], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
