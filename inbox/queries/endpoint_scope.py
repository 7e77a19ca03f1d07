"""What an organisation as a whole sees: the sight of its webhooks, which no person stands behind."""

from __future__ import annotations

from datetime import date

from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of


def endpoint_scope(organisation: Organisation, on: date) -> Scope:
    """Everybody's roles, nobody's own messages: what is addressed to one person is left out."""
    nobody = User(organisation=organisation, roles=list(User.Role.values), is_active=True, pk=0)
    return scope_of(nobody, on)
