"""考核豁免 of the demonstration: one to check in the city, one to grant, one that was granted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import AgreementYear
from contracts.models import AgreementLine
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from monitoring.models import ExemptionApplication
from monitoring.operations.exemption_applications import (
    NewApplication,
    apply_for_exemption,
    grant_application,
    perform_step,
)
from organisations.models import User
from organisations.queries.scope import scope_of

NAMES = ("hospital", "city", "province")
STORIES = (
    ("shortage", "企业停产检修，近两个月到货不足订单的三成，患者改用其他规格。"),
    ("key_monitored", "该品种今年列入省级重点监控目录，临床用量相应下调。"),
    ("guideline", "新版诊疗指南下调了推荐级别，用量明显减少。"),
)
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@operation
def create_demo_exemptions(*, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if ExemptionApplication.objects.exists():
        return False
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=NAMES)}
    if len(people) < len(NAMES):
        return False
    today = shanghai_day(at)
    lines = (
        AgreementLine.objects.filter(
            institution=people["hospital"].organisation_id, ended_at__isnull=True,
            batch__years__starts_on__lte=today, batch__years__ends_on__gte=today,
        )
        .select_related("batch", "product__group")
        .order_by("product__code", "batch__code", "pk")
    )  # fmt: skip
    products = list({line.product_id: line for line in lines}.values())[: len(STORIES)]
    for number, (line, (cause, words)) in enumerate(zip(products, STORIES, strict=False)):
        year = AgreementYear.objects.filter(
            batch=line.batch, starts_on__lte=today, ends_on__gte=today
        ).first()
        if year is None:
            continue
        new = NewApplication(
            batch=line.batch, product=line.product, kind="agreed_volume", cause=cause,
            statement=words, asked_from=max(year.starts_on, today - timedelta(days=60)),
            asked_to=min(year.ends_on, today + timedelta(days=60)),
        )  # fmt: skip
        row = apply_for_exemption(
            new=new, uploads=[SimpleUploadedFile("情况说明.pdf", PAPER, "application/pdf")],
            **_acting(people["hospital"], at - timedelta(days=3)),
        )  # fmt: skip
        if number > 0:
            row = perform_step(
                application=row, verb="check", note="已现场核实，情况属实。",
                **_acting(people["city"], at - timedelta(days=2)),
            )  # fmt: skip
        if number > 1:
            grant_application(
                application=row, from_on=row.asked_from, to_on=row.asked_to,
                note="材料齐全，同意。", **_acting(people["province"], at - timedelta(days=1)),
            )  # fmt: skip
    return True


def _acting(user: User, at: datetime) -> dict[str, Any]:
    return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}
