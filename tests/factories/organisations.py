"""Regions, pools, organisations of every kind, and people."""

from __future__ import annotations

import functools
import itertools
from datetime import UTC, date, datetime, time

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from organisations.models import (
    ApiToken,
    Consortium,
    ConsortiumMembership,
    Guide,
    GuideFile,
    GuideService,
    Organisation,
    Pool,
    ReceptionDay,
    Region,
    Standing,
    User,
)

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
PASSWORD = "Ceshi-2026-mima"
_numbers = itertools.count(1)


@functools.cache
def password_hash() -> str:
    """Hashing is slow on purpose; everybody made here shares one."""
    return make_password(PASSWORD)


def number() -> int:
    """A number that no other made thing has."""
    return next(_numbers)


def region(code: str = "", *, parent: Region | None = None, name: str = "") -> Region:
    """The region of this code, made if it is not there; its level follows from its parent."""
    levels = {None: "province", "province": "city", "city": "county"}
    code = code or f"{number():06d}"
    found, _ = Region.objects.get_or_create(
        code=code,
        defaults={
            "name": name or f"区划{code}",
            "level": levels[parent.level if parent else None],
            "parent": parent,
        },
    )
    return found


def county() -> Region:
    """A county of its own city of its own province."""
    return region(parent=region(parent=region()))


def pool(of: Region | None = None, name: str = "") -> Pool:
    code = f"P{number()}"
    return Pool.objects.create(code=code, name=name or f"统筹区{code}", region=of or county())


def organisation(kind: str = "institution", **fields: object) -> Organisation:
    """An organisation of this kind, complete as its constraints ask."""
    code = str(fields.pop("code", f"ORG{number()}"))
    values: dict[str, object] = {"code": code, "name": f"机构{code}", "kind": kind}
    if kind == "institution":
        values |= {"level": "secondary", "ownership": "public", "institution_kind": "hospital"}
    if kind in ("institution", "agency") and "pool" not in fields:
        values["pool"] = pool(fields.get("region"))  # type: ignore[arg-type]
    if kind not in ("enterprise", "platform") and "region" not in fields:
        values["region"] = county()
    if kind == "enterprise" and not {"is_manufacturer", "is_distributor"} & set(fields):
        values |= {"is_manufacturer": True, "is_distributor": False}
    return Organisation.objects.create(**values | fields)


def person(of: Organisation | None = None, *roles: str, **fields: object) -> User:
    """Somebody of an organisation, with a usable PASSWORD."""
    of = of or organisation()
    username = str(fields.pop("username", f"person-{number()}"))
    values: dict[str, object] = {
        "name": f"人员{username}",
        "created_at": LONG_AGO,
        "password": password_hash(),
        "password_changed_at": timezone.now(),
    }
    return User.objects.create(
        username=username, organisation=of, roles=list(roles), **values | fields
    )


def administrator(role: str) -> User:
    """One of the three; they belong to the platform."""
    platform = Organisation.objects.filter(kind="platform").first()
    return person(platform or organisation("platform"), platform_role=role)


def consortium(lead: Organisation | None = None, *members: Organisation) -> Consortium:
    """A consortium whose members, the lead among them, joined long ago."""
    lead = lead or organisation()
    made = Consortium.objects.create(code=f"YGT{number()}", name=f"{lead.name}医共体", lead=lead)
    for member in (lead, *members):
        membership(made, member)
    return made


def membership(
    of: Consortium | None = None,
    institution: Organisation | None = None,
    valid_from: date = date(2025, 1, 1),
    valid_to: date | None = None,
) -> ConsortiumMembership:
    return ConsortiumMembership.objects.create(
        consortium=of or consortium(),
        institution=institution or organisation(),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def standing(of: Organisation | None = None, **fields: object) -> Standing:
    values: dict[str, object] = {
        "kind": "report_risk",
        "valid_from": date(2026, 1, 1),
        "clause": "赣2024 十二",
        "reason": "报量偏差较大",
        "set_by_id": 0,
        "set_by_name": "测试",
        "set_at": LONG_AGO,
    }
    return Standing.objects.create(organisation=of or organisation(), **values | fields)


def api_token(
    of: Organisation | None = None, *scopes: str, roles: tuple[str, ...] = ()
) -> tuple[ApiToken, str]:
    """A live token with its secret."""
    of = of or organisation()
    service = person(of, *roles, is_service=True)
    token, secret = ApiToken.objects.create(
        user=service, organisation=of, name="测试令牌", scopes=list(scopes), created_by_name="测试"
    )
    return token, str(secret)


def guide(of: Organisation | None = None, **fields: object) -> Guide:
    """What a bureau tells everybody."""
    values: dict[str, object] = {
        "address": "测试路 1 号", "hours": "工作日 9:00—17:00",
        "phones": [{"label": "咨询", "number": "000-00000000"}],
        "reviewed_on": date(2026, 1, 1), "updated_at": LONG_AGO, "updated_by_name": "测试",
    }  # fmt: skip
    return Guide.objects.create(organisation=of or organisation("bureau"), **values | fields)


def guide_service(of: Guide | None = None, **fields: object) -> GuideService:
    values: dict[str, object] = {"name": f"事项{number()}", "steps": "第一步\n第二步"}
    return GuideService.objects.create(guide=of or guide(), **values | fields)


def reception_day(of: Guide | None = None, **fields: object) -> ReceptionDay:
    values: dict[str, object] = {
        "day": date(2026, 1, 5), "opens": time(9), "closes": time(11), "place": "一楼大厅",
    }  # fmt: skip
    return ReceptionDay.objects.create(guide=of or guide(), **values | fields)


def guide_file(of: Guide | None = None, **fields: object) -> GuideFile:
    # Deferred: the factories of core take their dates from here.
    from tests.factories.core import attachment

    values: dict[str, object] = {"kind": "form", "title": f"表格{number()}"}
    if "attachment" not in fields:
        values["attachment"] = attachment()
    return GuideFile.objects.create(guide=of or guide(), **values | fields)
