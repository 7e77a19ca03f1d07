"""线下采购: who sees them, who explains and who judges."""

from __future__ import annotations

from django.db.models import QuerySet

from core.attachments.models import Attachment
from core.transitions import ALLOWED, Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import OfflinePurchase
from procurement.states.offline_purchase import BUYER, CLAUSE, JUDGE

BUYERS = ("clerk", "reviewer", "leader", "storekeeper")
OFFICERS = ("clerk", "reviewer", "leader")


def visible_offline_purchases(scope: Scope) -> QuerySet[OfflinePurchase]:
    """The institution's own and its authorities'; rows name no enterprise."""
    return within(scope, OfflinePurchase.objects.all(), party_rows(scope))


def may_record_offline(scope: Scope) -> Verdict:
    """An institution its own, a bureau what it found in its region."""
    if scope.kind not in ("institution", "bureau"):
        return Verdict(False, "线下采购由医疗机构登记，或由医保部门发现后登记", CLAUSE)
    if not scope.has_role(*(BUYERS if scope.kind == "institution" else OFFICERS)):
        return Verdict(False, "登记线下采购需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def judging_region_id(row: OfflinePurchase) -> int | None:
    """Of the bureau that judges: the institution's county, else city, else province."""
    found: int | None = row.county_id or row.city_id or row.province_id
    return found


def judging_office(row: OfflinePurchase) -> Organisation | None:
    """The bureau that `offline_standings` lets judge."""
    offices = Organisation.objects.filter(
        kind="bureau", region=judging_region_id(row), is_active=True
    )
    return offices.order_by("code").first()


def offline_standings(scope: Scope, row: OfflinePurchase) -> frozenset[str]:
    if row.institution_id == scope.organisation_id:
        return frozenset({BUYER}) if scope.has_role(*BUYERS) else frozenset()
    judges = scope.is_bureau and scope.region_id == judging_region_id(row)
    return frozenset({JUDGE}) if judges and scope.has_role(*OFFICERS) else frozenset()


def offline_papers(row: OfflinePurchase) -> list[Attachment]:
    rows = Attachment.objects.filter(owner_type="offline_purchase", owner_id=row.pk)
    return list(rows.select_related("file").order_by("pk"))
