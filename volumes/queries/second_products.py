"""一品两规 as it is read: what was decided, and the products of a group with standby ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Group, Product, Selection
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from volumes.models import SecondProductChoice

ROLE_LABELS = {"selected": "中选", "standby": "备供", "other": "其他"}


def visible_second_choices(scope: Scope) -> QuerySet[SecondProductChoice]:
    """The institution's own and its authorities'; never an enterprise's."""
    return within(scope, SecondProductChoice.objects.all(), party_rows(scope))


def second_choices(scope: Scope) -> QuerySet[SecondProductChoice]:
    """The same with names, and `stands`: no newer one of the same institution and group."""
    newer = SecondProductChoice.objects.filter(
        institution=OuterRef("institution"), group=OuterRef("group"), pk__gt=OuterRef("pk")
    )
    return (
        visible_second_choices(scope)
        .select_related("group", "product", "institution", "county")
        .annotate(stands=~Exists(newer))
    )


def standing_choice(institution_id: int, group_id: int) -> SecondProductChoice | None:
    """The newest of one institution and group."""
    return (
        SecondProductChoice.objects.filter(institution_id=institution_id, group_id=group_id)
        .select_related("product")
        .order_by("-id")
        .first()
    )


@dataclass(frozen=True)
class GroupProduct:
    """A product of the group and what it is in the institution's supply region on the day."""

    pk: int
    code: str
    name: str
    manufacturer: str
    role: str

    @property
    def label(self) -> str:
        return ROLE_LABELS[self.role]


def group_products(group: Group, institution: Organisation, day: date) -> list[GroupProduct]:
    """Standby first, then others, selected last (they need no registering); two queries."""
    here, region = [], institution.region
    while region is not None:
        here.append(region.pk)
        region = region.parent
    roles: dict[int, str] = {}
    in_force = Selection.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day),
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        product__group=group, region_id__in=here, batch__effective_on__lte=day,
        batch__ends_on__gte=day,
    )  # fmt: skip
    for product, role in in_force.values_list("product_id", "role"):
        roles[product] = "selected" if "selected" in (role, roles.get(product)) else role
    rows = Product.objects.filter(group=group).select_related("manufacturer").order_by("code")
    found = [
        GroupProduct(each.pk, each.code, str(each), each.manufacturer.name, roles.get(each.pk, "other"))
        for each in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: ("standby", "other", "selected").index(each.role))
