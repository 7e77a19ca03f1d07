"""Who stands in for whom, and what hangs on one person alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from organisations.models import ApiToken, Delegation, User
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

PEOPLE = ("absent", "delegate")


def visible_delegations(scope: Scope) -> QuerySet[Delegation]:
    """One's own on either side; an admin's organisation's."""
    rows = Delegation.objects.select_related(*PEOPLE).order_by("-ends_at", "-pk")
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = Q(absent_id=scope.user_id) | Q(delegate_id=scope.user_id)
    if scope.has_role("admin"):
        seen |= Q(absent__organisation_id=scope.organisation_id)
    return within(scope, rows, seen)


def live_delegation(delegate: User, pk: int, now: datetime) -> Delegation | None:
    """The delegation if it is in force now and both are still in use at the same organisation."""
    return (
        Delegation.objects.select_related("absent")
        .filter(
            pk=pk,
            delegate=delegate,
            starts_at__lte=now,
            ends_at__gt=now,
            absent__is_active=True,
            absent__organisation_id=delegate.organisation_id,
        )
        .first()
    )


def standing_in(rows: Iterable[Delegation], now: datetime) -> Delegation | None:
    """Of these the one that is in force now."""
    return next((row for row in rows if row.starts_at <= now < row.ends_at), None)


def colleagues_of(person: User) -> list[User]:
    """Those of the same organisation who could stand in or take over."""
    rows = User.objects.filter(
        organisation_id=person.organisation_id, is_active=True, is_service=False
    )
    return list(rows.exclude(pk=person.pk).order_by("name", "username"))


def roles_held_alone(person: User) -> list[str]:
    """Roles of the person that nobody else of the organisation has; their tasks would be orphaned."""
    held = {role for colleague in colleagues_of(person) for role in colleague.roles}
    return [role for role in person.roles if role not in held]


def tokens_issued_by(person: User) -> QuerySet[ApiToken]:
    """Live tokens that the person issued, whose secrets the person has seen."""
    rows: QuerySet[ApiToken] = ApiToken.objects.filter(
        organisation_id=person.organisation_id,
        created_by_name__endswith=f"（{person.username}）",
        revoked_at__isnull=True,
    )
    return rows
