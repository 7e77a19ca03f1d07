"""Standby of the demonstration: one in force, found by the province, and a manufacturer's notice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Exists, OuterRef
from django.utils import timezone

from catalog.models import Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import supply_regions
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import StandbyCase
from procurement.operations.standby import give_notice, start_standby
from procurement.queries.standby import candidates

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PEOPLE = ("province", "hospital", "manufacturer")


@operation
def create_demo_standby(*, at: datetime) -> list[StandbyCase]:
    """Made once; fewer where the data has no standby products of the hospital's region."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=PEOPLE
        )
    }
    if len(people) < len(PEOPLE) or StandbyCase.objects.exists():
        return []
    today = timezone.localdate(at)
    province, maker = people["province"], people["manufacturer"]
    here = supply_regions(people["hospital"].organisation)
    standby = Selection.objects.filter(
        holds_on(today), batch=OuterRef("batch"), role=Selection.Role.STANDBY,
        product__group=OuterRef("product__group"), region__in=here,
    )  # fmt: skip
    held = (
        Selection.objects.filter(
            holds_on(today), Exists(standby), region__in=here, role=Selection.Role.SELECTED
        )
        .select_related("product__manufacturer", "region__parent", "batch")
        .order_by("batch__code", "product__code", "region__code")
    )
    made = []
    other = held.exclude(product__manufacturer=maker.organisation_id).first()
    if other is not None:
        (case,) = give_notice(
            product=other.product, regions=[other.region], unable_from=today - timedelta(days=9),
            description="生产线检修期间原料药到货延迟，本月起无法按订单足量供应，企业预计两个月后恢复。",
            uploads=[], by=province, scope=scope_of(province, today), at=at,
        )  # fmt: skip
        made.append(
            start_standby(
                case=case,
                standby_product=candidates(case, today)[0],
                starts_on=today - timedelta(days=2),
                by=province,
                note="经核实情况属实，启动备供；辖区医疗机构可采购备供产品，期间到货视同中选。",
                scope=scope_of(province, today),
                at=at,
            )
        )
    own = held.filter(product__manufacturer=maker.organisation_id).first()
    if own is None:
        # Nothing of it is selected where the hospital is: wherever it is.
        selected = Selection.objects.filter(
            holds_on(today),
            role=Selection.Role.SELECTED,
            product__manufacturer=maker.organisation_id,
        )
        own = (
            selected.select_related("product", "region__parent")
            .order_by("batch__code", "product__code")
            .first()
        )
    if own is not None:
        paper = SimpleUploadedFile("不能供应书面报告.pdf", PDF, "application/pdf")
        made += give_notice(
            product=own.product, regions=[own.region], unable_from=today + timedelta(days=20),
            description="因洪水影响，包装材料供应商停产，预计三周后库存用完；已另寻供应商，恢复时间待定。",
            uploads=[paper], by=maker, scope=scope_of(maker, today), at=at,
        )  # fmt: skip
    return made
