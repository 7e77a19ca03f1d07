"""A reporting unit's report in one task, and what was granted to it beyond the window."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from organisations.models.consortium import Consortium
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps
from volumes.models.task import ReportTask
from volumes.states.report import REPORT_MACHINE, ReportState
from volumes.states.task import ReportLevel


@pghistory.track()
class VolumeReport(PartyStamps):
    """Task × reporting unit: an institution, or its consortium's lead as of the opening day.

    `path` are the levels that review it (those of the task that the unit's region has), `level`
    the one that has it now, `office` whose turn it is (empty: the unit's, or nobody's).
    `figures_version` rises with every change of a figure; what was signed names its version and
    digest. `extended_until` moves the end of the window for this unit alone.
    """

    State = ReportState

    report_no = models.CharField("报量编号", max_length=40, unique=True)
    task = models.ForeignKey(
        ReportTask, models.PROTECT, related_name="reports", verbose_name="报量任务"
    )
    is_obliged = models.BooleanField("须报", default=True)
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="医共体"
    )
    path = ArrayField(
        models.CharField(max_length=10, choices=ReportLevel.choices), default=list,
        verbose_name="审核层级",
    )  # fmt: skip
    level = models.CharField("现层级", max_length=10, choices=ReportLevel.choices, blank=True)
    office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="办理单位",
    )  # fmt: skip
    held_since = models.DateTimeField("本环节自", null=True, blank=True)
    extended_until = models.DateTimeField("延期至", null=True, blank=True)
    figures_version = models.PositiveIntegerField("数字版本", default=0)
    figures_digest = models.CharField("数字摘要", max_length=64, blank=True)
    figures_at = models.DateTimeField("数字变动时间", null=True, blank=True)
    figures_by_id = models.BigIntegerField("数字变动人编号", null=True)
    figures_by_name = models.CharField("数字变动人", max_length=150, blank=True)
    handed_in_at = models.DateTimeField("送审时间", null=True, blank=True)
    handed_in_by_name = models.CharField("送审人", max_length=150, blank=True)
    endorsed_at = models.DateTimeField("院内审核时间", null=True, blank=True)
    endorsed_by_name = models.CharField("院内审核人", max_length=150, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by_id = models.BigIntegerField("提交人编号", null=True)
    submitted_by_name = models.CharField("提交人", max_length=150, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    opinion = models.TextField("意见", blank=True)
    state = models.CharField(
        "状态", max_length=16, choices=ReportState.choices, default=ReportState.NOT_STARTED
    )
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150, blank=True)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "报量"
        constraints = [
            models.UniqueConstraint(fields=["task", "institution"], name="volume_report_key"),
            models.CheckConstraint(
                condition=~Q(state__in=("submitted", "confirmed"))
                & ~Q(state__in=("county_review", "city_review", "province_review"))
                | Q(submitted_at__isnull=False),
                name="volume_report_handed_in_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["task", "state"], name="volume_report_state"),
            models.Index(fields=["institution", "-id"], name="volume_report_institution"),
            models.Index(fields=["county", "task", "state"], name="volume_report_county"),
            models.Index(fields=["city", "task", "state"], name="volume_report_city"),
            models.Index(fields=["office", "state"], name="volume_report_office"),
        ]
        triggers = [REPORT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.report_no


class ReportExtension(models.Model):
    """A later end of the window for one unit, with the reason; the newest holds."""

    db_privileges = "append"

    class Kind(models.TextChoices):
        EXTENSION = "extension", "延期"
        REOPENING = "reopening", "截止后重新开放"

    report = models.ForeignKey(VolumeReport, models.PROTECT, related_name="extensions")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    until = models.DateTimeField("延期至")
    reason = models.TextField("理由")
    granted_at = models.DateTimeField("办理时间")
    granted_by_id = models.BigIntegerField("办理人编号", null=True)
    granted_by_name = models.CharField("办理人", max_length=150)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报量延期"
        indexes = [models.Index(fields=["report", "id"], name="report_extension_order")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.until:%Y-%m-%d %H:%M}"
