"""Who delivers a product to an institution on a day: by agreements in force, then by relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime

from django.db.models import F, Q, QuerySet

from contracts.models import AgreementLine
from contracts.queries.relations import distributors_of
from core.database.prepared import Prepared
from core.workdays.deadlines import day_end
from organisations.models import ConsortiumMembership, Organisation

SIGNATURES = ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at")

Delivering = dict[int, tuple[int, ...]]
ByBatch = dict[tuple[int, int], list[int]]


def running_lines(
    institution: Organisation, products: Collection[int], on: date
) -> list[AgreementLine]:
    """Lines of the agreement years running that day which have not ended, signed or not.

    The lead of a consortium signs for its members, so its lines count too. Each with its head.
    """
    return _RUNNING.rows(institution.pk, list(products), on, day_end(on))


def _running(
    institution_id: int, products: list[int], on: date, end: datetime
) -> QuerySet[AgreementLine]:
    lead = ConsortiumMembership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        institution_id=institution_id, valid_from__lte=on,
    ).values("consortium__lead_id")  # fmt: skip
    return AgreementLine.objects.filter(
        Q(institution_id=institution_id) | Q(institution__in=lead),
        Q(ended_at__isnull=True) | Q(ended_at__gte=end),
        product__among=products,
        batch__years__year_no=F("year_no"),
        batch__years__starts_on__lte=on,
        batch__years__ends_on__gte=on,
    ).select_related("agreement")


_RUNNING = Prepared(_running, -1, [-2], date.min, datetime(1, 1, 1, tzinfo=UTC))


def agreed_distributors(institution: Organisation, products: Collection[int], on: date) -> ByBatch:
    """Distributors of agreements in force by (product, batch); the own before the lead's."""
    return by_batch(institution, running_lines(institution, products, on), on)


def by_batch(institution: Organisation, lines: Iterable[AgreementLine], on: date) -> ByBatch:
    """`agreed_distributors` of running lines that were read already."""
    found: ByBatch = defaultdict(list)
    for line in sorted(lines, key=lambda each: (each.institution_id != institution.pk, each.pk)):
        if line.distributor_id is not None and is_signed(line, on):
            found[line.product_id, line.batch_id].append(line.distributor_id)
    return found


def is_signed(line: AgreementLine, on: date) -> bool:
    return all(signed_by(getattr(line, column), on) for column in SIGNATURES)


def signed_by(moment: datetime | None, on: date) -> bool:
    """On that day or before; a signature of the same day already counts."""
    return moment is not None and moment < day_end(on)


def delivering(
    institution: Organisation,
    products: Collection[int],
    on: date,
    agreed: ByBatch | None = None,
    batches: Mapping[int, int] | None = None,
) -> Delivering:
    """Ids by product: the agreements' first, then of relations in force; empty: nobody may.

    Without anybody no order can be sent: search, cart, API and Excel all ask here. `agreed`: what
    `agreed_distributors` gave, where the caller has it. `batches`: under which one each is bought;
    an agreement of that batch goes before all others, which then do not count. Two queries, one
    with `agreed`.
    """
    if agreed is None:
        agreed = agreed_distributors(institution, products, on)
    related = distributors_of(institution, products, on)
    bought = batches or {}
    signed: dict[int, list[int]] = defaultdict(list)
    for (product, _), held in agreed.items():
        signed[product] += held
    for product, batch in bought.items():
        signed[product] = agreed.get((product, batch)) or signed[product]
    return {
        pk: tuple(dict.fromkeys([*signed.get(pk, []), *related.get(pk, [])])) for pk in products
    }
