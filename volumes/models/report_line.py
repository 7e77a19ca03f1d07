"""One group's line of an institution's yearly volume report (报量)."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalog.models import Batch, Group
from core.numbers.fields import QuantityField
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps
from volumes.models.report import VolumeReport
from volumes.states.reasons import DeviationReason, LineReview, ReturnReason


@pghistory.track()
class VolumeReportLine(PartyStamps):
    """Reported quantity of one group for one batch year, in base units.

    A consortium's reporting unit is its lead. Manufacturer and distributor stay empty. A line of a
    loaded dataset belongs to no report; one that was filled in here names its report, and its
    status follows the report's state. A group without a line is not filled in; 0 means none.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已确认"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="report_lines")
    year_no = models.PositiveSmallIntegerField("年度序号")
    group = models.ForeignKey(Group, models.PROTECT, related_name="report_lines")
    report = models.ForeignKey(
        VolumeReport, models.PROTECT, null=True, blank=True, related_name="lines",
        verbose_name="报量",
    )  # fmt: skip
    reported_qty = QuantityField("报量")
    prior_year_qty = QuantityField("上年实际", default=0)
    reason_code = models.CharField(
        "原因", max_length=20, choices=DeviationReason.choices, blank=True, default="",
        db_default="",
    )  # fmt: skip
    explanation = models.TextField("说明", blank=True)
    # Of a consortium's lead: why its figure is not the sum of the members'.
    compile_note = models.CharField(
        "汇总说明", max_length=300, blank=True, default="", db_default=""
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices)
    review = models.CharField(
        "审核结论", max_length=10, choices=LineReview.choices, blank=True, default="", db_default=""
    )
    review_reasons = ArrayField(
        models.CharField(max_length=20, choices=ReturnReason.choices), default=list,
        db_default=[], verbose_name="退回原因",
    )  # fmt: skip
    review_note = models.CharField(
        "审核意见", max_length=300, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = "报量行"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "institution", "group"],
                name="report_line_key",
            ),
            models.CheckConstraint(
                condition=Q(reported_qty__gte=0, prior_year_qty__gte=0),
                name="report_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(submitted_at__isnull=False),
                name="report_line_submitted_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "batch", "year_no"], name="report_line_inst"),
            models.Index(
                fields=["report", "group"], condition=Q(report__isnull=False),
                name="report_line_report",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.year_no} {self.institution_id} {self.group_id}"


class ReportLineSplit(models.Model):
    """A line's quantity by 厂牌; Σ equals the line's, which a deferred trigger keeps true."""

    db_privileges = "full"

    line = models.ForeignKey(VolumeReportLine, models.PROTECT, related_name="splits")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    quantity = QuantityField("报量")

    class Meta:
        verbose_name = "厂牌拆分"
        constraints = [
            models.UniqueConstraint(fields=["line", "manufacturer"], name="report_split_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="report_split_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.manufacturer_id}"


class ReportLineReview(models.Model):
    """What one level said of one line, when; the line itself holds the newest."""

    db_privileges = "append"

    line = models.ForeignKey(VolumeReportLine, models.PROTECT, related_name="reviews")
    level = models.CharField("层级", max_length=10)
    verdict = models.CharField("结论", max_length=10, choices=LineReview.choices)
    reasons = ArrayField(models.CharField(max_length=20), default=list, verbose_name="原因")
    note = models.CharField("意见", max_length=300, blank=True)
    reported_qty = QuantityField("当时的报量")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("审核人编号", null=True)
    by_name = models.CharField("审核人", max_length=150)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报量行审核记录"
        indexes = [models.Index(fields=["line", "id"], name="report_line_review_order")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.level} {self.verdict}"
