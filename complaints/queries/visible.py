"""Complaints are seen by institution, manufacturer, distributor and the authorities."""

from __future__ import annotations

from django.db.models import QuerySet

from complaints.models import Complaint
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within


def visible_complaints(scope: Scope) -> QuerySet[Complaint]:
    return within(scope, Complaint.objects.all(), party_rows(scope))
