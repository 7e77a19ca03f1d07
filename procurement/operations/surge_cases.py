"""Open a surge for a group and a region, and close it (S2-14.5)."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Group, Selection
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Region, User
from organisations.queries.scope import Scope
from procurement.models import SurgeCase
from procurement.queries.standby import institutions_in
from procurement.queries.surge_cases import (
    may_open_surge,
    regions_to_open,
    surge_case_standings,
    waiting_reports,
)
from procurement.queries.surge_lines import carriers_of_case
from procurement.rules.transfer import days_fit
from procurement.states.surge_case import CLAUSE, SURGE_CASE_MACHINE

OBJECT_TYPE = SURGE_CASE_MACHINE.name


@operation
def open_surge(
    *,
    group: Group,
    region: Region,
    cause: str,
    description: str,
    starts_on: date,
    ends_on: date,
    by: User,
    scope: Scope,
    at: datetime,
) -> SurgeCase:
    """Lines of the group for the region come first in the distributors' queues while it is open.

    Reports that wait become part of it; institutions of the region, the manufacturers of the group
    and the distributors of its lines under way are told. Raises NotYours, MissingInput,
    TransitionRefused where one is open already.
    """
    allowed = may_open_surge(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not regions_to_open(scope).filter(pk=region.pk).exists():
        raise MissingInput("region", "请填写本市，或本省和所辖设区市的行政区划代码", CLAUSE)
    if not description.strip():
        raise MissingInput("description", "请填写情况和对供应、调剂的要求", CLAUSE)
    fits = days_fit(starts_on=starts_on, ends_on=ends_on, today=shanghai_day(at))
    if not fits:
        raise MissingInput("ends_on", fits.reason, fits.clause)
    assert scope.province_id is not None  # a bureau stands in a region
    city = region if region.level == Region.Level.CITY else None
    try:
        with transaction.atomic():
            case = SurgeCase.objects.create(
                case_no=f"BZ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}", group=group,
                region=region, city=city, province_id=scope.province_id, cause=cause,
                description=description.strip(), opened_by_id=scope.organisation_id, opened_at=at,
                opener_name=by.audit_name, starts_on=starts_on, ends_on=ends_on, state_at=at,
                state_by_id=by.audit_id, state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"{region.name}的{group.name}已有应急保障，请在原件办理或先结束它", CLAUSE
        ) from error
    taken = waiting_reports(group, region).update(case=case)
    record(
        by=by, at=at, action="surge_case.open", object_type=OBJECT_TYPE, object_key=case.pk,
        object_label=_label(case), clause=CLAUSE, reason=case.description,
        detail={"group": group.code, "region": region.code, "reports": taken,
                "starts_on": f"{starts_on}", "ends_on": f"{ends_on}"},
    )  # fmt: skip
    _tell(case, "启动应急保障", case.description, at)
    return case


@operation
def close_surge(
    *, case: SurgeCase, words: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> SurgeCase:  # fmt: skip
    """What was reported and transferred in it goes on; its lines do not come first any more."""
    row: SurgeCase
    row, _ = SURGE_CASE_MACHINE.perform(
        verb="close", obj=case, by=by, at=at, inputs={"closing_note": words.strip()},
        seen_version=seen_version, standings=lambda held: surge_case_standings(scope, held),
    )  # fmt: skip
    _tell(row, "结束应急保障", row.closing_note, at)
    return row


def _tell(case: SurgeCase, words: str, body: str, at: datetime) -> None:
    makers = Selection.objects.filter(product__group=case.group_id).values_list(
        "product__manufacturer", flat=True
    )
    institutions = institutions_in(case.region).values_list("pk", flat=True)
    parties = {*institutions, *makers, *carriers_of_case(case)}
    url = reverse("surge-case", args=[case.case_no])
    notify(
        notices=[
            NewNotice(party, f"surge-case-{case.case_no}-{case.state}-{party}",
                      f"{words}：{case.region.name} {case.group.name}", body[:500], url)
            for party in sorted(parties)
        ],
        at=at,
    )  # fmt: skip


def _label(case: SurgeCase) -> str:
    return f"{case.region.name} {case.group.name}（{case.case_no}）"
