"""Complaints are seen by institution, manufacturer, distributor and the authorities."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from complaints.models import Complaint, ComplaintMessage, LiaisonContact
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    party_alternatives,
    party_rows,
    within,
)
from organisations.queries.visible import visible_organisations


def visible_complaints(scope: Scope) -> QuerySet[Complaint]:
    return within(scope, Complaint.objects.all(), party_rows(scope))


def visible_messages(scope: Scope) -> QuerySet[ComplaintMessage]:
    """The thread of a complaint is read by whoever sees the complaint."""
    seen = condition(party_alternatives(scope), "case__complaint__")
    return within(scope, ComplaintMessage.objects.all(), seen)


def visible_contacts(scope: Scope) -> QuerySet[LiaisonContact]:
    """Contacts of the organisations that one sees, and of the bureaus over the own region.

    Those of the four sides of a complaint are on its page, whoever reads it.
    """
    rows = LiaisonContact.objects.filter(ended_at__isnull=True)
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    above = [pk for pk in (scope.county_id, scope.city_id, scope.province_id) if pk]
    seen = Q(organisation__in=visible_organisations(scope).values("pk"))
    return within(
        scope, rows, seen | Q(organisation__kind="bureau", organisation__region__in=above)
    )
