"""折算系数 of a product from day to day, where it was ever changed."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.edition import CatalogueEdition
from catalog.models.product import Product
from core.numbers.fields import QuantityField
from organisations.models.consortium import DateRange


class Conversion(models.Model):
    """How many base units a pack counts as, both days included; empty days are open.

    A product without rows here has always had the factor of its own row. One with rows has no
    gap: the first row is open to the past, the last to the future. Figures of a month read what
    is in force on its last day; Product.base_units_per_pack is the factor of today.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="conversions")
    base_units_per_pack = QuantityField("每包装计量单位数")
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)
    edition = models.ForeignKey(
        CatalogueEdition, models.PROTECT, null=True, related_name="+", verbose_name="发布版次"
    )
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "折算系数"
        constraints = [
            models.CheckConstraint(
                condition=Q(base_units_per_pack__gt=0), name="conversion_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="conversion_ends_after_start",
            ),
            ExclusionConstraint(
                name="conversion_periods_do_not_overlap",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.base_units_per_pack} {self.valid_from}"
