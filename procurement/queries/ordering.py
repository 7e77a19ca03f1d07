"""Carts, templates, receiving places, settings and clinical reasons by who may see them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within
from procurement.models import (
    Cart,
    CartLine,
    ClinicalReason,
    OrderingSetting,
    OrderTemplate,
    ReceivingPlace,
)
from procurement.states.cart import APPROVER, BUYER

BUYERS = ("clerk", "reviewer", "leader")
APPROVERS = ("reviewer", "leader")


def own_affair(scope: Scope, column: str = "institution_id") -> Q:
    """What is the institution's own affair: its people and those of its consortium's lead."""
    if not scope.is_business or scope.kind != "institution":
        return NOTHING
    return Q(**{f"{column}__in": sorted(scope.institution_ids)})


def visible_carts(scope: Scope) -> QuerySet[Cart]:
    """Nobody outside sees what an institution has not ordered yet."""
    return within(scope, Cart.objects.all(), own_affair(scope))


def visible_cart_lines(scope: Scope) -> QuerySet[CartLine]:
    return within(scope, CartLine.objects.all(), own_affair(scope, "cart__institution_id"))


def visible_order_templates(scope: Scope) -> QuerySet[OrderTemplate]:
    return within(scope, OrderTemplate.objects.all(), own_affair(scope))


def visible_receiving_places(scope: Scope) -> QuerySet[ReceivingPlace]:
    return within(scope, ReceivingPlace.objects.all(), own_affair(scope))


def visible_ordering_settings(scope: Scope) -> QuerySet[OrderingSetting]:
    return within(scope, OrderingSetting.objects.all(), own_affair(scope))


def visible_clinical_reasons(scope: Scope) -> QuerySet[ClinicalReason]:
    """The institution, and the authorities over it; rows name no enterprise."""
    return within(scope, ClinicalReason.objects.all(), party_rows(scope))


def may_order(scope: Scope) -> bool:
    """Whether somebody may order for the own institution (or, of a lead, its members)."""
    return scope.is_business and scope.kind == "institution" and scope.has_role(*BUYERS)


def cart_standings(scope: Scope, cart: Cart) -> frozenset[str]:
    """Clerks fill and send, reviewers and leaders also approve; only in the cart's institution."""
    if scope.kind != "institution" or cart.institution_id not in scope.institution_ids:
        return frozenset()
    held = {BUYER} if scope.has_role(*BUYERS) else set()
    if scope.has_role(*APPROVERS):
        held.add(APPROVER)
    return frozenset(held)


def orderers(scope: Scope) -> QuerySet[Organisation]:
    """For whom one orders: the own institution and, of a lead, its consortium's members."""
    return (
        Organisation.objects.filter(pk__in=scope.institution_ids, is_active=True)
        .select_related("region__parent__parent")
        .order_by("name")
    )


def orderer(scope: Scope, code: str) -> Organisation | None:
    """The institution for which one may order: the own (also by an empty code), or a member's."""
    own = orderers(scope)
    return own.filter(code=code).first() if code else own.filter(pk=scope.organisation_id).first()
