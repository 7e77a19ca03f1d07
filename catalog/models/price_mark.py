"""红黄标: the province's table of multiples, and the marks that come of it."""

import pghistory
from django.db import models
from django.db.models import F, Q

from catalog.models.dated import DatedEntry, dated_checks
from catalog.models.group import Category
from catalog.models.product import Product
from core.numbers.fields import HeldField, QuantityField


@pghistory.track()
class PriceMultiple(DatedEntry):
    """A product over `yellow` (or `red`) times its reference price gets that mark.

    Prices are compared per base unit within the group. The first line that fits by `position` does
    not end the search: the worst mark of all lines in force holds.
    """

    class Reference(models.TextChoices):
        OWN_SELECTED = "own_selected", "自身中选价"
        HIGHEST_SELECTED = "highest_selected", "同品种最高中选价"
        LOWEST_LISTED = "lowest_listed", "同品种最低挂网价"
        REFERENCE_PRODUCT = "reference_product", "参比制剂价"

    class Quality(models.TextChoices):
        ANY = "any", "全部"
        PASSED = "passed", "已过评或同等质量"
        NOT_PASSED = "not_passed", "未过评"

    name = models.CharField("名称", max_length=100)
    reference = models.CharField("参照价", max_length=20, choices=Reference.choices)
    category = models.CharField("类别", max_length=12, choices=Category.choices, blank=True)
    quality = models.CharField(
        "适用质量层次", max_length=12, choices=Quality.choices, default=Quality.ANY
    )
    yellow = QuantityField("黄标倍数", null=True, blank=True)
    red = QuantityField("红标倍数", null=True, blank=True)

    class Meta:
        verbose_name = "价格标识倍数"
        constraints = [
            models.CheckConstraint(
                condition=Q(yellow__isnull=False) | Q(red__isnull=False),
                name="price_multiple_marks_something",
            ),
            models.CheckConstraint(
                condition=(Q(yellow__isnull=True) | Q(yellow__gt=0))
                & (Q(red__isnull=True) | Q(red__gt=0))
                & (Q(yellow__isnull=True) | Q(red__isnull=True) | Q(red__gt=F("yellow"))),
                name="price_multiple_red_over_yellow",
            ),
            *dated_checks("price_multiple"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceMark(models.Model):
    """The mark that a product had from a day on, with the figures that it came from.

    The newest figures stand in the open row; another level ends it and begins a new one.
    """

    class Level(models.TextChoices):
        YELLOW = "yellow", "黄标"
        RED = "red", "红标"

    product = models.ForeignKey(Product, models.PROTECT, related_name="marks")
    level = models.CharField("标识", max_length=8, choices=Level.choices)
    multiple = models.ForeignKey(PriceMultiple, models.PROTECT, related_name="marks")
    unit_price = HeldField("折算单价")
    reference_price = HeldField("参照单价")
    reference_product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name="参照产品"
    )
    ratio = HeldField("倍数")
    threshold = QuantityField("标准倍数")
    since = models.DateField("自")
    computed_at = models.DateTimeField("计算时间")
    until = models.DateField("至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "价格标识"
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(until__isnull=True), name="price_mark_one_open"
            ),
        ]
        indexes = [models.Index(fields=["product", "-since"], name="price_mark_of_product")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.level}"
