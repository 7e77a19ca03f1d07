"""The drug regulator enters inspections and samples, and follows up what was to be put right."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Inspection, Product, Sampling
from catalog.queries.quality import may_record
from catalog.rules.inspection import inspection_fault, sampling_fault
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

CLAUSE = "赣医保字〔2024〕22号 十八"


@dataclass(frozen=True)
class NewInspection:
    """What was found where and when; rectify_by is due with result `rectify`, else empty."""

    enterprise: Organisation
    inspected_on: date
    coverage: str
    findings: str
    result: str
    rectify_by: date | None = None


@dataclass(frozen=True)
class NewSampling:
    """One sample; failed_items is due with result `fail`, else empty."""

    product: Product
    lot_no: str
    drawn_from: Organisation
    sampled_on: date
    paper_no: str
    result: str
    failed_items: str = ""


@operation
def record_inspections(
    *, inspections: Sequence[NewInspection], by: User, scope: Scope, at: datetime
) -> list[Inspection]:
    """Enter them all or none, and tell each enterprise.

    Raises NotYours (S2-18.5), MissingInput naming the field.
    """
    _require_regulator(scope)
    made = [
        Inspection(
            inspection_no=_number("JC", at), enterprise=each.enterprise,
            inspected_on=each.inspected_on, coverage=each.coverage.strip(),
            findings=each.findings.strip(), result=each.result, rectify_by=each.rectify_by,
            **_stamps(by, scope, at),
        )
        for each in inspections
    ]  # fmt: skip
    for row in made:
        _check_inspection(row, at)
    kept = Inspection.objects.bulk_create(made)
    for row in kept:
        record(
            by=by, at=at, action="inspection.record", object_type="inspection", object_key=row.pk,
            object_label=f"{row.enterprise.name}（{row.inspection_no}）", clause=CLAUSE,
            detail={"result": row.result, "inspected_on": f"{row.inspected_on:%Y-%m-%d}"},
        )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                row.enterprise_id, f"inspection-{row.inspection_no}",
                f"药监部门登记了对本企业的检查：{row.get_result_display()}",
                url=reverse("inspection", args=[row.inspection_no]),
                is_urgent=row.result == Inspection.Result.FAIL,
            )
            for row in kept
        ],
        at=at,
    )  # fmt: skip
    return kept


@operation
def record_follow_up(
    *,
    inspection: Inspection,
    follow_up: str,
    followed_up_on: date,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Inspection:
    """Say what became of the findings; the regulator that inspected may say it anew later.

    Raises NotYours, StaleVersion, MissingInput.
    """
    _require_regulator(scope)
    row = Inspection.objects.select_for_update(of=("self",)).get(pk=inspection.pk)
    if row.regulator_id != scope.organisation_id:
        raise NotYours("跟踪情况由作出检查的药监部门登记", CLAUSE)
    if seen_version is not None and seen_version != row.row_version:
        raise StaleVersion("这次检查的跟踪情况已被更新，请刷新后再登记")
    if not follow_up.strip():
        raise MissingInput("follow_up", "请填写跟踪情况", CLAUSE)
    if not row.inspected_on <= followed_up_on <= shanghai_day(at):
        raise MissingInput("followed_up_on", "跟踪日期应在检查日期以后、今天以前", CLAUSE)
    row.follow_up, row.followed_up_on = follow_up.strip(), followed_up_on
    row.row_version += 1
    row.save(update_fields=["follow_up", "followed_up_on", "row_version"])
    record(
        by=by, at=at, action="inspection.follow_up", object_type="inspection", object_key=row.pk,
        object_label=f"{row.enterprise.name}（{row.inspection_no}）", reason=row.follow_up,
        clause=CLAUSE, detail={"followed_up_on": f"{followed_up_on:%Y-%m-%d}"},
    )  # fmt: skip
    return row


@operation
def record_samplings(
    *, samplings: Sequence[NewSampling], by: User, scope: Scope, at: datetime
) -> list[Sampling]:
    """Enter them all or none; manufacturers hear of a failed sample at once.

    Raises NotYours, MissingInput, TransitionRefused where a paper's number was entered before.
    """
    _require_regulator(scope)
    made = [
        Sampling(
            sampling_no=_number("CJ", at), product=each.product,
            manufacturer_id=each.product.manufacturer_id, lot_no=each.lot_no.strip(),
            drawn_from=each.drawn_from, sampled_on=each.sampled_on,
            paper_no=each.paper_no.strip(), result=each.result,
            failed_items=each.failed_items.strip(), **_stamps(by, scope, at),
        )
        for each in samplings
    ]  # fmt: skip
    for row in made:
        _check_sampling(row, at)
    try:
        with transaction.atomic():
            kept = Sampling.objects.bulk_create(made)
    except IntegrityError as error:
        raise TransitionRefused(
            "检验报告号已经登记过：同一报告只登记一次，请核对", CLAUSE
        ) from error
    for row in kept:
        record(
            by=by, at=at, action="sampling.record", object_type="sampling", object_key=row.pk,
            object_label=f"{row.product} 批号 {row.lot_no}（{row.sampling_no}）", clause=CLAUSE,
            detail={"result": row.result, "failed_items": row.failed_items},
        )  # fmt: skip
    notify(
        notices=[
            NewNotice(
                row.manufacturer_id, f"sampling-{row.sampling_no}",
                f"抽检不合格：{row.product} 批号 {row.lot_no}", body=row.failed_items,
                url=reverse("sampling", args=[row.sampling_no]), is_urgent=True,
            )
            for row in kept
            if row.result == Sampling.Result.FAIL
        ],
        at=at,
    )  # fmt: skip
    return kept


def _check_inspection(row: Inspection, at: datetime) -> None:
    if not row.coverage or not row.findings:
        raise MissingInput("findings", "请填写检查范围和检查发现", CLAUSE)
    fault = inspection_fault(
        inspected_on=row.inspected_on, result=row.result, rectify_by=row.rectify_by,
        today=shanghai_day(at),
    )  # fmt: skip
    if fault:
        raise MissingInput(*fault, CLAUSE)


def _check_sampling(row: Sampling, at: datetime) -> None:
    if not row.lot_no or not row.paper_no:
        raise MissingInput("lot_no", "请填写批号和检验报告号", CLAUSE)
    fault = sampling_fault(
        sampled_on=row.sampled_on, result=row.result, failed_items=row.failed_items,
        today=shanghai_day(at),
    )  # fmt: skip
    if fault:
        raise MissingInput(*fault, CLAUSE)


def _require_regulator(scope: Scope) -> None:
    allowed = may_record(scope)
    if not allowed:
        raise NotYours.of(allowed)


def _stamps(by: User, scope: Scope, at: datetime) -> dict[str, Any]:
    return {
        "regulator_id": scope.organisation_id, "county_id": scope.county_id,
        "city_id": scope.city_id, "province_id": scope.province_id, "recorded_at": at,
        "recorded_by_id": by.audit_id, "recorded_by_name": by.audit_name,
    }  # fmt: skip


def _number(prefix: str, at: datetime) -> str:
    return f"{prefix}{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}"
