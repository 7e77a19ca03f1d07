"""短缺药品清单 and 易短缺药品重点监测清单: dated entries, of the state or of the province."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.group import Group
from catalog.models.product import Product
from organisations.models.consortium import DateRange


@pghistory.track()
class ShortageEntry(models.Model):
    """A group, or one product, on a list from a day to the day before another."""

    class Kind(models.TextChoices):
        SHORTAGE = "shortage", "短缺"
        EASILY_SHORT = "easily_short", "易短缺"

    class Source(models.TextChoices):
        NATIONAL = "national", "国家清单"
        PROVINCE = "province", "省级增补"

    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="品种"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="产品"
    )
    kind = models.CharField("清单", max_length=12, choices=Kind.choices)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    clause = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        verbose_name = "短缺清单"
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=True) ^ Q(product__isnull=True),
                name="shortage_entry_of_group_or_product",
            ),
            models.CheckConstraint(condition=~Q(clause=""), name="shortage_entry_has_clause"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="shortage_entry_ends_after_start",
            ),
            *(
                ExclusionConstraint(
                    name=f"shortage_entry_once_per_{subject}",
                    expressions=[
                        (subject, RangeOperators.EQUAL),
                        (
                            DateRange("valid_from", "valid_to", RangeBoundary()),
                            RangeOperators.OVERLAPS,
                        ),
                    ],
                )
                for subject in ("group", "product")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id or self.product_id} {self.kind}"
