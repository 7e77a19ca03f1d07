"""Find a distributor to point, and say of each why it can or cannot be; say why one is not found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from catalog.queries.search import named
from contracts.models import DeliveryRelation
from contracts.queries.relations import in_force_on
from organisations.models import Organisation, Pool, Standing
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations

MOST = 30
NOT_FOUND = (
    "平台上没有名称、编码或拼音首字母相符的企业：它还没有注册。请配送企业在登录页“企业注册”提交"
    "营业执照、药品经营许可证，经审核后即可点选；也请核对名称是否有变更"
)


@dataclass(frozen=True)
class FoundDistributor:
    """One enterprise; `fits` False with the reasons, else what is worth knowing."""

    organisation: Organisation
    fits: bool
    reasons: list[str]


def find_distributors(scope: Scope, words: str, pool: Pool | None = None) -> list[FoundDistributor]:
    """At most thirty enterprises by name, code or initials, those that fit first; three queries."""
    if not words.strip():
        return []
    rows = list(
        visible_organisations(scope)
        .filter(named(words), kind=Organisation.Kind.ENTERPRISE)
        .order_by("-is_distributor", "-is_active", "name")[:MOST]
    )
    against = barred(rows, scope.on)
    places = _places([row.pk for row in rows], scope)
    found = [_one(row, against.get(row.pk, ""), places.get(row.pk, {}), pool) for row in rows]
    return sorted(found, key=lambda each: not each.fits)


def barred(organisations: Iterable[Organisation], on: date) -> dict[int, str]:
    """Why each of these cannot be pointed on that day, by id; those that can are left out."""
    rows = {row.pk: row for row in organisations}
    found = {pk: said for pk, row in rows.items() if (said := _unfit(row))}
    marks = Standing.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), organisation__in=rows, valid_from__lte=on,
        kind=Standing.Kind.DISQUALIFIED,
    )  # fmt: skip
    for mark in marks:
        name, word = rows[mark.organisation_id].name, mark.get_kind_display()
        found.setdefault(mark.organisation_id, f"{name}已被{word}（{mark.clause}），不能点选")
    return found


def _unfit(row: Organisation) -> str:
    if row.kind != Organisation.Kind.ENTERPRISE or not row.is_distributor:
        return f"{row.name}没有登记为配送企业：请它在平台补办配送企业登记后再点选"
    if not row.is_active:
        return f"{row.name}已停用，不能点选；请另选配送企业"
    return ""


def _places(ids: list[int], scope: Scope) -> dict[int, dict[int, str]]:
    """Pools that each delivers in today, by any manufacturer's relation."""
    rows = DeliveryRelation.objects.filter(in_force_on(scope.on), distributor__in=ids)
    found: dict[int, dict[int, str]] = {}
    for pk, pool, name in rows.values_list("distributor_id", "pool_id", "pool__name").distinct():
        found.setdefault(pk, {})[pool] = name
    return found


def _one(
    row: Organisation, against: str, places: dict[int, str], pool: Pool | None
) -> FoundDistributor:
    if against:
        return FoundDistributor(row, False, [against])
    if pool is not None and pool.pk not in places:
        where = "、".join(sorted(places.values())[:4])
        told = f"目前配送{where}，不在{pool.name}" if where else "目前没有生效的配送关系"
        return FoundDistributor(row, True, [f"{told}：可以点选，由它确认能否配送到本地"])
    return FoundDistributor(row, True, [])
