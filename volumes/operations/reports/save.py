"""Keep the figures of a sheet as a draft: all that was given, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.audit.record import record
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import ReportLineSplit, VolumeReport, VolumeReportLine
from volumes.operations.reports.reading import Figure, read_figures
from volumes.operations.reports.void import void_letter
from volumes.queries.figures import institutions_of, prior_year
from volumes.queries.standings import report_standings, writes_report
from volumes.rules.figures import FigureInput
from volumes.rules.window import within_window
from volumes.states.report import REPORT_MACHINE, WRITING_STATES

OBJECT_TYPE = "volume_report"
SHEET_TYPE = "volume_report_figures"
"""Savings are kept apart from the steps, so that the timeline stays readable."""
NOT_YOURS = "报量由填报单位的经办填写；审核或负责人要改的，请退回经办"


def may_save(row: VolumeReport, scope: Scope, at: datetime) -> None:
    """Raises NotYours or TransitionRefused; reads the report's task."""
    if not writes_report(scope, row):
        raise NotYours(NOT_YOURS)
    if row.state not in WRITING_STATES:
        raise TransitionRefused(
            f"报量现在是“{row.get_state_display()}”，数字不能再改；需要修改的，请先撤回修改"
        )
    allowed = within_window(
        at, opens_at=row.task.opens_at, closes_at=row.task.closes_at,
        extended_until=row.extended_until,
    )  # fmt: skip
    if not allowed:
        raise TransitionRefused(allowed.reason)


@operation
def save_figures(
    *,
    report: VolumeReport,
    inputs: Sequence[FigureInput],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
    source: str = "page",
) -> VolumeReport:
    """Write the figures that were given; others stay. A changed figure voids the commitment letter.

    An empty quantity leaves a group that was never filled in as it is. Raises NotYours,
    TransitionRefused, StaleVersion, or WrongFigures with every mistake by group and column.
    """
    row = (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task__batch__policy")
        .get(pk=report.pk)
    )
    may_save(row, scope, at)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"{row.figures_by_name or '他人'}刚刚改过这份报量，请核对后再保存")
    standing = {line.group_id: line for line in row.lines.prefetch_related("splits__manufacturer")}
    groups = {each.group.code: each.group for each in row.task.task_groups.select_related("group")}
    figures = read_figures(
        inputs, groups, filled=set(standing), split=row.task.split_by_manufacturer,
        compiled=row.consortium_id is not None,
    )  # fmt: skip
    moved = _moved(figures, standing)
    if row.state == VolumeReport.State.NOT_STARTED:
        row, _ = REPORT_MACHINE.perform(
            verb="begin", obj=row, by=by, at=at,
            standings=lambda held: report_standings(scope, held),
        )  # fmt: skip
    if moved:
        _write(row, moved, standing, at)
        row.figures_version += 1
        row.figures_digest = ""
        void_letter(row, reason="报量数字有变动", by=by, at=at)
    row.figures_at, row.figures_by_id, row.figures_by_name = at, by.audit_id, by.audit_name
    row.row_version += 1
    row.save(
        update_fields=[
            "figures_version", "figures_digest", "figures_at", "figures_by_id", "figures_by_name",
            "row_version",
        ]
    )  # fmt: skip
    record(
        by=by, at=at, action="volume_report.save", object_type=SHEET_TYPE, object_key=row.pk,
        object_label=row.report_no,
        detail={"changed": len(moved), "source": source, "version": row.figures_version},
    )  # fmt: skip
    return row


def _moved(figures: Sequence[Figure], standing: dict[int, VolumeReportLine]) -> list[Figure]:
    return [each for each in figures if not _same(each, standing.get(each.group.pk))]


def _same(figure: Figure, line: VolumeReportLine | None) -> bool:
    if line is None:
        return False
    splits = {each.manufacturer_id: each.quantity for each in line.splits.all()}
    return (
        line.reported_qty == figure.quantity
        and line.reason_code == figure.reason_code
        and line.explanation == figure.explanation
        and line.compile_note == figure.compile_note
        and (figure.splits is None or splits == figure.splits)
    )


def _write(
    row: VolumeReport, moved: Sequence[Figure], standing: dict[int, VolumeReportLine], at: datetime
) -> None:
    """One statement for all lines; splits are written anew, their sum is checked at the commit."""
    prior = prior_year(row.task, institutions_of(row), [each.group.pk for each in moved])
    VolumeReportLine.objects.bulk_create(
        [_line(row, each, prior[each.group.pk]) for each in moved],
        update_conflicts=True,
        unique_fields=["batch", "year_no", "institution", "group"],
        update_fields=[
            "reported_qty", "prior_year_qty", "reason_code", "explanation", "compile_note",
            "review", "review_reasons", "review_note",
        ],
    )  # fmt: skip
    split = [each for each in moved if each.splits is not None]
    if not split:
        return
    lines = dict(
        VolumeReportLine.objects.filter(
            report=row, group_id__in=[each.group.pk for each in split]
        ).values_list("group_id", "pk")
    )
    ReportLineSplit.objects.filter(line_id__in=lines.values()).delete()
    ReportLineSplit.objects.bulk_create(
        ReportLineSplit(line_id=lines[each.group.pk], manufacturer_id=maker, quantity=quantity)
        for each in split
        for maker, quantity in (each.splits or {}).items()
    )


def _line(row: VolumeReport, figure: Figure, prior: Decimal) -> VolumeReportLine:
    return VolumeReportLine(
        report=row, batch_id=row.task.batch_id, year_no=row.task.year_no, group=figure.group,
        institution_id=row.institution_id, county_id=row.county_id, city_id=row.city_id,
        province_id=row.province_id, pool_id=row.pool_id, reported_qty=figure.quantity,
        prior_year_qty=prior, reason_code=figure.reason_code, explanation=figure.explanation,
        compile_note=figure.compile_note, status=VolumeReportLine.Status.DRAFT,
    )  # fmt: skip
