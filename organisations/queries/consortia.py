"""Consortia as lists show them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from organisations.models import Consortium
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_consortia


def consortia_with_members(scope: Scope) -> QuerySet[Consortium]:
    """With lead, its region, and the number of members on the scope's day."""
    held = Q(memberships__valid_from__lte=scope.on) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=scope.on)
    )
    return (
        visible_consortia(scope)
        .select_related("lead__region")
        .annotate(member_count=Count("memberships__institution", filter=held, distinct=True))
    )
