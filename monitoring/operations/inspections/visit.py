"""What was found at a visit, item by item; the office's own until it is fed back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile

from core.attachments.store import attach
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import shanghai_day
from monitoring.models import SiteInspection, SiteInspectionItem
from monitoring.operations.inspections.held import held
from monitoring.operations.inspections.telling import pass_on
from monitoring.queries.site_inspections import EVIDENCE, inspection_standings, items_of
from monitoring.rules.inspection import Found
from monitoring.states.site_inspection import (
    INSPECTION_CLAUSE,
    INSPECTION_MACHINE,
    ItemResult,
)
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def record_visit(
    *,
    inspection: SiteInspection,
    visited_on: date,
    present: str,
    visit_note: str,
    found: Mapping[int, Found],
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SiteInspection:
    """Every item of the checklist has a result, by its number.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput whose field names the item
    (`result_3`, `finding_3`, `demand_3`).
    """
    row = held(inspection, "visit", scope, seen_version)
    today = shanghai_day(at)
    if not shanghai_day(row.planned_at) <= visited_on <= today:
        raise MissingInput(
            "visited_on",
            f"检查日期应在制定计划的 {shanghai_day(row.planned_at):%Y-%m-%d} 至今天之间",
            INSPECTION_CLAUSE,
        )
    if not present.strip():
        raise MissingInput("present", "请填写被检查单位的在场人员", INSPECTION_CLAUSE)
    items = items_of(row)
    unknown = sorted(set(found) - {each.seq for each in items})
    if unknown:
        raise MissingInput("results", f"检查清单里没有第 {unknown[0]} 项", INSPECTION_CLAUSE)
    for each in items:
        _note(each, found.get(each.seq))
    SiteInspectionItem.objects.bulk_update(items, ["result", "finding", "demand"])
    row.visited_on, row.present, row.visit_note = visited_on, present.strip(), visit_note.strip()
    row.save(update_fields=["visited_on", "present", "visit_note"])
    moved: SiteInspection
    moved, _ = INSPECTION_MACHINE.perform(
        verb="visit", obj=row, by=by, at=at, inputs={"visit_note": visit_note.strip()},
        standings=lambda each: inspection_standings(scope, each),
    )  # fmt: skip
    attach(owner_type=EVIDENCE, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    pass_on(inspection=moved, at=at)
    return moved


def _note(item: SiteInspectionItem, found: Found | None) -> None:
    """Write the result on the row in memory; MissingInput says what lacks."""
    if found is None or found.result not in ItemResult.values:
        raise MissingInput(
            f"result_{item.seq}", f"请选择第 {item.seq} 项的检查结果", INSPECTION_CLAUSE
        )
    finding, demand = found.finding.strip(), found.demand.strip()
    if found.result == ItemResult.PROBLEM:
        if not finding:
            raise MissingInput(
                f"finding_{item.seq}", f"请填写第 {item.seq} 项发现的问题", INSPECTION_CLAUSE
            )
        if not demand:
            raise MissingInput(
                f"demand_{item.seq}", f"请填写第 {item.seq} 项的整改要求", INSPECTION_CLAUSE
            )
    elif finding or demand:
        raise MissingInput(
            f"finding_{item.seq}",
            f"第 {item.seq} 项没有问题，请清空问题和整改要求，或把结果改为“存在问题”",
            INSPECTION_CLAUSE,
        )
    item.result, item.finding, item.demand = found.result, finding, demand
