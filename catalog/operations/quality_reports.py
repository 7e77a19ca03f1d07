"""An institution reports an adverse reaction or a quality risk; who is told, answers and concludes."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from catalog.models import Product, QualityReport
from catalog.operations.quality_holds import place_hold
from catalog.queries.quality import may_report, nearest_authority, report_standings
from catalog.rules.quality import OFFICERS, REPORT_CLAUSE
from catalog.states.quality import REPORT_MACHINE
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

OBJECT_TYPE = REPORT_MACHINE.name


@operation
def report_quality(
    *,
    product: Product,
    kind: str,
    severity: str,
    lot_no: str,
    occurred_on: date,
    description: str,
    hold_use: bool,
    by: User,
    scope: Scope,
    at: datetime,
) -> QualityReport:
    """The manufacturer has to explain, the drug regulator to conclude; the health commission is told.

    hold_use: the institution holds the product (of that lot, where one is named) back at once.
    Offices are the nearest ones: of the county, else city, else province.
    Raises NotYours, MissingInput, TransitionRefused where it is held back already.
    """
    allowed = may_report(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if occurred_on > shanghai_day(at):
        raise MissingInput("occurred_on", "发生日期不能晚于今天", REPORT_CLAUSE)
    if not description.strip():
        raise MissingInput("description", "请填写发生了什么、已采取什么措施", REPORT_CLAUSE)
    report = QualityReport.objects.create(
        report_no=f"ZL{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}", kind=kind,
        severity=severity, product=product, lot_no=lot_no.strip(), occurred_on=occurred_on,
        description=description.strip(), manufacturer_id=product.manufacturer_id,
        reported_at=at, reported_by_id=by.audit_id, reported_by_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name, **_stamps(scope),
    )  # fmt: skip
    record(
        by=by, at=at, action="quality_report.report", object_type=OBJECT_TYPE, object_key=report.pk,
        object_label=_label(report), clause=REPORT_CLAUSE,
        detail={"kind": kind, "severity": severity, "product": product.code, "lot_no": lot_no},
    )  # fmt: skip
    regulator = nearest_authority("regulator", by.organisation.region)
    health = nearest_authority("health_commission", by.organisation.region)
    _ask(report, "answer_quality_report", "说明质量报告", product.manufacturer_id, at)
    if regulator is not None:
        _ask(report, "close_quality_report", "处置质量报告", regulator.pk, at)
    _tell(report, [office for office in (health, regulator) if office is not None], at)
    if hold_use:
        place_hold(
            product=product, lot_no=lot_no, basis=report.report_no, by=by, scope=scope, at=at,
            reason=f"{report.get_kind_display()}：{report.description}"[:500],
        )  # fmt: skip
    return report


@operation
def answer_report(
    *,
    report: QualityReport,
    answer: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> QualityReport:
    """The manufacturer explains; the report waits for the regulator."""
    return _step("answer", {"answer": answer.strip()}, report, by, scope, at, seen_version)


@operation
def close_report(
    *,
    report: QualityReport,
    conclusion: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> QualityReport:
    """The regulator concludes, also where the manufacturer has not explained."""
    return _step("close", {"conclusion": conclusion.strip()}, report, by, scope, at, seen_version)


def _step(
    verb: str,
    inputs: dict[str, str],
    report: QualityReport,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> QualityReport:
    row: QualityReport
    row, _ = REPORT_MACHINE.perform(
        verb=verb, obj=report, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda held: report_standings(scope, held),
    )  # fmt: skip
    acts = [f"{row.report_no}/answer_quality_report"]
    if verb == "close":
        acts.append(f"{row.report_no}/close_quality_report")
    finish_tasks(object_type=OBJECT_TYPE, object_keys=acts, at=at)
    assert row.institution_id is not None
    told = NewNotice(
        row.institution_id, f"quality-report-{row.report_no}-{row.row_version}",
        f"质量报告 {row.report_no}：{row.get_state_display()}", url=_url(row),
    )  # fmt: skip
    notify(notices=[told], at=at)
    return row


def _stamps(scope: Scope) -> dict[str, Any]:
    return {
        "institution_id": scope.organisation_id, "county_id": scope.county_id,
        "city_id": scope.city_id, "province_id": scope.province_id, "pool_id": scope.pool_id,
    }  # fmt: skip


def _ask(report: QualityReport, act: str, words: str, organisation_id: int, at: datetime) -> None:
    # A key for each side: the manufacturer's answer does not end what the regulator has to do.
    task = NewTask(
        organisation_id=organisation_id, act=act, title=f"{words}：{_label(report)}",
        object_type=OBJECT_TYPE, object_key=f"{report.report_no}/{act}", url=_url(report),
        roles=OFFICERS, severity="red" if report.severity != "usual" else "",
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


def _tell(report: QualityReport, offices: list[Organisation], at: datetime) -> None:
    urgent = report.severity != QualityReport.Severity.USUAL
    told = [office.pk for office in offices] + [report.product.manufacturer_id]
    notify(
        notices=[
            NewNotice(
                pk, f"quality-report-{report.report_no}-{pk}",
                f"{report.get_kind_display()}（{report.get_severity_display()}）：{_label(report)}",
                url=_url(report), is_urgent=urgent,
            )
            for pk in told
        ],
        at=at,
    )  # fmt: skip


def _url(report: QualityReport) -> str:
    return reverse("quality-report", args=[report.report_no])


def _label(report: QualityReport) -> str:
    lot = f" 批号 {report.lot_no}" if report.lot_no else ""
    return f"{report.product}{lot}（{report.report_no}）"
