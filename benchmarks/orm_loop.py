"""What the month costs when Python asks for it institution by institution, as a first draft does.

Seven grouped queries an institution over its lines, deliveries and receipts, and update_or_create
for each group and batch. It gives fewer figures than the job (no regions, no exclusions, no
substitutes, no year to date), so its time is a lower bound.
"""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from monitoring.models import IndicatorValue
from organisations.models import Organisation
from procurement.models import Delivery, OrderLine, Receipt, Return

SAMPLE = 50
Found = dict[tuple[int | None, int | None], dict[str, Any]]


class _RolledBack(Exception):
    """Ends the sample without leaving its rows."""


def seconds_for_all(month: date, start: datetime, cut: datetime) -> tuple[float, int, int]:
    """Extrapolated seconds for all institutions, how many were computed, and how many there are.

    The sample is every k-th institution by size, so that large and small ones are in it alike.
    """
    ids = list(
        Organisation.objects.filter(kind="institution").order_by("pk").values_list("pk", flat=True)
    )
    step = max(1, len(ids) // SAMPLE)
    # From the middle of each step: the very largest would count for step of its kind.
    sample = ids[step // 2 :: step][:SAMPLE]
    started = time.perf_counter()
    try:
        with transaction.atomic():
            for institution_id in sample:
                _compute(institution_id, month, start, cut)
            seconds = time.perf_counter() - started
            raise _RolledBack
    except _RolledBack:
        pass
    return seconds * len(ids) / len(sample), len(sample), len(ids)


def _compute(institution_id: int, month: date, start: datetime, cut: datetime) -> None:
    institution = Organisation.objects.select_related("region").get(pk=institution_id)
    lines = OrderLine.objects.filter(
        institution_id=institution_id, ordered_at__gte=start, ordered_at__lt=cut
    )
    deliveries = Delivery.objects.filter(
        institution_id=institution_id, recorded_at__gte=start, recorded_at__lt=cut
    )
    receipts = Receipt.objects.filter(
        institution_id=institution_id, received_at__gte=start, received_at__lt=cut
    )
    returns = Return.objects.filter(
        institution_id=institution_id, returned_at__gte=start, returned_at__lt=cut
    )
    found: Found = defaultdict(dict)
    amount = Sum(F("accepted_packs") * F("unit_price"))
    _gather(found, lines, lines=Count("id"), packs=Sum("packs"))
    _gather(found, lines.filter(response="confirmed"), confirmed=Count("id"))
    _gather(found, lines.filter(responded_at__lte=F("response_due_at")), in_time=Count("id"))
    due = Q(delivered_at__lte=F("ordered_at") + timedelta(hours=72))
    _gather(found, deliveries, deliveries=Count("id"), on_time=Count("id", filter=due))
    _gather(found, receipts, accepted=Sum("accepted_packs"), amount=amount)
    _gather(found, receipts.exclude(batch=None), selected=amount)
    _gather(found, returns, returned=Sum("packs"))
    for (group_id, batch_id), sums in found.items():
        for indicator, numerator, denominator in (
            ("response_rate", sums.get("in_time"), sums.get("lines")),
            ("on_time_rate", sums.get("on_time"), sums.get("deliveries")),
            ("selected_amount_share", sums.get("selected"), sums.get("amount")),
        ):
            IndicatorValue.objects.update_or_create(
                month=month,
                # Under a name of its own: the job's rows of the month stay as they are.
                indicator=f"loop_{indicator}",
                window="month",
                subject_type="institution",
                subject_code=institution.code,
                batch_code=str(batch_id or ""),
                group_code=str(group_id or ""),
                defaults={
                    "numerator": numerator or Decimal(0),
                    "denominator": denominator or Decimal(0),
                    "province_id": 1,
                    "institution": institution,
                },
            )


def _gather(found: Found, rows: Any, **sums: Any) -> None:
    for row in rows.values("group_id", "batch_id").annotate(**sums):
        found[row["group_id"], row["batch_id"]].update(row)
