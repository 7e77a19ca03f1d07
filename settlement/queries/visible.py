"""Inputs of 结余留用 belong to the pool: its agency and the authorities of its region."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, region_subtree, within
from settlement.models import RetentionInput


def visible_retention_inputs(scope: Scope) -> QuerySet[RetentionInput]:
    """A county's authority sees none: funds are pooled by city or province."""
    seen = NOTHING
    if scope.is_business and scope.kind == "agency":
        seen = Q(pool_id=scope.pool_id)
    elif scope.is_region_authority:
        seen = region_subtree(scope, "pool__region")
    return within(scope, RetentionInput.objects.all(), seen)
