"""报量: tasks, reports, members' sheets and commitment letters."""

from __future__ import annotations

from datetime import UTC, date, datetime

from organisations.models import Organisation
from tests.factories.catalog import batch, group
from tests.factories.core import attachment
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.stages import regions, report_line
from volumes.models import (
    CommitmentLetter,
    GroupTotal,
    MemberSheet,
    MemberSheetLine,
    ReportCount,
    ReportExtension,
    ReportLineReview,
    ReportLineSplit,
    ReportTask,
    ReportTaskGroup,
    ReportTaskRegion,
    VolumeReport,
)

OPENS = datetime(2026, 4, 1, tzinfo=UTC)
CLOSES = datetime(2026, 4, 30, 16, tzinfo=UTC)
STATE = {"state_at": LONG_AGO, "state_by_name": "测试"}


def report_task(**fields: object) -> ReportTask:
    """A draft of a province's bureau, in April 2026."""
    bureau = fields.pop("organisation", None) or organisation("bureau", region=region())
    assert isinstance(bureau, Organisation)
    code = number()
    values: dict[str, object] = {
        "task_no": f"BL{code}", "title": f"报量任务{code}", "year_no": 2, "kind": "renewal",
        "organisation": bureau, "region": bureau.region, "opens_at": OPENS, "closes_at": CLOSES,
        "prior_from": date(2025, 4, 1), "prior_to": date(2026, 3, 31),
        "review_levels": ["county", "city", "province"], "created_at": LONG_AGO,
        "created_by_name": "测试", **STATE,
    }  # fmt: skip
    values |= {key: value for key, value in regions(bureau).items() if key in ("city", "province")}
    values["batch"] = fields.get("batch") or batch()
    return ReportTask.objects.create(**values | fields)


def report_task_group(of: ReportTask | None = None, **fields: object) -> ReportTaskGroup:
    values: dict[str, object] = {"task": of or report_task(), "position": 1}
    values["group"] = fields.get("group") or group()
    return ReportTaskGroup.objects.create(**values | fields)


def report_task_region(of: ReportTask | None = None) -> ReportTaskRegion:
    task = of or report_task()
    return ReportTaskRegion.objects.create(task=task, region=task.region)


def volume_report(
    of: Organisation | None = None, task: ReportTask | None = None, **fields: object
) -> VolumeReport:
    """Of one institution, not begun; its task is a draft unless one is given."""
    hospital = of or organisation()
    asked = task or report_task()
    values: dict[str, object] = {
        "institution": hospital, **regions(hospital), "task": asked,
        "report_no": f"{asked.task_no}-{hospital.code}", "path": list(asked.review_levels), **STATE,
    }  # fmt: skip
    return VolumeReport.objects.create(**values | fields)


def report_extension(of: VolumeReport | None = None) -> ReportExtension:
    report = of or volume_report()
    return ReportExtension.objects.create(
        report=report, kind="extension", until=CLOSES, reason="测试", granted_at=LONG_AGO,
        granted_by_name="测试", organisation=report.task.organisation,
    )  # fmt: skip


def member_sheet(of: VolumeReport | None = None, member: Organisation | None = None) -> MemberSheet:
    report = of or volume_report()
    institution = member or report.institution
    return MemberSheet.objects.create(
        report=report, institution=institution, **regions(institution), **STATE
    )


def member_sheet_line(of: MemberSheet | None = None, **fields: object) -> MemberSheetLine:
    values: dict[str, object] = {"sheet": of or member_sheet(), "reported_qty": 10}
    values["group"] = fields.get("group") or group()
    return MemberSheetLine.objects.create(**values | fields)


def report_line_split() -> ReportLineSplit:
    """The whole of a line by one manufacturer."""
    line = report_line()
    return ReportLineSplit.objects.create(
        line=line, manufacturer=organisation("enterprise"), quantity=line.reported_qty
    )


def report_count() -> ReportCount:
    """As the lines' trigger counts a report of one line."""
    report = volume_report()
    report_line(
        report.institution,
        batch=report.task.batch,
        report=report,
        status="draft",
        submitted_at=None,
    )
    return ReportCount.objects.get(report=report)


def group_total() -> GroupTotal:
    """As the figures' triggers sum a report of one line that was handed in."""
    report = volume_report(state="drafting")
    report_line(
        report.institution,
        batch=report.task.batch,
        report=report,
        status="draft",
        submitted_at=None,
    )
    for state in ("hospital_review", "leader_review", "submitted"):
        VolumeReport.objects.filter(pk=report.pk).update(state=state, submitted_at=LONG_AGO)
    return GroupTotal.objects.get(task=report.task)


def report_line_review() -> ReportLineReview:
    line = report_line()
    return ReportLineReview.objects.create(
        line=line, level="county", verdict="accepted", reported_qty=line.reported_qty, at=LONG_AGO,
        by_name="测试", organisation=organisation("bureau"),
    )  # fmt: skip


def commitment_letter(of: VolumeReport | None = None, **fields: object) -> CommitmentLetter:
    values: dict[str, object] = {
        "report": of or volume_report(), "letter_no": 1, "figures_version": 1, "digest": "0" * 64,
        "document": attachment(), "made_at": LONG_AGO, "made_by_name": "测试", **STATE,
    }  # fmt: skip
    return CommitmentLetter.objects.create(**values | fields)
