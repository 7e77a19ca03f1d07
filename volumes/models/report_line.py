"""One group's line of an institution's yearly volume report (报量)."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models import Batch, Group
from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps


@pghistory.track()
class VolumeReportLine(PartyStamps):
    """Reported quantity of one group for one batch year, in base units.

    A consortium's reporting unit is its lead. Manufacturer and distributor stay empty.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "填报中"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已确认"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="report_lines")
    year_no = models.PositiveSmallIntegerField("年度序号")
    group = models.ForeignKey(Group, models.PROTECT, related_name="report_lines")
    reported_qty = QuantityField("报量")
    prior_year_qty = QuantityField("上年实际", default=0)
    explanation = models.TextField("说明", blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices)

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
            models.Index(fields=["institution", "batch", "year_no"], name="report_line_inst")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.year_no} {self.institution_id} {self.group_id}"
