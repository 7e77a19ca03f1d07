"""Editions of the two lists: who sees which, and what a list is on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from catalog.models import CatalogueEdition, Conversion, EditionLine, Product, Substitute
from catalog.queries.visible import visible_substitutes
from catalog.states.edition import PROPOSER, PUBLISHER
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, for_business, within

PROPOSING_ROLES = ("clerk", "reviewer", "leader")
PUBLISHING_ROLES = ("reviewer", "leader")


def visible_editions(scope: Scope) -> QuerySet[CatalogueEdition]:
    """Published ones are open to the trade; before that they are the bureau's own."""
    if not scope.is_business:
        return within(scope, CatalogueEdition.objects.all(), NOTHING)
    seen = Q(state=CatalogueEdition.State.PUBLISHED) | Q(organisation=scope.organisation_id)
    return within(scope, CatalogueEdition.objects.all(), seen)


def may_propose_edition(scope: Scope) -> Verdict:
    if not scope.is_province_bureau:
        return Verdict(False, "可替代药品目录和折算系数由省级医保局发布")
    if not scope.has_role(*PROPOSING_ROLES):
        return Verdict(False, "提出需要省级医保局的经办、审核或负责人角色")
    return ALLOWED


def edition_standings(scope: Scope, edition: CatalogueEdition) -> frozenset[str]:
    """Its proposer, or another of the same bureau who may publish."""
    if edition.organisation_id != scope.organisation_id or not scope.is_province_bureau:
        return frozenset()
    if scope.user_id == edition.proposed_by_id:
        return frozenset({PROPOSER})
    return frozenset({PUBLISHER}) if scope.has_role(*PUBLISHING_ROLES) else frozenset()


def editions_with_lines(scope: Scope) -> QuerySet[CatalogueEdition]:
    lines = EditionLine.objects.select_related("group", "product").order_by("line_no")
    return (
        visible_editions(scope)
        .select_related("organisation")
        .prefetch_related(Prefetch("lines", queryset=lines))
    )


def in_force_on(on: date) -> Q:
    """Rows with two open days, both included."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    )


def visible_conversions(scope: Scope) -> QuerySet[Conversion]:
    """Conversion factors are open to the trade, like the products that they belong to."""
    return for_business(scope, Conversion.objects.all())


def substitutes_on(scope: Scope, on: date) -> QuerySet[Substitute]:
    return visible_substitutes(scope).filter(in_force_on(on))


def factors_on(scope: Scope, on: date) -> QuerySet[Conversion]:
    """The dated factors that hold on the day; other products keep their own."""
    return visible_conversions(scope).filter(in_force_on(on))


def factor_on(product: Product, on: date) -> object:
    """Base units per pack on a day: the dated row, else what the product has always had."""
    row = Conversion.objects.filter(in_force_on(on), product=product).first()
    return row.base_units_per_pack if row else product.base_units_per_pack
