"""Which organisations the demonstration's accounts belong to: those with the most to show."""

from __future__ import annotations

from django.db.models import Count, Max, QuerySet

from monitoring.models import Warning
from monitoring.states import WarningState
from organisations.models import Consortium, ConsortiumMembership, Organisation
from procurement.models import OrderLine


def demo_cast() -> dict[str, str]:
    """Codes of the busiest hospital, consortium lead and enterprises of the latest month.

    The hospital is one with a warning to answer, where there is any: the first thing that its
    clerk is shown to do. Empty where there are no orders; then the accounts' own order of choice holds.
    """
    latest = OrderLine.objects.aggregate(latest=Max("ordered_at"))["latest"]
    if latest is None:
        return {}
    month = OrderLine.objects.filter(
        ordered_at__gte=latest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    leads = set(Consortium.objects.values_list("lead_id", flat=True))
    members = set(ConsortiumMembership.objects.values_list("institution_id", flat=True))
    in_county = Organisation.objects.filter(
        kind="institution", region__level="county", ownership="public"
    )
    alone = set(in_county.values_list("pk", flat=True)) - members - leads
    chosen = {
        "hospital": _busiest(month, "institution_id", alone & _with_open_warnings())
        or _busiest(month, "institution_id", alone),
        "consortium": _busiest(month, "institution_id", leads),
        "manufacturer": _busiest(month, "manufacturer_id", None),
        "distributor": _busiest(month, "distributor_id", None),
    }
    return {part: code for part, code in chosen.items() if code}


def _with_open_warnings() -> set[int]:
    return set(
        Warning.objects.filter(state=WarningState.OPEN, institution__isnull=False)
        .values_list("institution_id", flat=True)
        .distinct()
    )


def _busiest(lines: QuerySet[OrderLine], column: str, among: set[int] | None) -> str:
    """The code of the organisation with the most lines, of those allowed."""
    counted = (
        lines.exclude(**{column: None})
        .values_list(column)
        .annotate(lines=Count("pk"))
        .order_by("-lines", column)
    )
    for organisation_id, _ in counted:
        if among is None or organisation_id in among:
            return str(Organisation.objects.get(pk=organisation_id).code)
    return ""
