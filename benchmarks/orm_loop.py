"""What the month costs when Python asks for it institution by institution, as a first draft does.

Seven grouped queries an institution and window over its lines, deliveries and receipts, a few more
for agreements, reports, habits and payments, and update_or_create for each figure: the institution
rows of ten indicators, for the month and the year to date. Regions, enterprises, units of
consortia, standing by region and date, exemptions and working days are left out, so its time is a
lower bound and its figures are not the platform's.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from contracts.models import AgreementLine
from monitoring.models import IndicatorValue
from organisations.models import Organisation
from procurement.models import Delivery, OrderLine, Payment, Receipt, Return
from volumes.models import VolumeReportLine

SAMPLE = 50
LONGEST_SECONDS = 45
Key = tuple[int | None, int | None, int | None]
"""Group, batch, product; None in a row that is not of one."""
Found = dict[Key, dict[str, Any]]
Figures = Iterator[tuple[str, Key, Any, Any]]


class _RolledBack(Exception):
    """Ends the sample without leaving its rows."""


def seconds_for_all(month: date, start: datetime, cut: datetime) -> tuple[float, int, int]:
    """Extrapolated seconds for all institutions, how many were computed, and how many there are.

    The sample is every k-th institution by size, large and small ones in turn; it ends when it has
    taken LONGEST_SECONDS. What it cost is extrapolated by institutions or by lines of the year to
    date, whichever gives less: a sample that ends early may hold too many large or small ones.
    """
    ids = list(
        Organisation.objects.filter(kind="institution").order_by("pk").values_list("pk", flat=True)
    )
    step = max(1, len(ids) // SAMPLE)
    # From the middle of each step: the very largest would count for step of its kind.
    sample = ids[step // 2 :: step][:SAMPLE]
    year = OrderLine.objects.filter(
        ordered_at__gte=datetime(month.year, 1, 1, tzinfo=start.tzinfo), ordered_at__lt=cut
    )
    started = time.perf_counter()
    done: list[int] = []
    try:
        with transaction.atomic():
            # 7 and 50 have no divisor in common: every place comes once.
            for place in range(len(sample)):
                done.append(sample[(place * 7 + len(sample) // 2) % len(sample)])
                _compute(done[-1], month, start, cut)
                if time.perf_counter() - started > LONGEST_SECONDS:
                    break
            seconds = time.perf_counter() - started
            raise _RolledBack
    except _RolledBack:
        pass
    share = year.filter(institution_id__in=done).count() / year.count()
    return seconds * min(len(ids) / len(done), 1 / share), len(done), len(ids)


def _compute(institution_id: int, month: date, start: datetime, cut: datetime) -> None:
    institution = Organisation.objects.select_related("region").get(pk=institution_id)
    year_start = datetime(month.year, 1, 1, tzinfo=start.tzinfo)
    for window, since in (("month", start), ("ytd", year_start)):
        found = _bought(institution_id, since, cut)
        _write(institution, month, window, _by_group(found, institution_id))
        _write(institution, month, window, _by_product(found, institution_id))
    _write(institution, month, "month", _of_the_unit(institution_id, start, cut))


def _bought(institution_id: int, since: datetime, cut: datetime) -> Found:
    """Seven grouped queries over the window, as a first draft would send them."""
    found: Found = defaultdict(dict)
    lines = OrderLine.objects.filter(
        institution_id=institution_id, ordered_at__gte=since, ordered_at__lt=cut
    )
    deliveries = Delivery.objects.filter(
        institution_id=institution_id, recorded_at__gte=since, recorded_at__lt=cut
    )
    receipts = Receipt.objects.filter(
        institution_id=institution_id, received_at__gte=since, received_at__lt=cut
    )
    returns = Return.objects.filter(
        institution_id=institution_id, returned_at__gte=since, returned_at__lt=cut
    )
    amount = Sum(F("accepted_packs") * F("unit_price"))
    _gather(found, lines, lines=Count("id"), ordered=Sum(F("packs") * F("unit_price")))
    _gather(found, lines.filter(response="confirmed"), confirmed=Count("id"))
    _gather(found, lines.filter(responded_at__lte=F("response_due_at")), in_time=Count("id"))
    due = Q(delivered_at__lte=F("ordered_at") + timedelta(hours=72))
    _gather(found, deliveries, deliveries=Count("id"), on_time=Count("id", filter=due))
    _gather(found, receipts, accepted=Sum("accepted_packs"), amount=amount)
    _gather(found, receipts.exclude(batch=None), selected=amount)
    _gather(found, returns, returned=Sum("packs"))
    return found


def _by_group(found: Found, institution_id: int) -> Figures:
    """Rows per batch and group: shares, and what was reported against it."""
    groups: dict[Key, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for (group_id, batch_id, _product), sums in found.items():
        for name, value in sums.items():
            groups[group_id, batch_id, None][name] += value or 0
    reported: dict[int | None, Mapping[str, Any]] = {
        row["group_id"]: row
        for row in VolumeReportLine.objects.filter(institution_id=institution_id)
        .values("group_id")
        .annotate(reported=Sum("reported_qty"), prior=Sum("prior_year_qty"))
    }
    for key, sums in groups.items():
        yield "non_selected_share", key, sums["amount"] - sums["selected"], sums["amount"]
        report = reported.get(key[0])
        yield "unreported_share", key, sums["amount"] if report is None else 0, sums["amount"]
        yield "substitute_ratio", key, sums["accepted"], sums["amount"]
        if report is not None:
            yield "report_deviation", key, report["reported"], report["prior"]


def _by_product(found: Found, institution_id: int) -> Figures:
    """Rows per batch and product: completion of what was agreed, and fulfilment."""
    agreed: dict[tuple[int | None, int | None], Mapping[str, Any]] = {
        (row["batch_id"], row["product_id"]): row
        for row in AgreementLine.objects.filter(institution_id=institution_id)
        .values("batch_id", "product_id")
        .annotate(quantity=Sum("agreed_qty"), worth=Sum(F("agreed_qty") * F("price")))
    }
    for key, sums in found.items():
        contract = agreed.get((key[1], key[2]))
        yield "fulfilment_rate", key, sums.get("amount"), sums.get("ordered")
        if contract is not None:
            yield "completion_rate", key, sums.get("accepted"), contract["quantity"]
            yield "completion_amount_rate", key, sums.get("amount"), contract["worth"]


def _of_the_unit(institution_id: int, start: datetime, cut: datetime) -> Figures:
    """One row each: orders far above the usual, late receipts, payments in time."""
    key = (None, None, None)
    mine = OrderLine.objects.filter(institution_id=institution_id, ordered_at__lt=cut)
    usual = {
        row["product_id"]: row["packs"]
        for row in mine.filter(ordered_at__gte=start - timedelta(days=365), ordered_at__lt=start)
        .values("product_id")
        .annotate(packs=Sum("packs"))
    }
    ordered = list(mine.filter(ordered_at__gte=start).values_list("product_id", "packs"))
    high = sum(packs * 12 > 3 * usual.get(product, packs * 12) for product, packs in ordered)
    yield "abnormal_order_rate", key, Decimal(high), Decimal(len(ordered))
    arrived = Delivery.objects.filter(
        institution_id=institution_id, delivered_at__gte=start, delivered_at__lt=cut
    )
    received = set(
        Receipt.objects.filter(
            institution_id=institution_id, received_at__gte=start, received_at__lt=cut
        ).values_list("delivery_id", flat=True)
    )
    ids = list(arrived.values_list("id", flat=True))
    late = sum(delivery not in received for delivery in ids)
    yield "receipt_overdue_rate", key, Decimal(late), Decimal(len(ids))
    paid = Payment.objects.filter(institution_id=institution_id, paid_on__gte=start.date())
    yield "payment_on_time_rate", key, paid.aggregate(sum=Sum("amount"))["sum"], Decimal(1)


def _write(institution: Organisation, month: date, window: str, figures: Figures) -> None:
    for indicator, (group_id, batch_id, product_id), numerator, denominator in figures:
        IndicatorValue.objects.update_or_create(
            month=month,
            # Under a name of its own: the job's rows of the month stay as they are.
            indicator=f"loop_{indicator}",
            window=window,
            subject_type="institution",
            subject_code=institution.code,
            batch_code=str(batch_id or ""),
            group_code=str(group_id or ""),
            product_code=str(product_id or ""),
            defaults={
                "numerator": numerator or Decimal(0),
                "denominator": denominator or Decimal(0),
                "province_id": 1,
                "institution": institution,
            },
        )


def _gather(found: Found, rows: Any, **sums: Any) -> None:
    for row in rows.values("group_id", "batch_id", "product_id").annotate(**sums):
        found[row.pop("group_id"), row.pop("batch_id"), row.pop("product_id")].update(row)
