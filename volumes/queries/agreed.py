"""Agreed quantities: who sees them, in which capacity one acts, and what they are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from catalog.models import AgreementYear, Batch
from catalog.queries.overrides import overrides_of
from catalog.queries.search import batches_named
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within
from policy.queries.parse import parse_ratios
from policy.queries.read import PolicyValue, resolve, values_on
from volumes.models import AgreedQuantity, AgreedRound, AgreedShare, AllotmentChoice
from volumes.queries.standings import ACTING_ROLES, REVIEWING_ROLES
from volumes.states.agreed import PROVINCE


def visible_agreed_rounds(scope: Scope) -> QuerySet[AgreedRound]:
    """Everyone of the province; enterprises, who have none, the confirmed ones."""
    if not scope.is_business:
        return within(scope, AgreedRound.objects.all(), NOTHING)
    if scope.kind == "enterprise":
        seen = Q(state=AgreedRound.State.CONFIRMED)
    else:
        seen = Q(province_id=scope.province_id)
    return within(scope, AgreedRound.objects.all(), seen)


def rounds_with_words(rows: QuerySet[AgreedRound], words: str) -> QuerySet[AgreedRound]:
    """Of visible rounds those of a number, or of a batch by its code, name or initials."""
    shown = Batch.objects.filter(pk__in=rows.order_by().values("batch"))
    return rows.filter(Q(round_no__iexact=words.strip()) | Q(batch__in=batches_named(shown, words)))


def visible_agreed_quantities(scope: Scope) -> QuerySet[AgreedQuantity]:
    """The unit's own and the authorities'; whole groups are nothing of enterprises'."""
    return within(scope, AgreedQuantity.objects.all(), party_rows(scope))


def visible_agreed_shares(scope: Scope) -> QuerySet[AgreedShare]:
    """As the quantities; a manufacturer its products' once the round is confirmed."""
    seen = party_rows(scope)
    if scope.kind == "enterprise":
        seen &= Q(quantity__round__state=AgreedRound.State.CONFIRMED)
    return within(scope, AgreedShare.objects.all(), seen)


def visible_allotment_choices(scope: Scope) -> QuerySet[AllotmentChoice]:
    """The unit's own and the authorities'; nothing of enterprises', who see confirmed shares."""
    seen = NOTHING if scope.kind == "enterprise" else party_rows(scope)
    return within(scope, AllotmentChoice.objects.all(), seen)


def chosen_shares(scope: Scope, row: AgreedRound) -> dict[str, int]:
    """Product code → per cent, as the own institution has chosen so far."""
    own = visible_allotment_choices(scope).filter(round=row, institution=scope.organisation_id)
    return dict(own.values_list("product__code", "share"))


def opens_rounds(scope: Scope) -> bool:
    """People of a province's bureau who may open a round."""
    return scope.is_province_bureau and scope.has_role(*ACTING_ROLES)


def round_standings(scope: Scope, row: AgreedRound) -> frozenset[str]:
    own = row.organisation_id == scope.organisation_id and scope.is_province_bureau
    return frozenset({PROVINCE}) if own and scope.has_role(*REVIEWING_ROLES) else frozenset()


def agreed_ratio(batch: Batch, on: date) -> PolicyValue:
    """The batch's own ratio or its policy's on that day, with the clause."""
    return resolve(values_on(batch.policy.code, on), overrides_of(batch.pk, on))["agreed_ratio"]


def ratios_of(value: PolicyValue) -> tuple[Decimal, ...]:
    """As numbers by the number of selected enterprises; a batch may name a single one."""
    return parse_ratios(str(value.value))


@dataclass(frozen=True)
class Offer:
    """A selected product as a region is supplied with it on the first day of the year."""

    region_id: int
    group_id: int
    product_id: int
    code: str
    manufacturer_id: int
    pack: Decimal
    price: Decimal


OFFERS = """
SELECT s.region_id, p.group_id, p.id, p.code, p.manufacturer_id, p.base_units_per_pack, s.price
FROM catalog_selection s
JOIN catalog_product p ON p.id = s.product_id
WHERE s.batch_id = %(batch)s AND s.role = 'selected' AND p.group_id IS NOT NULL
  AND (s.valid_from IS NULL OR s.valid_from <= %(day)s)
  AND (s.valid_to IS NULL OR s.valid_to >= %(day)s)
ORDER BY p.code, s.region_id
"""


def offers_of(batch: Batch, year: AgreementYear) -> list[Offer]:
    """Every selection that holds on the year's first day."""
    with connection.cursor() as cursor:
        cursor.execute(OFFERS, {"batch": batch.pk, "day": year.starts_on})
        return [Offer(*row) for row in cursor.fetchall()]


def enterprises_by_group(offers: Sequence[Offer]) -> dict[int, int]:
    """How many enterprises won a group, over all supply regions of the batch."""
    found: dict[int, set[int]] = {}
    for each in offers:
        found.setdefault(each.group_id, set()).add(each.manufacturer_id)
    return {group: len(makers) for group, makers in found.items()}


def offers_at(offers: Sequence[Offer], regions: Sequence[int | None]) -> dict[int, list[Offer]]:
    """By group, what supplies an institution of these regions; the nearer region's price counts."""
    here = [region for region in regions if region is not None]
    found: dict[int, dict[int, Offer]] = {}
    for region in reversed(here):
        for each in offers:
            if each.region_id == region:
                found.setdefault(each.group_id, {})[each.product_id] = each
    return {group: list(products.values()) for group, products in found.items()}


@dataclass(frozen=True)
class RoundTotals:
    """Of what the reader sees: units, lines, Σ reported is not summed over units of measure."""

    units: int
    lines: int
    differing: int
    unbound: int
    unplaced: int
    no_product: int


def round_totals(scope: Scope, row: AgreedRound) -> RoundTotals:
    found = (
        visible_agreed_quantities(scope)
        .filter(round=row)
        .aggregate(
            units=Count("institution", distinct=True),
            lines=Count("pk"),
            differing=Count(
                "pk", filter=Q(published_qty__isnull=False) & ~Q(published_qty=F("computed_qty"))
            ),
            unbound=Count("pk", filter=Q(basis="unbound")),
            unplaced=Count("pk", filter=Q(unplaced_qty__gt=0)),
            no_product=Count("pk", filter=Q(basis="none")),
        )
    )
    return RoundTotals(**found)


def product_totals(scope: Scope, row: AgreedRound) -> list[dict[str, Any]]:
    """Σ by product of what one sees; for manufacturers their demand."""
    rows: Any = (
        visible_agreed_shares(scope)
        .filter(quantity__round=row, agreed_qty__gt=0)
        .order_by()
        .values("product__code", "product__name", "product__group__base_unit")
        .annotate(total=Sum("agreed_qty"), units=Count("institution", distinct=True))
        .order_by("product__code")
    )
    return [dict(each) for each in rows]
