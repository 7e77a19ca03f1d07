"""Batches (批次), their agreement years and the values that they set themselves."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.group import Category
from organisations.models.consortium import DateRange


@pghistory.track()
class Batch(models.Model):
    """One procurement project and the policy that it is carried out under."""

    class Organizer(models.TextChoices):
        NATIONAL = "national", "国家"
        ALLIANCE = "alliance", "省际联盟"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"

    code = models.CharField("批次代码", max_length=40, unique=True)
    name = models.CharField("批次名称", max_length=200)
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    organizer = models.CharField("组织方", max_length=10, choices=Organizer.choices)
    policy = models.ForeignKey(
        "policy.Policy", models.PROTECT, related_name="+", verbose_name="适用政策"
    )
    issued_on = models.DateField("公布日期", null=True, blank=True)
    imported_at = models.DateTimeField("导入时间")
    effective_on = models.DateField("执行日期")
    ends_on = models.DateField("周期截止")

    class Meta:
        verbose_name = "批次"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("effective_on")),
                name="batch_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class AgreementYear(models.Model):
    """采购年度: one year of a batch, both days included; contiguous and not overlapping."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="years")
    year_no = models.PositiveSmallIntegerField("年度序号")
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")

    class Meta:
        verbose_name = "采购年度"
        constraints = [
            models.UniqueConstraint(fields=["batch", "year_no"], name="agreement_year_key"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="agreement_year_ends_after_start",
            ),
            ExclusionConstraint(
                name="agreement_year_no_overlap",
                expressions=[
                    ("batch", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} 第{self.year_no}年"


class StandingParameters(models.Manager["BatchParameter"]):
    """All but those that were withdrawn before their first day came."""

    def get_queryset(self) -> models.QuerySet[BatchParameter]:
        return super().get_queryset().filter(withdrawn_at__isnull=True)


@pghistory.track()
class BatchParameter(models.Model):
    """A value that an execution document (执行文件) sets for its batch in place of the policy's.

    Without valid_from it holds from the batch's start, as datasets write it; a change on a page
    ends it the day before another begins. Both days count; days without a row follow the policy.
    A value that was withdrawn before its first day is kept, and read by nobody but `everything`.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="parameters")
    parameter = models.CharField("参数", max_length=60)
    value = models.CharField("值", max_length=200)
    clause = models.CharField("依据", max_length=200, blank=True)
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = StandingParameters()
    everything = models.Manager["BatchParameter"]()

    class Meta:
        verbose_name = "批次参数"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="batch_parameter_ends_after_start",
            ),
            ExclusionConstraint(
                name="batch_parameter_one_a_day",
                expressions=[
                    ("batch", RangeOperators.EQUAL),
                    ("parameter", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.parameter}={self.value}"

    def holds_on(self, on: date) -> bool:
        """Whether its own days include the day; without days it holds for the whole cycle."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or self.valid_to >= on)
