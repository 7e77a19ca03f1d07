"""Who takes part in a batch, for announcements."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.queries.visible import visible_batches
from contracts.models import AgreementLine
from inbox.queries.batch_audience import BatchAudience, answer_for_batches
from organisations.models import Organisation
from organisations.queries.scope import Scope


def options(scope: Scope) -> list[tuple[str, str]]:
    """Batches, the newest first."""
    rows = visible_batches(scope).order_by("-effective_on", "code")
    return [(code, name) for code, name in rows.values_list("code", "name")]


def members(code: str) -> QuerySet[Organisation]:
    """The parties of the batch's agreement lines."""
    lines = AgreementLine.objects.filter(batch__code=code)
    return Organisation.objects.filter(
        Q(pk__in=lines.values("institution_id"))
        | Q(pk__in=lines.values("manufacturer_id"))
        | Q(pk__in=lines.values("distributor_id"))
    )


answer_for_batches(BatchAudience(options, members))
