"""The catalogue, its prices, batches and their results are readable to everyone of the trade."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import (
    AgreementYear,
    Batch,
    BatchParameter,
    Exemption,
    Group,
    ListedPrice,
    Product,
    Selection,
    Substitute,
)
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    for_business,
    region_subtree,
    within,
)


def visible_groups(scope: Scope) -> QuerySet[Group]:
    return for_business(scope, Group.objects.all())


def visible_substitutes(scope: Scope) -> QuerySet[Substitute]:
    return for_business(scope, Substitute.objects.all())


def visible_products(scope: Scope) -> QuerySet[Product]:
    return for_business(scope, Product.objects.all())


def visible_listed_prices(scope: Scope) -> QuerySet[ListedPrice]:
    return for_business(scope, ListedPrice.objects.all())


def visible_batches(scope: Scope) -> QuerySet[Batch]:
    return for_business(scope, Batch.objects.all())


def visible_agreement_years(scope: Scope) -> QuerySet[AgreementYear]:
    return for_business(scope, AgreementYear.objects.all())


def visible_batch_parameters(scope: Scope) -> QuerySet[BatchParameter]:
    return for_business(scope, BatchParameter.objects.all())


def visible_selections(scope: Scope) -> QuerySet[Selection]:
    return for_business(scope, Selection.objects.all())


def visible_exemptions(scope: Scope) -> QuerySet[Exemption]:
    """Exemptions of no one institution are open; the others follow their institution.

    They carry no stamps: the institution's present region and pool decide.
    """
    if not scope.is_business:
        return within(scope, Exemption.objects.all(), NOTHING)
    seen = Q(institution__isnull=True)
    if scope.institution_ids:
        seen |= Q(institution_id__in=sorted(scope.institution_ids))
    if scope.kind == "agency":
        seen |= Q(institution__pool_id=scope.pool_id)
    if scope.is_region_authority:
        seen |= region_subtree(scope, "institution__region")
    return within(scope, Exemption.objects.all(), seen)
