"""Adverse reactions and quality risks that institutions report (S2-13.4)."""

from django.db import models
from django.db.models import Q

from catalog.models.product import Product
from catalog.states.quality import REPORT_MACHINE, ReportState
from organisations.models.stamps import PartyStamps


class QualityReport(PartyStamps):
    """A report of one institution about one product; distributor stays empty: it is not told."""

    State = ReportState

    class Kind(models.TextChoices):
        ADVERSE = "adverse", "不良反应"
        RISK = "risk", "质量风险"

    class Severity(models.TextChoices):
        USUAL = "usual", "一般"
        SEVERE = "severe", "严重"
        DEATH = "death", "死亡"

    report_no = models.CharField("编号", max_length=24, unique=True)
    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    severity = models.CharField("程度", max_length=8, choices=Severity.choices)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    lot_no = models.CharField("批号", max_length=60, blank=True)
    occurred_on = models.DateField("发生日期")
    description = models.TextField("情况描述", max_length=4000)
    reported_at = models.DateTimeField("报告时间")
    reported_by_id = models.BigIntegerField("报告人编号", null=True)
    reported_by_name = models.CharField("报告人", max_length=150)
    answer = models.TextField("企业说明", max_length=4000, blank=True)
    conclusion = models.TextField("处置结论", max_length=4000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.REPORTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "质量与不良反应报告"
        constraints = [
            models.CheckConstraint(
                condition=~Q(description=""), name="quality_report_says_what_happened"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(conclusion=""),
                name="quality_report_closed_with_conclusion",
            ),
        ]
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="quality_report_newest"),
            models.Index(fields=["product", "-reported_at"], name="quality_report_of_product"),
            models.Index(fields=["institution", "-id"], name="quality_report_of_hospital"),
        ]
        triggers = [REPORT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.report_no
