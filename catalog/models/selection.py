"""Which products won a batch, where and from when to when."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.batch import Batch
from catalog.models.product import Product
from core.numbers.fields import QuantityField
from organisations.models.consortium import DateRange
from organisations.models.region import Region


class StandingSelections(models.Manager["Selection"]):
    """All but those that were withdrawn before their first day came."""

    def get_queryset(self) -> models.QuerySet[Selection]:
        return super().get_queryset().filter(withdrawn_at__isnull=True)


@pghistory.track()
class Selection(models.Model):
    """A selected (中选) or standby (备供) product in one supply region, with its price per pack.

    The supply region is a city or the whole province. Empty dates mean the batch's whole cycle.
    One that was withdrawn before its first day is kept, and read by nobody but `everything`.
    """

    class Role(models.TextChoices):
        SELECTED = "selected", "中选"
        STANDBY = "standby", "备供"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="selections")
    product = models.ForeignKey(Product, models.PROTECT, related_name="selections")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="供应地区")
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)
    role = models.CharField("身份", max_length=10, choices=Role.choices)
    price = QuantityField("价格（每包装）")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = StandingSelections()
    everything = models.Manager["Selection"]()

    class Meta:
        verbose_name = "中选结果"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "product", "region", "valid_from"],
                name="selection_key",
                nulls_distinct=False,
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="selection_price_positive"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="selection_ends_after_start",
            ),
            ExclusionConstraint(
                name="selection_periods_do_not_overlap",
                expressions=[
                    ("batch", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at__isnull=True),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [models.Index(fields=["product", "batch"], name="selection_of_product")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.product_id} {self.region_id} {self.role}"
