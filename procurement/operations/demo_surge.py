"""Surges of the demonstration: one that waits for the city, one verified as standby that counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import supply_regions
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import SurgeReport
from procurement.operations.emergency_purchases import tie_lines
from procurement.operations.surge import report_surge, verify_surge
from procurement.queries.emergency_purchases import lines_to_tie

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@operation
def create_demo_surges(*, at: datetime) -> list[SurgeReport]:
    """Made once, as the hospital and its city would; none without standby products there."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=("hospital", "city")
        )
    }
    if len(people) < 2 or SurgeReport.objects.exists():
        return []
    hospital, city = people["hospital"], people["city"]
    today = timezone.localdate(at)
    here = Selection.objects.filter(
        holds_on(today), region__in=supply_regions(hospital.organisation)
    )
    standby = here.filter(role=Selection.Role.STANDBY).order_by("product__code")
    selected = here.filter(
        role=Selection.Role.SELECTED, product__group__in=standby.values("product__group")
    )
    taken = set(here.filter(role=Selection.Role.SELECTED).values_list("product", flat=True))
    wanted = list(
        Product.objects.filter(pk__in=selected.values("product")).order_by("-code").distinct()[:2]
    )
    made = []
    for product, packs, days in zip(wanted, (300, 120), (2, 5), strict=False):
        paper = SimpleUploadedFile("近三周用量统计.pdf", PDF, "application/pdf")
        made.append(
            report_surge(
                product=product, cause="epidemic", needed_packs=Decimal(packs), days_of_stock=days,
                description="流感样病例就诊量连续三周上升，用量约为平时的两倍；已联系中选企业，答复两周后到货。",
                uploads=[paper], by=hospital, scope=scope_of(hospital, today), at=at,
            )
        )  # fmt: skip
    for report in made[:1]:
        _tie(report, hospital, at)
    for report in made[1:]:
        bought = next(
            (row.product for row in standby.filter(product__group=report.product.group_id)
             .select_related("product") if row.product_id not in taken), None,
        )  # fmt: skip
        if bought is not None and city.organisation.region_id == report.city_id:
            verify_surge(
                report=report, bought_product=bought, from_on=today - timedelta(days=7),
                to_on=today + timedelta(days=30), by=city, scope=scope_of(city, today), at=at,
                note="经核实用量确有激增，同意应急采购备供产品。",
            )  # fmt: skip
    return made


def _tie(report: SurgeReport, hospital: User, at: datetime) -> None:
    """The hospital's newest orders of the product were emergency purchases; none where it has none."""
    today = timezone.localdate(at)
    lines = [(line.order.order_no, line.line_no) for line in lines_to_tie(report, today)[:2]]
    if lines:
        tie_lines(report=report, lines=lines, by=hospital, scope=scope_of(hospital, today), at=at)
