"""Who acts in the demonstration's money beside its accounts: people whom nobody signs in as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of

_ROWS = ("organisation__region__parent__parent", "organisation__pool")


@dataclass(frozen=True)
class Colleague:
    """Somebody of an office without such an account: what another person has to do is done by them."""

    mark: str
    name: str
    roles: tuple[str, ...]


WRITER = Colleague("writer", "演示经办", ("clerk",))
SECOND = Colleague("second", "演示局长", ("leader",))
SELLER = Colleague("seller", "演示业务员", ("clerk",))
ACCOUNTANT = Colleague("accounts", "演示会计", ("accountant",))


def account_named(*names: str) -> dict[str, User]:
    """The demonstration's accounts of these names, as far as they are there."""
    rows = User.objects.select_related(*_ROWS).filter(username__in=names)
    return {user.username: user for user in rows}


def colleague(who: Colleague, place: Organisation, at: datetime) -> User:
    """Made on first use, without a password that opens anything."""
    made, _ = User.objects.get_or_create(
        username=f"demo-{who.mark}-{place.code}".lower(),
        defaults={
            "name": who.name, "organisation": place, "roles": list(who.roles), "password": "!",
            "password_changed_at": at, "created_at": at, "created_by_name": "演示数据",
        },
    )  # fmt: skip
    return User.objects.select_related(*_ROWS).get(pk=made.pk)


def acting(user: User, at: datetime) -> dict[str, Any]:
    """What every operation takes of who does it."""
    return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}
