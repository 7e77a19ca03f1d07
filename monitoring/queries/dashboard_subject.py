"""Whose dashboard a page is: the subject, where it lies, and whether the reader may see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from monitoring.models import IndicatorValue
from organisations.models import Organisation, Pool, Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import sees_subject
from organisations.queries.visible import (
    visible_memberships,
    visible_organisations,
    visible_pools,
    visible_regions,
)

REGION_LEVELS = ("province", "city", "county")
ENTERPRISE_TYPES = ("manufacturer", "distributor")
DASHBOARD_TYPES = (*REGION_LEVELS, "pool", "institution", *ENTERPRISE_TYPES)
BELOW = {"province": "city", "city": "county", "county": "institution", "pool": "institution"}
BELOW_LABELS = {"city": "设区市", "county": "县（市、区）", "institution": "医疗机构"}


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the province down; `code` empty where the reader may not go."""

    name: str
    type: str
    code: str


@dataclass(frozen=True)
class Subject:
    """A subject with the stamps that its own figures carry, so that sight is decided as for them."""

    type: str
    code: str
    name: str
    pk: int
    province_code: str = ""
    county_id: int | None = None
    city_id: int | None = None
    province_id: int | None = None
    pool_id: int | None = None
    institution_id: int | None = None
    enterprise_id: int | None = None
    trail: tuple[Crumb, ...] = field(default=())
    other_role: str = ""

    @property
    def type_label(self) -> str:
        return str(IndicatorValue.Subject(self.type).label)

    @property
    def below(self) -> str:
        """Subject type of the next level down; empty at the bottom."""
        return BELOW.get(self.type, "")

    @property
    def column(self) -> str:
        """The party column in which rows below carry this subject."""
        return "enterprise_id" if self.type in ENTERPRISE_TYPES else f"{self.type}_id"

    @property
    def is_region(self) -> bool:
        return self.type in REGION_LEVELS or self.type == "pool"

    @property
    def is_enterprise(self) -> bool:
        return self.type in ENTERPRISE_TYPES


def own_subject(scope: Scope) -> tuple[str, str] | None:
    """Type and code of the reader's own level; None for those who watch no subject."""
    if scope.is_region_authority and scope.region_id is not None:
        code = visible_regions(scope).values_list("code", flat=True).get(pk=scope.region_id)
        return scope.region_level, code
    if scope.kind == "agency" and scope.pool_id is not None:
        return "pool", visible_pools(scope).values_list("code", flat=True).get(pk=scope.pool_id)
    if scope.is_business and scope.kind in ("institution", "enterprise"):
        rows = visible_organisations(scope).values_list("code", flat=True)
        code = rows.get(pk=scope.organisation_id)
        if scope.kind == "institution":
            return "institution", code
        return ("manufacturer" if scope.is_manufacturer else "distributor"), code
    return None


def visible_subject(scope: Scope, subject_type: str, code: str) -> Subject | None:
    """The subject if the reader may see its figures, else None: the same answer as for unknown."""
    if subject_type in REGION_LEVELS:
        region = _regions(scope).filter(level=subject_type, code=code).first()
        found = _of_region(region, scope) if region else None
    elif subject_type == "pool":
        pool = visible_pools(scope).select_related("region__parent__parent").filter(code=code)
        found = _of_pool(pool.get(), scope) if pool.exists() else None
    elif subject_type in DASHBOARD_TYPES:
        found = _of_organisation(scope, subject_type, code)
    else:
        found = None
    return found if found is not None and sees_subject(scope, found) else None


def _regions(scope: Scope) -> Any:
    return visible_regions(scope).select_related("parent__parent")


def _chain(region: Region | None) -> dict[str, Region]:
    chain: dict[str, Region] = {}
    while region is not None:
        chain[region.level] = region
        region = region.parent
    return chain


def _stamps(chain: dict[str, Region]) -> dict[str, Any]:
    ids: dict[str, Any] = {
        f"{level}_id": chain[level].pk if level in chain else None for level in REGION_LEVELS
    }
    ids["province_code"] = chain["province"].code if "province" in chain else ""
    return ids


def _trail(chain: dict[str, Region], scope: Scope, below: str = "") -> tuple[Crumb, ...]:
    """The regions above (and, for what lies in a region, that region too), province first."""
    crumbs = []
    for level in REGION_LEVELS:
        if level not in chain or level == below:
            continue
        region = chain[level]
        stamps = {key: value for key, value in chain.items() if _above(key, level)}
        alone = Subject(level, region.code, region.name, region.pk, **_stamps(stamps))
        crumbs.append(Crumb(region.name, level, region.code if sees_subject(scope, alone) else ""))
    return tuple(crumbs)


def _above(level: str, than: str) -> bool:
    return REGION_LEVELS.index(level) <= REGION_LEVELS.index(than)


def _of_region(region: Region, scope: Scope) -> Subject:
    chain = _chain(region)
    return Subject(
        region.level,
        region.code,
        region.name,
        region.pk,
        **_stamps(chain),
        trail=_trail(chain, scope, below=region.level),
    )


def _of_pool(pool: Pool, scope: Scope) -> Subject:
    chain = _chain(pool.region)
    return Subject(
        "pool",
        pool.code,
        pool.name,
        pool.pk,
        **_stamps(chain),
        pool_id=pool.pk,
        trail=_trail(chain, scope)[:1],
    )


def _of_organisation(scope: Scope, subject_type: str, code: str) -> Subject | None:
    rows = visible_organisations(scope).select_related("region__parent__parent").filter(code=code)
    if subject_type == "institution":
        found = rows.filter(kind=Organisation.Kind.INSTITUTION).first()
        if found is None:
            return None
        chain = _chain(found.region)
        return Subject(
            subject_type,
            code,
            found.name,
            found.pk,
            **_stamps(chain),
            pool_id=found.pool_id,
            institution_id=found.pk,
            trail=_trail(chain, scope),
        )
    found = rows.filter(kind=Organisation.Kind.ENTERPRISE, **{f"is_{subject_type}": True}).first()
    if found is None:
        return None
    # An enterprise lies in no region: a province's authorities see its figures in their province.
    both = found.is_manufacturer and found.is_distributor
    other = next(kind for kind in ENTERPRISE_TYPES if kind != subject_type)
    return Subject(
        subject_type,
        code,
        found.name,
        found.pk,
        province_id=scope.province_id if scope.is_region_authority else None,
        province_code=scope.province_code if scope.is_region_authority else "",
        enterprise_id=found.pk,
        other_role=other if both else "",
    )


def assessing_unit(scope: Scope, subject: Subject, on: date) -> Organisation | None:
    """The consortium's lead that a member institution is assessed under on that day, if it is not itself."""
    if subject.type != "institution":
        return None
    membership = (
        visible_memberships(scope)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), institution_id=subject.pk)
        .filter(valid_from__lte=on)
        .select_related("consortium__lead")
        .first()
    )
    if membership is None or membership.consortium.lead_id == subject.pk:
        return None
    return membership.consortium.lead
