"""参比制剂: the product of a group that others are compared with."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models.group import Group
from catalog.models.product import Product


@pghistory.track()
class ReferenceProduct(models.Model):
    """One per group; naming another one replaces it, and the history keeps both."""

    group = models.OneToOneField(
        Group, models.PROTECT, related_name="reference", verbose_name="品种"
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="参比制剂")
    clause = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        verbose_name = "参比制剂"
        constraints = [
            models.CheckConstraint(condition=~Q(clause=""), name="reference_product_has_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.product_id}"
