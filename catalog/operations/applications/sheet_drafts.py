"""Drafts of many applications from one workbook: all of them, or none."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from catalog.models import ApplicationItem, ApplicationStep, ProductApplication
from catalog.operations.applications.drafts import check_product
from catalog.operations.applications.sheet_reading import Sheet, SheetError, read_sheet
from catalog.queries.application_offices import path_of, place_of, routes_of
from catalog.queries.application_target import current_values
from catalog.queries.applications import OBJECT_TYPE, files_applications
from catalog.rules.applications.review import ROUTES
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import Region, User
from organisations.queries.scope import Scope


class SheetRefused(MissingInput):
    """The workbook has errors; nothing was written. `sheet` names them by row and column."""

    def __init__(self, sheet: Sheet) -> None:
        first = sheet.errors[0]
        super().__init__("file", f"第 {first.line} 行 {first.column}：{first.message}")
        self.sheet = sheet


def check_sheet(content: bytes, *, kind: str, scope: Scope, at: datetime) -> Sheet:
    """A dry run: what would be drafted, or every error."""
    sheet = read_sheet(content, kind=kind, scope=scope, at=at)
    for line, product in sheet.asked:
        try:
            check_product(kind, product, scope)
        except Refusal as refusal:
            named = str(product)[:80] if product else ""
            sheet.errors.append(SheetError(line, "产品编码", named, refusal.reason))
    sheet.errors.sort(key=lambda error: error.line)
    return sheet


@operation
def draft_from_sheet(
    *,
    content: bytes,
    kind: str,
    by: User,
    scope: Scope,
    at: datetime,
    province: Region | None = None,
) -> list[ProductApplication]:
    """Keep every row as a draft, in as many statements for 500 as for one but for the trail.

    Raises NotYours, SheetRefused, or MissingInput where the province has to be named.
    """
    if not files_applications(scope):
        raise NotYours("挂网申请由生产企业的经办、审核或负责人提出")
    sheet = check_sheet(content, kind=kind, scope=scope, at=at)
    if sheet.errors:
        raise SheetRefused(sheet)
    place = place_of(by.organisation, province)
    if place is None:
        raise MissingInput("province", "本平台服务多个省份，请选择向哪个省申请")
    today = shanghai_day(at)
    path = path_of(place, routes_of(place.province, today)[kind])
    rows = ProductApplication.objects.bulk_create(
        ProductApplication(
            application_no=number, kind=kind, organisation=by.organisation, product=row.product,
            title=row.title[:300], reason=row.reason, path=path, level=path[0],
            target_key=row.product.code if row.product else row.values["code"],
            needs_publicity=ROUTES[kind].publicity, created_at=at, state_at=at,
            state_by_id=by.audit_id, state_by_name=by.audit_name,
            province=place.province, city=place.city, county=place.county,
        )
        for number, row in zip(_numbers(len(sheet.rows), at), sheet.rows, strict=True)
    )  # fmt: skip
    items, steps = [], []
    for made, row in zip(rows, sheet.rows, strict=True):
        before = current_values(kind, row.product, today)
        items += [
            ApplicationItem(application=made, field=code, before=before.get(code, ""), after=text)
            for code, text in row.values.items()
        ]
        steps.append(
            ApplicationStep(
                application=made, at=at, by_id=by.audit_id, by_name=by.audit_name,
                organisation_name=by.audit_organisation_name, verb="draft", to_state="draft",
                label="Excel 批量填写", text=f"第 {row.line} 行",
            )
        )  # fmt: skip
    ApplicationItem.objects.bulk_create(items, batch_size=1000)
    ApplicationStep.objects.bulk_create(steps, batch_size=1000)
    for made, row in zip(rows, sheet.rows, strict=True):
        record(
            by=by, at=at, action="product_application.draft", object_type=OBJECT_TYPE,
            object_key=made.pk, object_label=made.application_no, reason=made.reason,
            detail={"kind": kind, "title": made.title, "values": row.values, "line": row.line},
        )  # fmt: skip
    return rows


def _numbers(count: int, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('catalog_application_no') FROM generate_series(1, %s)", [count]
        )
        return [f"SQ{shanghai_day(at):%Y%m}-{row[0]:05d}" for row in cursor.fetchall()]
