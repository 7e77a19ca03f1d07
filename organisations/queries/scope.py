"""What one signed-in person or token may look at, gathered once per request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from core.database.prepared import PreparedValues
from organisations.models import ConsortiumMembership, Organisation, Region, User

REGION_AUTHORITIES = frozenset(
    {"bureau", "health_commission", "finance", "regulator", "procurement_centre"}
)
"""Kinds of organisation that see the rows of their region's subtree."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The sight of one person on one day, as plain values that queries turn into conditions.

    `predecessor_ids` are organisations that merged into the own one: their rows are read as its own.
    `institution_ids` is not empty for institutions only: their own id and, for the lead of a
    consortium, its members on that day. `token_scopes` is None for a person's session.
    `acting_for_id` is the colleague whose person was taken on (代办). A person
    who is switched off, or whose organisation is, has `active` False and sees nothing.
    """

    user_id: int
    organisation_id: int
    kind: str
    roles: frozenset[str]
    platform_role: str
    on: date
    active: bool = True
    region_id: int | None = None
    region_level: str = ""
    county_id: int | None = None
    city_id: int | None = None
    province_id: int | None = None
    province_code: str = ""
    pool_id: int | None = None
    institution_ids: frozenset[int] = frozenset()
    predecessor_ids: frozenset[int] = frozenset()
    is_manufacturer: bool = False
    is_distributor: bool = False
    token_scopes: frozenset[str] | None = None
    acting_for_id: int | None = None

    @property
    def is_business(self) -> bool:
        """A person of the trade: everyone but the three platform administrators."""
        return self.active and not self.platform_role and self.kind != "platform"

    @property
    def is_region_authority(self) -> bool:
        return self.is_business and self.kind in REGION_AUTHORITIES

    @property
    def is_bureau(self) -> bool:
        return self.is_business and self.kind == "bureau"

    @property
    def is_province_bureau(self) -> bool:
        return self.is_bureau and self.region_level == "province"

    def has_role(self, *roles: str) -> bool:
        """Has any of the named roles in the own organisation."""
        return self.active and not self.roles.isdisjoint(roles)


def scope_of(user: User, on: date, *, token_scopes: frozenset[str] | None = None) -> Scope:
    """Build the scope of `user` on a day.

    No query where the user was loaded with the organisation and its regions, as sign-in and
    tokens do; one for institutions, which may lead a consortium.
    """
    organisation = user.organisation
    chain = _chain(organisation.region)
    province = chain.get("province")
    predecessors = _predecessor_ids(user)
    return Scope(
        user_id=user.pk,
        organisation_id=organisation.pk,
        kind=organisation.kind,
        roles=frozenset(user.effective_roles),
        platform_role=user.platform_role,
        on=on,
        active=user.is_active and organisation.is_active,
        region_id=organisation.region_id,
        region_level=organisation.region.level if organisation.region else "",
        county_id=chain["county"].pk if "county" in chain else None,
        city_id=chain["city"].pk if "city" in chain else None,
        province_id=province.pk if province else None,
        province_code=province.code if province else "",
        pool_id=organisation.pool_id,
        institution_ids=_institution_ids(organisation, on, predecessors),
        predecessor_ids=predecessors,
        is_manufacturer=organisation.is_manufacturer,
        is_distributor=organisation.is_distributor,
        token_scopes=token_scopes,
        acting_for_id=user.acting_for.pk if user.acting_for is not None else None,
    )


def _chain(region: Region | None) -> dict[str, Region]:
    chain: dict[str, Region] = {}
    while region is not None:
        chain[region.level] = region
        region = region.parent
    return chain


def _predecessor_ids(user: User) -> frozenset[int]:
    """Read with the user by sign-in and tokens; asked for where the user came from elsewhere."""
    loaded = getattr(user, "predecessor_ids", None)
    if loaded is None:
        loaded = list(predecessors_of(user.organisation_id))
    return frozenset(loaded)


def predecessors_of(organisation: Any) -> QuerySet[Organisation, int]:
    """Ids of those that merged into it, directly or by way of another; takes an OuterRef too."""
    merged = Q(successor=organisation) | Q(successor__successor=organisation)
    return Organisation.objects.filter(merged).values_list("pk", flat=True)


def _institution_ids(
    organisation: Organisation, on: date, predecessors: frozenset[int]
) -> frozenset[int]:
    """The institution with its predecessors and, while it leads a consortium, that day's members."""
    if organisation.kind != Organisation.Kind.INSTITUTION:
        return frozenset()
    return frozenset({organisation.pk, *_LED.values(organisation.pk, on), *predecessors})


def _led(lead_id: int, on: date) -> QuerySet[ConsortiumMembership, int]:
    return (
        ConsortiumMembership.objects.filter(consortium__lead=lead_id, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .values_list("institution_id", flat=True)
    )


_LED = PreparedValues(_led, -1, date.min)
