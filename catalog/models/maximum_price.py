"""最高挂网价 of a group or of one product, from a day on, by the clause that sets it (S2-10.3)."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.group import Group
from catalog.models.product import Product
from core.numbers.fields import QuantityField
from organisations.models.consortium import DateRange


@pghistory.track()
class MaximumPrice(models.Model):
    """A group's is per base unit, a product's per pack; the product's own goes before its group's.

    It binds what is not selected. `suspends` is the rule that the province switches on: a product
    over it is suspended by the daily job, else an officer decides on each.
    """

    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="品种"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="产品"
    )
    price = QuantityField("最高挂网价")
    suspends = models.BooleanField("超过即暂停", default=False)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    clause = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        verbose_name = "最高挂网价"
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=True) ^ Q(product__isnull=True),
                name="maximum_price_of_group_or_product",
            ),
            models.CheckConstraint(condition=Q(price__gt=0), name="maximum_price_positive"),
            models.CheckConstraint(condition=~Q(clause=""), name="maximum_price_has_clause"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="maximum_price_ends_after_start",
            ),
            *(
                ExclusionConstraint(
                    name=f"maximum_price_one_a_day_per_{subject}",
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
        return f"{self.group_id or self.product_id} {self.price} {self.valid_from}"
