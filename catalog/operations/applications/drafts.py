"""A manufacturer writes an application; nobody else sees it before it is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from catalog.models import ApplicationItem, ListedPrice, Listing, Product, ProductApplication
from catalog.operations.applications.moving import note
from catalog.operations.applications.problems import WrongApplication
from catalog.queries.application_offices import path_of, place_of, routes_of
from catalog.queries.application_target import current_values, paper_of
from catalog.queries.applications import (
    OBJECT_TYPE,
    application_standings,
    files_applications,
)
from catalog.rules.applications.checks import problems_of
from catalog.rules.applications.fields import FIELDS, WrongValue
from catalog.rules.applications.review import ROUTES
from catalog.states.application import APPLICANT, APPLICANT_STATES
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Region, User
from organisations.queries.scope import Scope


@operation
def draft_application(
    *,
    kind: str,
    product: Product | None,
    values: Mapping[str, object],
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    province: Region | None = None,
) -> ProductApplication:
    """Keep a complete application as a draft; its papers follow, then it is submitted.

    `values` are as typed, by field code. Raises NotYours, WrongApplication (every problem by
    field), or MissingInput where the enterprise has to say to which province it applies.
    """
    if not files_applications(scope):
        raise NotYours("挂网申请由生产企业的经办、审核或负责人提出")
    if kind not in FIELDS:
        raise MissingInput("kind", "请选择申请类别")
    check_product(kind, product, scope)
    kept = kept_values(kind, product, values, reason, at)
    place = place_of(by.organisation, province)
    if place is None:
        raise MissingInput("province", "本平台服务多个省份，请选择向哪个省申请")
    row = ProductApplication(
        application_no=next_number("catalog_application_no", "SQ", at), kind=kind,
        organisation=by.organisation, product=product, reason=reason.strip(),
        path=path_of(place, routes_of(place.province, shanghai_day(at))[kind]), needs_publicity=ROUTES[kind].publicity,
        created_at=at, state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
        province=place.province, city=place.city, county=place.county,
    )  # fmt: skip
    row.level = row.path[0]
    _name(row, product, kept)
    row.save(force_insert=True)
    _write_items(row, product, kept, at)
    note(row, "draft", by=by, at=at, label="填写申请")
    record(
        by=by, at=at, action="product_application.draft", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=row.application_no, reason=row.reason,
        detail={"kind": kind, "title": row.title, "values": kept},
    )  # fmt: skip
    return row


@operation
def edit_application(
    *,
    application: ProductApplication,
    values: Mapping[str, object],
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """Write a draft or a returned one anew; what it was is in the trail."""
    row = ProductApplication.objects.select_for_update().get(pk=application.pk)
    may_write(row, scope, seen_version)
    kept = kept_values(row.kind, row.product, values, reason, at)
    row.reason = reason.strip()
    row.row_version += 1
    _name(row, row.product, kept)
    row.save(update_fields=["reason", "row_version", "title", "target_key"])
    before = dict(row.items.values_list("field", "after"))
    row.items.all().delete()
    _write_items(row, row.product, kept, at)
    record(
        by=by, at=at, action="product_application.edit", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=row.application_no, reason=row.reason,
        detail={"before": before, "values": kept},
    )  # fmt: skip
    return row


def may_write(row: ProductApplication, scope: Scope, seen_version: int | None) -> None:
    """Only the applicant, only while it is the applicant's, and only what was seen last."""
    if APPLICANT not in application_standings(scope, row):
        raise NotYours("申请内容和材料由申请企业的经办、审核或负责人填写")
    if row.state not in APPLICANT_STATES:
        raise TransitionRefused(
            f"申请{row.get_state_display()}，内容不能改动；需要改动的请先撤回，或等退回补正"
        )
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("该申请已由他人更新，请刷新后再办理")


def kept_values(
    kind: str, product: Product | None, values: Mapping[str, object], reason: str, at: datetime
) -> dict[str, str]:
    """The typed values in their kept form. Raises WrongApplication with every problem."""
    kept, problems = read_values(kind, values, reason)
    if not problems:
        today = shanghai_day(at)
        problems = problems_of(kind, kept, current_values(kind, product, today), today=today)
    unpapered = product is not None and paper_of(product, shanghai_day(at)) is None
    if kind == "registration_change" and unpapered:
        problems.setdefault("", "平台没有登记本产品的注册证，请先以“注册证延续（换证）”登记")
    if problems:
        raise WrongApplication(problems)
    return kept


def read_values(
    kind: str, values: Mapping[str, object], reason: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Each value by itself: in its kept form, or why it cannot be kept, by field."""
    kept: dict[str, str] = {}
    problems: dict[str, str] = {}
    for field in FIELDS[kind]:
        try:
            kept[field.code] = field.read(values.get(field.code))
        except WrongValue as wrong:
            problems[field.code] = str(wrong)
    if len(reason.strip()) > 1000:
        problems["reason"] = "申请说明不超过 1000 个字符"
    return kept, problems


def next_number(sequence: str, letters: str, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        return f"{letters}{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:05d}"


def check_product(kind: str, product: Product | None, scope: Scope) -> None:
    """May this enterprise apply for that of this product? Raises the refusal that says why not."""
    if kind == "new_product":
        if product is not None:
            raise MissingInput("product", "新增产品不选择已有产品")
        return
    if product is None:
        raise MissingInput("product", "请选择要变更的产品")
    if product.manufacturer_id not in {scope.organisation_id, *scope.predecessor_ids}:
        raise NotYours("只能为本企业生产的产品提出申请")
    if kind == "withdrawal":
        listing = Listing.objects.filter(product=product).first()
        if listing is None or listing.state == Listing.State.WITHDRAWN:
            raise WrongApplication({"": "该产品没有在挂网，不需要撤网"})
    if (
        kind in ("price", "linked_price")
        and not ListedPrice.objects.filter(product=product).exists()
    ):
        raise WrongApplication({"": "该产品没有挂网价，请先以“新增产品”挂网"})


def _name(row: ProductApplication, product: Product | None, kept: Mapping[str, str]) -> None:
    """Whom it is about: one open application of a kind per product or new code."""
    if product is None:
        row.title = f"{kept['name']} {kept['specification']}".strip()[:300]
        row.target_key = kept["code"]
    else:
        row.title, row.target_key = str(product)[:300], product.code


def _write_items(
    row: ProductApplication, product: Product | None, kept: Mapping[str, str], at: datetime
) -> None:
    before = current_values(row.kind, product, shanghai_day(at))
    ApplicationItem.objects.bulk_create(
        ApplicationItem(application=row, field=code, before=before.get(code, ""), after=text)
        for code, text in kept.items()
    )
