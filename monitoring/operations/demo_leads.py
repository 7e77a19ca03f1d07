"""线索 and 培训 of the demonstration: a searched month with one lead transferred, trainings of two bureaus."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from monitoring.models import Lead, LeadSearch, Training
from monitoring.operations.leads.find import find_leads
from monitoring.operations.leads.steps import perform_lead_step, transfer_lead
from monitoring.operations.trainings import TrainingWords, perform_training_step, save_training
from monitoring.queries.leads import lead_receivers, newest_month, searches_leads
from monitoring.queries.trainings import keeps_trainings
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of

NAMES = ("province", "city", "hospital")


@operation
def create_demo_leads(*, by: Actor, at: datetime) -> bool:
    """By the steps that the clock and the demo people take; a second start finds all there."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=NAMES
        )
    }
    if len(people) < len(NAMES) or LeadSearch.objects.exists():
        return False
    province = _acting(people["province"], at)
    scope = province["scope"]
    month = newest_month(scope.province_id)
    if month is None or scope.province_id is None or not searches_leads(scope):
        return False
    find_leads(month=month, province_id=scope.province_id, by=by, at=at)
    office = lead_receivers(scope.province_id).first()
    kinds: dict[str, Lead] = {}
    for lead in Lead.objects.filter(province_id=scope.province_id).order_by("-amount", "pk"):
        kinds.setdefault(lead.kind, lead)
    chosen = list(kinds.values())
    for lead in chosen[:2]:
        note = "已调阅订单和处方，情况属实。"
        perform_lead_step(lead=lead, verb="confirm", note=note, **province)
    if office is not None and chosen:
        fresh = Lead.objects.get(pk=chosen[0].pk)
        transfer_lead(lead=fresh, receiver=office.code, note="请按职责核处。", **province)
    return True


@operation
def create_demo_trainings(*, at: datetime) -> bool:
    """The city's policy training is recorded, the province's platform training still a draft."""
    if Training.objects.exists():
        return False
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=NAMES
        )
    }
    if len(people) < len(NAMES):
        return False
    today = shanghai_day(at)
    for name, kind, title, days in (
        ("city", "policy", "集中带量采购政策培训", 20),
        ("province", "platform", "招采子系统操作培训", 6),
    ):
        act = _acting(people[name], at)
        if not keeps_trainings(act["scope"]):
            continue
        region = people[name].organisation.region
        assert region is not None  # bureaus stand in a region
        field = "region" if region.level == "county" else "region__parent"
        near = Organisation.objects.filter(kind="institution", is_active=True)
        invited = list(
            (near.filter(**{field: region}) | near.filter(region=region)).order_by("code")[:4]
        )
        own = people["hospital"].organisation
        if own.code not in {each.code for each in invited}:
            invited.append(own)
        row = save_training(
            words=TrainingWords(
                kind=kind, title=title, held_on=today - timedelta(days=days), place="线上",
                content="讲解报量、进院、采购和考核的规定，演示平台操作。",
                attended="\n".join(f"{each.code} {n + 2}" for n, each in enumerate(invited)),
                own_people=6,
            ),
            **act,
        )  # fmt: skip
        if name == "city":
            perform_training_step(training=row, verb="record", **act)
    return True


def _acting(user: User, at: datetime) -> dict[str, Any]:
    return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}
