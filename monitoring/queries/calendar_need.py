"""Which calendar years a month's working-day deadlines need, and whether they are published."""

from __future__ import annotations

from datetime import date

from complaints.models import Complaint
from core.workdays.models import CalendarYear
from monitoring.indicators.cut import SHANGHAI, MonthCut, parameters_of
from procurement.models import Delivery


def years_needed(cut: MonthCut) -> set[int]:
    """Years without a published calendar that deadlines of this month would be counted in.

    Empty where no complaint and no delivery can fall due in the month.
    """
    parameters, _ = parameters_of(cut)
    first_days: list[date] = []
    complaint = (
        Complaint.objects.filter(
            filed_by=Complaint.FiledBy.INSTITUTION,
            filed_at__gte=parameters["complaint_from"],
            filed_at__lt=cut.cut,
        )
        .order_by("filed_at")
        .values_list("filed_at", flat=True)
        .first()
    )
    delivery = (
        Delivery.objects.filter(
            delivered_at__gte=parameters["delivered_from"],
            delivered_at__lt=cut.cut,
            recorded_at__lt=cut.cut,
        )
        .order_by("delivered_at")
        .values_list("delivered_at", flat=True)
        .first()
    )
    for moment in (complaint, delivery):
        if moment is not None:
            first_days.append(moment.astimezone(SHANGHAI).date())
    if not first_days:
        return set()
    needed = {cut.first.year, min(first_days).year}
    published = CalendarYear.objects.filter(
        year__in=needed, status=CalendarYear.Status.PUBLISHED
    ).values_list("year", flat=True)
    return needed - set(published)
