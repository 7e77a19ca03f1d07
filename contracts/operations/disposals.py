"""What a bureau did about a party that does not sign."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from catalog.models import Batch
from contracts.models import Agreement, Disposal
from contracts.queries.agreements import visible_agreements
from contracts.queries.disposals import disposal_standings, may_dispose
from contracts.states.agreement import PENDING
from contracts.states.power import DISPOSAL_CLAUSE, DISPOSAL_MACHINE
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

OBJECT_TYPE = DISPOSAL_MACHINE.name


@operation
def record_disposal(
    *,
    organisation: Organisation,
    batch: Batch,
    year_no: int,
    kind: str,
    reason: str,
    due_on: date | None,
    by: User,
    scope: Scope,
    at: datetime,
) -> Disposal:
    """A bureau writes down what it does about a party of its region's unsigned agreements.

    Institutions by the agreement of designated providers (江西2026 二（二）), enterprises by credit
    evaluation or disqualification (S2-2.3). Raises NotYours, MissingInput.
    """
    allowed = may_dispose(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not reason.strip():
        raise MissingInput("reason", "请填写事由", DISPOSAL_CLAUSE)
    if due_on is not None and due_on < shanghai_day(at):
        raise MissingInput("due_on", "要求完成日期不能早于今天", DISPOSAL_CLAUSE)
    if kind == Disposal.Kind.CONTRACT and organisation.kind != Organisation.Kind.INSTITUTION:
        raise MissingInput("kind", "按定点协议管理处理只适用于医疗机构", DISPOSAL_CLAUSE)
    if kind in ("credit", "disqualify") and organisation.kind != Organisation.Kind.ENTERPRISE:
        raise MissingInput("kind", "信用评价和取消中选资格只适用于企业", DISPOSAL_CLAUSE)
    about = _unsigned(organisation, batch, year_no, scope)
    if about is None:
        raise MissingInput(
            "organisation",
            "该单位在本地区这一批次年度没有未签或拒签的协议，请核对",
            DISPOSAL_CLAUSE,
        )
    assert scope.province_id is not None
    of_hospital = organisation.kind == Organisation.Kind.INSTITUTION
    row = Disposal.objects.create(
        disposal_no=f"CZ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        organisation=organisation, batch=batch, year_no=year_no, agreement=about, kind=kind,
        reason=reason.strip(), due_on=due_on, decided_on=shanghai_day(at),
        decided_by_id=scope.organisation_id,
        county_id=about.county_id if of_hospital else scope.county_id,
        city_id=about.city_id if of_hospital else scope.city_id, province_id=scope.province_id,
        decided_at=at, officer_id=by.audit_id, officer_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="agreement_disposal.record", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=f"{organisation.name} {row.get_kind_display()}",
        reason=row.reason, clause=DISPOSAL_CLAUSE, detail={"kind": kind, "batch": batch.code},
    )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                organisation.pk, f"disposal-{row.disposal_no}",
                f"{row.get_kind_display()}：{batch.name} 三方协议未签订", row.reason,
                reverse("disposal", args=[row.disposal_no]),
            )
        ],
        at=at,
    )  # fmt: skip
    return row


@operation
def close_disposal(
    *,
    disposal: Disposal,
    outcome: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Disposal:
    """Its outcome, by the bureau that made it."""
    moved: Disposal
    moved, _ = DISPOSAL_MACHINE.perform(
        verb="close", obj=disposal, by=by, at=at, seen_version=seen_version,
        inputs={"outcome": outcome.strip()},
        standings=lambda row: disposal_standings(scope, row),
    )  # fmt: skip
    return moved


def _unsigned(
    organisation: Organisation, batch: Batch, year_no: int, scope: Scope
) -> Agreement | None:
    """An agreement of the bureau's region that this party has not signed, or has refused."""
    seen = Q()
    for party in ("institution", "manufacturer", "distributor"):
        mine = Q(**{party: organisation})
        waits = Q(**{f"{party}_signed_at__isnull": True}, state__in=PENDING)
        seen |= mine & (waits | Q(state="refused", refused_party=party))
    rows = visible_agreements(scope).filter(seen, batch=batch, year_no=year_no)
    return rows.order_by("pk").first()
