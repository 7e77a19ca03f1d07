"""代办 and handover: nothing that waits is left without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.models import Delegation, User
from organisations.operations.board import board
from organisations.operations.passwords import end_sessions
from organisations.operations.people import switch_off
from organisations.operations.tokens import revoke_token
from organisations.queries.delegations import roles_held_alone, tokens_issued_by


@operation
def set_delegation(
    *,
    absent: User,
    delegate: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: Actor,
    at: datetime,
) -> Delegation:
    """`delegate` may act for `absent` in that time, in the roles of `absent` but 机构管理员.

    Raises MissingInput naming the field; one colleague at a time stands in for a person.
    """
    if delegate.pk == absent.pk:
        raise MissingInput("delegate", "代办人不能是本人")
    if delegate.organisation_id != absent.organisation_id or not delegate.is_active:
        raise MissingInput("delegate", "代办人须是本机构在用的人员")
    if ends_at <= starts_at or ends_at <= at:
        raise MissingInput("ends_at", "结束时间须晚于开始时间和现在")
    try:
        with transaction.atomic():
            made = Delegation.objects.create(
                absent=absent, delegate=delegate, starts_at=starts_at, ends_at=ends_at,
                reason=reason, set_at=at, set_by_id=by.audit_id, set_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise MissingInput("starts_at", "这段时间已有代办人，请先取消原来的代办") from error
    record(
        by=by, at=at, action="delegation.set", object_type="user", object_key=absent.pk,
        object_label=absent.audit_name, reason=reason,
        detail={"delegate": delegate.audit_name, "from": starts_at.isoformat(),
                "until": ends_at.isoformat()},
    )  # fmt: skip
    board().tell(
        organisation_id=absent.organisation_id, key=f"delegation-{made.pk}",
        title=f"{delegate.name} 代办 {absent.name} 的事项", body=reason,
        url=reverse("stand-in"), at=at,
    )  # fmt: skip
    return made


@operation
def end_delegation(*, delegation: Delegation, by: Actor, at: datetime) -> Delegation:
    """Before its time; who acts by it is back to the own person at the next request."""
    locked = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("absent", "delegate")
        .get(pk=delegation.pk)
    )
    if locked.ends_at <= at:
        raise TransitionRefused("该代办已经结束")
    locked.ends_at = max(at, locked.starts_at)
    locked.save(update_fields=["ends_at"])
    record(by=by, at=at, action="delegation.end", object_type="user", object_key=locked.absent_id,
           object_label=locked.absent.audit_name, detail={"delegate": locked.delegate.audit_name})  # fmt: skip
    return locked


@operation
def note_standing_in(*, delegation: Delegation, begins: bool, by: User, at: datetime) -> None:
    """Taking on and laying down the colleague's person is in the trail."""
    record(by=by, at=at, action="delegation.begin" if begins else "delegation.pause",
           object_type="user", object_key=delegation.absent_id,
           object_label=delegation.absent.audit_name)  # fmt: skip


@dataclass(frozen=True)
class HandedOver:
    """What went over to the colleague and what was ended."""

    roles: list[str]
    tokens: int
    delegations: int
    drafts: int


@operation
def hand_over(
    *, leaver: User, colleague: User, revoke_tokens: bool, by: Actor, at: datetime
) -> HandedOver:
    """Somebody leaves for good: the colleague gets the roles that nobody else has, the account ends.

    Open tasks belong to roles, so they wait for the colleague from now on; what the leaver had begun
    to fill in is the colleague's draft. The leaver's sessions
    end at the next request; tokens that the leaver issued are revoked where asked.
    """
    people = {
        person.pk: person
        for person in User.objects.select_for_update(of=("self",))
        .select_related("organisation__region")
        .filter(pk__in=[leaver.pk, colleague.pk])
        .order_by("pk")
    }
    going, staying = people[leaver.pk], people[colleague.pk]
    if going.pk == staying.pk:
        raise MissingInput("colleague", "请选择另一名同事承接")
    if staying.organisation_id != going.organisation_id or not staying.is_active:
        raise MissingInput("colleague", "承接人须是本机构在用的人员")
    roles = roles_held_alone(going)
    missing = [role for role in roles if role not in staying.roles]
    if missing:
        staying.roles = sorted({*staying.roles, *missing})
        end_sessions(staying)
        staying.save(update_fields=["roles", "session_epoch"])
    ended = 0
    for delegation in Delegation.objects.filter(ends_at__gt=at, absent=going):
        end_delegation(delegation=delegation, by=by, at=at)
        ended += 1
    for delegation in Delegation.objects.filter(ends_at__gt=at, delegate=going):
        end_delegation(delegation=delegation, by=by, at=at)
        ended += 1
    tokens = list(tokens_issued_by(going)) if revoke_tokens else []
    for token in tokens:
        revoke_token(token=token, by=by, at=at)
    drafts = board().hand_over_drafts(from_user=going, to_user=staying)
    switch_off(user=going, by=by, at=at)
    record(
        by=by, at=at, action="user.hand_over", object_type="user", object_key=going.pk,
        object_label=going.audit_name,
        detail={
            "to": staying.audit_name, "roles": missing, "tokens": len(tokens), "drafts": drafts,
        },
    )  # fmt: skip
    return HandedOver(missing, len(tokens), ended, drafts)
