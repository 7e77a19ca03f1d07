"""Reports of a surge: who sees them, who acts, and what the institution might buy or borrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Product, Selection, Substitute
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import supply_regions
from core.attachments.models import Attachment
from core.transitions import Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import Receipt, StockReport, SurgeReport
from procurement.rules.surge import HOSPITAL_ROLES, OFFICERS, reports_surge
from procurement.states.surge import REPORTER, VERIFIER

RECENT_DAYS = 90
MOST = 20
STOCK_MONTHS = 3


@dataclass(frozen=True)
class Option:
    """One product that might be bought instead; `way` says how it comes in.

    `stock` says whether its manufacturer has some and as of when, not how much: that is its own.
    """

    way: str
    product: Product
    place: str = ""
    stock: str = ""


def visible_surge_reports(scope: Scope) -> QuerySet[SurgeReport]:
    """The institution's own and its authorities'; rows name no enterprise."""
    return within(scope, SurgeReport.objects.all(), party_rows(scope))


def may_report_surge(scope: Scope) -> Verdict:
    return reports_surge(kind=scope.kind, has_role=scope.has_role(*HOSPITAL_ROLES))


def surge_standings(scope: Scope, report: SurgeReport) -> frozenset[str]:
    """The bureau of the institution's city verifies; the province's where it has no city."""
    if report.institution_id == scope.organisation_id and scope.has_role(*HOSPITAL_ROLES):
        return frozenset({REPORTER})
    place = report.city_id or report.province_id
    verifies = scope.is_bureau and scope.region_id == place and scope.has_role(*OFFICERS)
    return frozenset({VERIFIER}) if verifies else frozenset()


def verifying_office(report: SurgeReport) -> Organisation | None:
    """The bureau that `surge_standings` lets verify."""
    return (
        Organisation.objects.filter(
            kind="bureau", region=report.city_id or report.province_id, is_active=True
        )
        .order_by("code")
        .first()
    )


def roles_for(institution: Organisation, product: Product, on: date) -> list[Selection]:
    """The selections of the product that supply the institution on the day, lowest batch first."""
    rows = Selection.objects.filter(
        holds_on(on), product=product, region__in=supply_regions(institution)
    )
    return list(rows.select_related("batch").order_by("batch__code", "role"))


def supply_options(report: SurgeReport, on: date) -> list[Option]:
    """Other products selected here, standby ones, those selected elsewhere, substitutes; each once."""
    group = report.product.group_id
    if group is None:
        return []
    here = supply_regions(report.institution)
    held = Selection.objects.filter(holds_on(on), product__group=group).exclude(
        product=report.product_id
    )
    rows = held.select_related("product__manufacturer", "region").order_by(
        "product__code", "region__code"
    )
    found: dict[int, Option] = {}
    # One product may be selected in many regions: where this is one of them, it is no other's.
    for row in rows.filter(region__in=here, role=Selection.Role.SELECTED):
        found.setdefault(row.product_id, Option("本地区中选", row.product, row.region.name))
    for row in rows.filter(region__in=here, role=Selection.Role.STANDBY):
        found.setdefault(row.product_id, Option("本地区备供", row.product, row.region.name))
    elsewhere = rows.exclude(region__in=here).filter(role=Selection.Role.SELECTED)
    for row in elsewhere:
        found.setdefault(row.product_id, Option("其他地区中选", row.product, row.region.name))
    instead = Substitute.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on),
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        group=group,
    ).select_related("product__manufacturer")
    for each in instead.order_by("product__code"):
        found.setdefault(each.product_id, Option("可替代药品", each.product))
    options = list(found.values())[:MOST]
    told = stock_words([each.product.pk for each in options], on)
    return [replace(each, stock=told[each.product.pk]) for each in options]


def stock_words(products: Sequence[int], on: date) -> dict[int, str]:
    """By product: whether the last report of the last STOCK_MONTHS months has packs. One query."""
    newest = (
        StockReport.objects.filter(
            product__in=products, month__gt=on - timedelta(days=31 * STOCK_MONTHS)
        )
        .order_by("product_id", "-month")
        .distinct("product_id")
    )
    told = {
        row.product_id: f"{'有' if row.stock_packs + row.reserve_packs > 0 else '无'}库存"
        f"（{row.month:%Y-%m} 报告）"
        for row in newest
    }
    return {product: told.get(product, f"近 {STOCK_MONTHS} 个月未报告") for product in products}


def possible_lenders(report: SurgeReport, on: date) -> list[Organisation]:
    """Institutions of the same city (else province) that received the product of late.

    Names only: what they hold is theirs to say. Read by the index of their receipts.
    """
    near = Q(region=report.city_id) | Q(region__parent=report.city_id)
    if report.city_id is None:
        near = Q(region=report.province_id)
    since = timezone.make_aware(datetime.combine(on - timedelta(days=RECENT_DAYS), time.min))
    others = Organisation.objects.filter(
        near, kind=Organisation.Kind.INSTITUTION, is_active=True
    ).exclude(pk=report.institution_id)
    received = Receipt.objects.filter(
        institution__in=others.values("pk"), product=report.product_id, received_at__gte=since,
        accepted_packs__gt=0,
    )  # fmt: skip
    lenders = set(received.order_by().values_list("institution_id", flat=True).distinct())
    return list(Organisation.objects.filter(pk__in=lenders).order_by("code")[:MOST])


def surge_papers(report: SurgeReport) -> list[Attachment]:
    rows = Attachment.objects.filter(owner_type="surge_report", owner_id=report.pk)
    return list(rows.select_related("file").order_by("pk"))
