"""What the warnings of past months would have been with another value of a parameter."""

from __future__ import annotations

from django.db import models

from catalog.models import OverrideChange
from core.jobs.models import Job
from core.numbers.fields import HeldField
from policy.models import ValueChange


class Rehearsal(models.Model):
    """One try of a proposed change, of a policy's value or a batch's own, over past months; no figure and no warning is touched.

    `months` lists them, oldest first: [{month, now, then, named, cleared, severity}] with how many
    warnings of the rules concerned there are by the value in force and by the new one.
    """

    change = models.ForeignKey(
        ValueChange, models.PROTECT, related_name="rehearsals", null=True, blank=True
    )
    override = models.ForeignKey(
        OverrideChange, models.PROTECT, related_name="rehearsals", null=True, blank=True
    )
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    asked_months = models.PositiveSmallIntegerField("月数")
    months = models.JSONField("各月结果", default=list)
    asked_at = models.DateTimeField("发起时间")
    asked_by_id = models.BigIntegerField("发起人编号", null=True)
    asked_by_name = models.CharField("发起人", max_length=150)
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "参数试算"
        indexes = [
            models.Index(fields=["change", "-id"], name="rehearsal_newest"),
            models.Index(fields=["override", "-id"], name="rehearsal_of_override"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(change__isnull=True, override__isnull=False)
                | models.Q(change__isnull=False, override__isnull=True),
                name="rehearsal_of_one_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id or self.override_id} {self.asked_at:%Y-%m-%d}"

    @property
    def subject(self) -> ValueChange | OverrideChange:
        """The change that is tried; costs a query unless it was selected with the row."""
        found = self.change if self.change_id else self.override
        if found is None:
            raise ValueError("a rehearsal is of one change")
        return found


class RehearsalRow(models.Model):
    """One subject whose warning the new value makes, ends, or gives another colour."""

    db_privileges = "append"

    class Effect(models.TextChoices):
        NAMED = "named", "新增"
        CLEARED = "cleared", "不再"
        SEVERITY = "severity", "级别改变"

    rehearsal = models.ForeignKey(Rehearsal, models.PROTECT, related_name="rows")
    month = models.DateField("月份")
    effect = models.CharField("影响", max_length=8, choices=Effect.choices)
    rule = models.CharField("规则", max_length=40)
    subject_type = models.CharField("对象类型", max_length=12)
    subject_code = models.CharField("对象", max_length=40)
    batch_code = models.CharField("批次", max_length=40, blank=True)
    year_no = models.PositiveSmallIntegerField("年度序号", null=True, blank=True)
    group_code = models.CharField("品种", max_length=40, blank=True)
    product_code = models.CharField("产品", max_length=40, blank=True)
    measured = HeldField("实测值")
    threshold_now = HeldField("现行阈值", null=True)
    threshold_then = HeldField("新阈值", null=True)
    severity_now = models.CharField("现行级别", max_length=8, blank=True)
    severity_then = models.CharField("新级别", max_length=8, blank=True)

    class Meta:
        verbose_name = "参数试算明细"
        indexes = [
            models.Index(fields=["rehearsal", "month", "effect", "id"], name="rehearsal_rows")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.rule} {self.subject_code}"
