"""The accounts of the demonstration, one per role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Count

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from organisations.models import Consortium, Organisation, Region, SecondFactor, User
from organisations.operations.administrators import create_administrators
from organisations.operations.authorities import create_authorities
from organisations.operations.sealed import UnreadableSecret, open_secret, seal_secret
from organisations.rules import second_factor_is_forced


@dataclass(frozen=True)
class Part:
    """One account of the demonstration: whose it is and what it may do."""

    username: str
    name: str
    place: str
    roles: tuple[str, ...]


PARTS = (
    Part(
        "province",
        "周省平",
        "province",
        ("clerk", "reviewer", "leader", "admin", "importer", "leads"),
    ),
    Part("city", "李市安", "city", ("clerk", "reviewer", "leader", "admin")),
    Part("county", "王县宁", "county", ("clerk", "reviewer", "leader", "admin")),
    Part("agency", "赵经办", "agency", ("clerk", "reviewer", "leader", "admin")),
    Part("hospital", "陈药师", "hospital", ("clerk", "storekeeper", "accountant")),
    Part("hospital-reviewer", "刘主任", "hospital", ("reviewer", "admin")),
    Part("hospital-leader", "孙院长", "hospital", ("leader",)),
    Part("consortium", "吴医共", "consortium", ("clerk", "reviewer", "leader", "admin")),
    Part("manufacturer", "郑生产", "manufacturer", ("clerk", "reviewer", "leader", "admin")),
    Part("distributor", "冯配送", "distributor", ("clerk", "reviewer", "leader", "admin")),
    Part("health", "何卫健", "health", ("clerk", "reviewer", "leader", "admin")),
    Part("finance", "钱财政", "finance", ("clerk", "reviewer", "leader", "admin")),
    Part("regulator", "沈药监", "regulator", ("clerk", "reviewer", "leader", "admin")),
)
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")
DEMO_USERNAMES = frozenset({*(part.username for part in PARTS), *ADMINISTRATORS})


@operation
def create_demo_people(
    *,
    password: str,
    by: Actor,
    at: datetime,
    cast: Mapping[str, str] | None = None,
    secret: str = "",
) -> list[User]:
    """The 16 accounts of the demonstration with this password; safe to run again.

    `cast` may name the organisation codes of hospital, consortium, manufacturer and distributor;
    without it they are the largest by name order. With `secret` those who must have a second
    factor get it from this one secret, so that one app serves all of them. Raises TransitionRefused where no province
    has been loaded.
    """
    create_authorities(by=by, at=at)
    create_administrators(by=by, at=at, password=password)
    places = _places(cast or {})
    for part in PARTS:
        User.objects.get_or_create(
            username=part.username,
            defaults={
                "name": part.name,
                "organisation": places[part.place],
                "roles": sorted(part.roles),
                "created_at": at,
                "created_by_name": by.audit_name,
                "password_changed_at": at,
            },
        )
    usernames = [*(part.username for part in PARTS), *ADMINISTRATORS]
    people = {user.username: user for user in _people(usernames)}
    changed = _give_password(list(people.values()), password, at)
    if secret:
        _give_second_factor(list(people.values()), secret, at)
    if changed:
        record(by=by, at=at, action="user.create_demo", object_type="user",
               object_label="、".join(changed))  # fmt: skip
    return [people[username] for username in usernames if username in people]


def _people(usernames: list[str]) -> list[User]:
    return list(User.objects.filter(username__in=usernames).select_related("organisation__region"))


def _give_password(people: list[User], password: str, at: datetime) -> list[str]:
    """One slow hash for all; accounts that have it already keep their sessions."""
    held = next((user.password for user in people if user.password), "")
    wanted = held if held and check_password(password, held) else make_password(password)
    changed = []
    for user in people:
        if user.password != wanted or user.must_change_password or not user.is_active:
            user.password, user.password_changed_at = wanted, at
            user.must_change_password, user.is_active = False, True
            user.session_epoch += 1
            user.save(
                update_fields=[
                    "password", "password_changed_at", "must_change_password", "is_active",
                    "session_epoch",
                ]
            )  # fmt: skip
            changed.append(user.username)
    return changed


def _give_second_factor(people: list[User], secret: str, at: datetime) -> None:
    """Whoever has this very secret keeps it, and with it the memory of codes used."""
    for user in people:
        if not second_factor_is_forced(user):
            continue
        held = SecondFactor.objects.filter(user=user).first()
        if held is None or _opened(held) != secret or held.confirmed_at is None:
            SecondFactor.objects.update_or_create(
                user=user,
                defaults={
                    "secret_sealed": seal_secret(secret),
                    "made_at": at,
                    "confirmed_at": at,
                    "last_step": 0,
                },
            )


def _opened(factor: SecondFactor) -> str:
    try:
        return open_secret(factor.secret_sealed)
    except UnreadableSecret:
        return ""


def _places(cast: Mapping[str, str]) -> dict[str, Organisation]:
    """Hospital first; county, city, pool and province follow from where it is."""
    hospital = _hospital(cast.get("hospital"))
    county, city, province = _chain(hospital)

    def authority(kind: str, region: Region) -> Organisation:
        return Organisation.objects.get(kind=kind, region=region)

    return {
        "hospital": hospital,
        "county": authority("bureau", county),
        "city": authority("bureau", city),
        "province": authority("bureau", province),
        "agency": Organisation.objects.get(kind="agency", pool=hospital.pool),
        "consortium": _consortium_lead(cast.get("consortium"), hospital),
        "manufacturer": _enterprise(cast.get("manufacturer"), is_manufacturer=True),
        "distributor": _enterprise(cast.get("distributor"), is_distributor=True),
        "health": authority("health_commission", province),
        "finance": authority("finance", province),
        "regulator": authority("regulator", province),
    }


def _hospital(code: str | None) -> Organisation:
    rows = Organisation.objects.filter(kind="institution", is_active=True).select_related(
        "region__parent__parent", "pool"
    )
    found = rows.filter(code=code).first() if code else None
    in_county = rows.filter(region__level="county", ownership="public")
    found = found or in_county.order_by("-level", "code").first()
    if found is None:
        raise TransitionRefused("还没有医疗机构，请先用 load_dataset 装载一个省的数据")
    return found


def _chain(hospital: Organisation) -> tuple[Region, Region, Region]:
    """County, city and province; a hospital above the county lends the first county of its city."""
    region = hospital.region
    if region is None or region.level == "province":
        raise TransitionRefused("演示医院须在县（市、区）或设区市")
    if region.level == "city":
        county = Region.objects.filter(parent=region).order_by("code").first()
        if county is None or region.parent is None:
            raise TransitionRefused("演示医院所在的设区市没有县（市、区）")
        return county, region, region.parent
    if region.parent is None or region.parent.parent is None:
        raise TransitionRefused("演示医院的区划不完整")
    return region, region.parent, region.parent.parent


def _consortium_lead(code: str | None, hospital: Organisation) -> Organisation:
    """The lead of the largest consortium; the hospital itself where there is none."""
    rows = Consortium.objects.select_related("lead").annotate(size=Count("memberships"))
    found = rows.filter(lead__code=code).first() if code else None
    found = found or rows.exclude(lead=hospital).order_by("-size", "code").first()
    return found.lead if found else hospital


def _enterprise(code: str | None, **kind: bool) -> Organisation:
    rows = Organisation.objects.filter(kind="enterprise", is_active=True, **kind)
    found = rows.filter(code=code).first() if code else None
    found = found or rows.order_by("code").first()
    if found is None:
        raise TransitionRefused("还没有生产或配送企业，请先用 load_dataset 装载一个省的数据")
    return found
