"""Consortia as lists show them, and who is in one on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from core.database.prepared import PreparedValues
from organisations.models import Consortium, ConsortiumMembership, Organisation
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


def unit_of(institution: Organisation, on: date) -> list[int]:
    """Ids of the members of its consortium on the day, else its own alone."""
    return sorted({institution.pk, *_MEMBERS.values(institution.pk, on)})


def lead_of(institution: Organisation, on: date) -> Organisation | None:
    """The lead of its consortium on the day; None where it is in none."""
    held = _held(on).filter(institution=institution).select_related("consortium__lead").first()
    return held.consortium.lead if held else None


def _held(on: date) -> QuerySet[ConsortiumMembership]:
    return ConsortiumMembership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on
    )


def _members(institution_id: int, on: date) -> QuerySet[ConsortiumMembership, int]:
    own = _held(on).filter(institution_id=institution_id).values("consortium_id")
    return _held(on).filter(consortium__in=own).values_list("institution_id", flat=True)


_MEMBERS = PreparedValues(_members, -1, date.min)
