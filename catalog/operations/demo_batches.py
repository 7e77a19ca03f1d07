"""What the demonstration's province finds waiting about batches; made once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.models import Batch, BatchDraft, Selection
from catalog.operations.batch_drafts.make import make_draft
from catalog.operations.change_override import propose_override
from catalog.operations.change_result import propose_result
from core.audit.record import Actor
from core.operations import operation
from core.transitions import Refusal
from organisations.models import Region, User
from organisations.queries.scope import scope_of
from policy.models import Parameter

COLLEAGUE = "province-colleague"
LEAD = timedelta(days=75)


@operation
def create_demo_batches(*, by: Actor, at: datetime) -> None:
    """A draft with two mistakes, and two proposals of a colleague that wait for confirmation.

    The colleague has no password and cannot sign in: the demonstration's `province` is the second
    person. A second start finds everything there.
    """
    officer = (
        User.objects.filter(username="province").select_related("organisation__region").first()
    )
    if officer is None or BatchDraft.objects.exists():
        return
    colleague = _colleague(officer, by, at)
    today = at.date()
    scope = scope_of(colleague, today)
    month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    code = officer.organisation.region.code if officer.organisation.region else ""
    batch = (
        Batch.objects.filter(policy__province_code=code, effective_on__lt=month, ends_on__gt=month)
        .select_related("policy")
        .order_by("code")
        .first()
    )
    if batch is None:
        return
    won = _won(batch)
    draft = _content(won, today)
    make_draft(content=draft, source="页面填写", by=colleague, scope=scope, at=at)
    paper: dict[str, Any] = {
        "clause": "执行文件（演示） 三",
        "by": colleague,
        "scope": scope,
        "at": at,
    }
    try:
        propose_override(
            batch=batch, parameter=Parameter.objects.get(key="response_hours"), value="36",
            valid_from=month, document=None, reason="执行文件缩短响应时限（演示）", **paper,
        )  # fmt: skip
        propose_result(
            batch=batch, kind="price", product=won[0].product, region=won[0].region,
            new_region=None, role="selected", price=_cut(won[0].price), effective_on=month,
            reason="企业主动降价（演示）", **paper,
        )  # fmt: skip
    except Refusal:
        # A demonstration loaded with other data may have no room for them.
        return


def _colleague(officer: User, by: Actor, at: datetime) -> User:
    found, _ = User.objects.get_or_create(
        username=COLLEAGUE,
        defaults={
            "name": "吴经办", "organisation": officer.organisation, "roles": ["clerk"],
            "created_at": at, "created_by_name": by.audit_name, "password_changed_at": at,
        },
    )  # fmt: skip
    return User.objects.select_related("organisation__region").get(pk=found.pk)


def _won(batch: Batch) -> list[Selection]:
    rows = Selection.objects.filter(batch=batch, role="selected", valid_to=None)
    return list(
        rows.select_related("product__group", "region").order_by("product__code", "region__code")[
            :3
        ]
    )


def _cut(price: Decimal) -> Decimal:
    return max((price * Decimal("0.9")).quantize(Decimal("0.01")), Decimal("0.01"))


def _content(won: list[Selection], today: date) -> dict[str, list[dict[str, Any]]]:
    """The next batch of the same groups; a region and a price are still wrong."""
    starts = today + LEAD
    ends = starts.replace(year=starts.year + 1) - timedelta(days=1)
    groups = {each.product.group_id: each.product.group for each in won if each.product.group}
    products = {each.product_id: each for each in won}
    city = Region.objects.filter(level="county").order_by("code").first()

    def rows(*cells: dict[str, str]) -> list[dict[str, Any]]:
        return [{"row": number, "cells": each} for number, each in enumerate(cells, start=2)]

    category = won[0].product.category if won else "drug"
    return {
        "batch": rows(
            {
                "code": f"YS-{starts:%Y}-1", "name": f"{starts:%Y}年接续采购（演示草案）",
                "category": category, "organizer": "province", "policy_code": "jiangxi-2026",
            }
        ),
        "dates": rows(
            {"issued_on": f"{today}", "effective_on": f"{starts}", "ends_on": f"{ends}"}
        ),
        "batch_years": rows({"year_no": "1", "starts_on": f"{starts}", "ends_on": f"{ends}"}),
        "groups": rows(
            *(
                {"code": g.code, "name": g.name, "category": g.category, "base_unit": g.base_unit}
                for g in groups.values()
            )
        ),
        "results": rows(
            *(
                {"product_code": each.product.code, "role": "selected", "price": f"{each.price:.2f}" if n else "面议"}
                for n, each in enumerate(products.values())
            )
        ),
        "regions": rows(
            *(
                {"product_code": each.product.code, "region_code": city.code if city else ""}
                for each in products.values()
            )
        ),
        "batch_parameters": [],
    }  # fmt: skip
