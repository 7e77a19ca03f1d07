"""Complaints in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def _of_the_four(scope: Scope) -> bool:
    """Institutions, enterprises and bureaus have complaints to work on."""
    return scope.is_bureau or (scope.is_business and scope.kind in ("institution", "enterprise"))


add(
    Entry(Group.COMPLAINTS, 10, "诉求", "complaint-list", "message-report", often=_of_the_four),
    Entry(Group.COMPLAINTS, 20, "四方联络人", "liaison-list", "users"),
)
