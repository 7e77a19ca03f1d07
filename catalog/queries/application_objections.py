"""How the objections to a published application stand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from catalog.models import ApplicationObjection, ProductApplication
from catalog.queries.applications import OBJECTION_TYPE, application_standings
from core.attachments.models import Attachment
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class ObjectionCounts:
    open: int
    upheld: int


def objection_counts(application: ProductApplication) -> ObjectionCounts:
    """Of this round of publicity: earlier ones ended with the return that they led to."""
    rows = ApplicationObjection.objects.filter(application=application)
    if application.publicity_from is not None:
        rows = rows.filter(filed_at__date__gte=application.publicity_from)
    counts = rows.aggregate(
        open=Count("pk", filter=Q(state="open")), upheld=Count("pk", filter=Q(state="upheld"))
    )
    return ObjectionCounts(counts["open"], counts["upheld"])


def objection_standings(scope: Scope, objection: ApplicationObjection) -> frozenset[str]:
    """The office that published the application rules."""
    return application_standings(scope, objection.application)


def files_of(objection: ApplicationObjection) -> QuerySet[Attachment]:
    """What was handed in with it."""
    return Attachment.objects.filter(
        owner_type=OBJECTION_TYPE, owner_id=objection.pk
    ).select_related("file")
