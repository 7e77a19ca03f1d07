"""Register and revoke powers of attorney."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from catalog.models import Batch
from contracts.models import PowerOfAttorney
from contracts.operations.agreements.asking import ask_agents
from contracts.queries.powers import ROLES, power_standings
from contracts.rules.agreement import CLAUSE
from contracts.states.power import POWER_MACHINE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import ALLOWED, MissingInput, NotYours, Verdict
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope

OBJECT_TYPE = POWER_MACHINE.name


def may_register(scope: Scope) -> Verdict:
    """An institution for itself, or the lead of a consortium for its members."""
    if scope.kind != "institution":
        return Verdict(False, "授权书由医疗机构（或医共体牵头机构）登记", CLAUSE)
    if not scope.has_role(*ROLES):
        return Verdict(False, "登记授权书需要经办、审核或负责人角色", CLAUSE)
    return ALLOWED


@operation
def register_power(
    *,
    principal: Organisation,
    agent: Organisation,
    batch: Batch | None,
    valid_from: date,
    valid_to: date,
    papers: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> PowerOfAttorney:
    """`agent`'s leader may sign for `principal` on these days, both included; the paper is kept.

    The principal registers it; the lead of its consortium may, where it is itself the agent.
    Raises NotYours, MissingInput.
    """
    allowed = may_register(scope)
    if not allowed:
        raise NotYours.of(allowed)
    own = {scope.organisation_id, *scope.predecessor_ids}
    if principal.pk not in own and principal.pk not in scope.institution_ids:
        raise MissingInput("principal", "只能登记本机构或本医共体成员的授权书", CLAUSE)
    if principal.pk not in own and agent.pk not in own:
        raise MissingInput("agent", "牵头机构登记成员授权书的，代签单位应为牵头机构自己", CLAUSE)
    if principal.pk == agent.pk:
        raise MissingInput("agent", "代签单位不能是授权单位自己", CLAUSE)
    if agent.kind != Organisation.Kind.INSTITUTION or not agent.is_active:
        raise MissingInput("agent", "代签单位应为在用的医疗机构", CLAUSE)
    if valid_to < valid_from or valid_to < shanghai_day(at):
        raise MissingInput("valid_to", "授权的最后一天不能早于第一天，也不能早于今天", CLAUSE)
    if not papers:
        raise MissingInput("paper", "请上传盖章的授权书", CLAUSE)
    places = _places(principal.region)
    row = PowerOfAttorney.objects.create(
        power_no=f"SQ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        principal=principal, agent=agent, registered_by_id=scope.organisation_id, batch=batch,
        valid_from=valid_from, valid_to=valid_to, registered_at=at, registrar_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name, **places,
    )  # fmt: skip
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=papers, by=by, at=at)
    record(
        by=by, at=at, action="power_of_attorney.register", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=str(row), clause=CLAUSE,
        detail={"principal": principal.code, "agent": agent.code, "to": f"{valid_to}"},
    )  # fmt: skip
    _tell(row, scope, "授权书已登记", at)
    ask_agents(at=at, among={agent.pk})
    return row


@operation
def revoke_power(
    *,
    power: PowerOfAttorney,
    revocation_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> PowerOfAttorney:
    """From now on the agent signs nothing more by it; what it has signed stays."""
    moved: PowerOfAttorney
    moved, _ = POWER_MACHINE.perform(
        verb="revoke", obj=power, by=by, at=at, seen_version=seen_version,
        inputs={"revocation_reason": revocation_reason.strip()},
        standings=lambda row: power_standings(scope, row),
    )  # fmt: skip
    _tell(moved, scope, "授权书已撤销", at)
    ask_agents(at=at, among={moved.agent_id})
    return moved


def _places(region: Region | None) -> dict[str, Region | None]:
    found: dict[str, Region | None] = {"county": None, "city": None, "province": None}
    while region is not None:
        found[region.level] = region
        region = region.parent
    return found


def _tell(power: PowerOfAttorney, scope: Scope, words: str, at: datetime) -> None:
    url = reverse("power", args=[power.power_no])
    others = {power.principal_id, power.agent_id} - {scope.organisation_id}
    notify(
        notices=[
            NewNotice(pk, f"power-{power.power_no}-{power.state}-{pk}", f"{words}：{power}", url=url)
            for pk in sorted(others)
        ],
        at=at,
    )  # fmt: skip
