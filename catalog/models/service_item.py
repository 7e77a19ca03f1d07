"""医疗服务价格项目, their prices by region, and the consumables that go with them (S2-9)."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models.dated import (
    DatedEntry,
    OfGroupOrProduct,
    dated_checks,
    group_or_product,
    one_a_day,
)
from catalog.states.service_candidate import ServicePriceKind
from core.numbers.fields import QuantityField
from organisations.models.organisation import Organisation
from organisations.models.region import Region


@pghistory.track()
class ServiceItem(models.Model):
    """One service by its national code; the province keeps the list, regions keep their prices."""

    class Category(models.TextChoices):
        SURGERY = "surgery", "手术治疗"
        TREATMENT = "treatment", "一般治疗"
        EXAMINATION = "examination", "检查"
        LABORATORY = "laboratory", "检验"
        OTHER = "other", "其他"

    code = models.CharField("项目编码", max_length=20, unique=True)
    name = models.CharField("项目名称", max_length=200)
    unit = models.CharField("计价单位", max_length=20)
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    content = models.CharField("项目内涵", max_length=1000, blank=True)
    pinyin = models.CharField("拼音", max_length=600, blank=True)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "医疗服务价格项目"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z][0-9A-Z.\-]{3,19}$"), name="service_item_code"
            ),
        ]
        indexes = [models.Index(fields=["initials"], name="service_item_initials")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ServicePrice(DatedEntry):
    """What one service costs in a region, in yuan per unit, or the median that it is held against.

    `level` empty holds for institutions of every level. With `held_back` those that did not use
    selected products as required keep the price before until `deferred_from` (S2-9.2).
    """

    Kind = ServicePriceKind

    item = models.ForeignKey(
        ServiceItem, models.PROTECT, related_name="prices", verbose_name="项目"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    level = models.CharField(
        "机构等级", max_length=10, choices=Organisation.Level.choices, blank=True
    )
    price = QuantityField("价格")
    held_back = models.BooleanField("暂缓机构不先执行", default=False)
    deferred_from = models.DateField("暂缓机构起始日", null=True, blank=True)

    class Meta:
        verbose_name = "医疗服务价格"
        constraints = [
            one_a_day("service_price_one_a_day", ["item", "region", "kind", "level"]),
            models.CheckConstraint(condition=Q(price__gt=0), name="service_price_positive"),
            models.CheckConstraint(
                condition=Q(kind="in_force") | Q(level="", held_back=False),
                name="service_median_is_plain",
            ),
            models.CheckConstraint(
                condition=Q(deferred_from__isnull=True)
                | Q(held_back=True, deferred_from__gt=models.F("valid_from")),
                name="service_price_deferred_later",
            ),
            *dated_checks("service_price"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.region_id} {self.kind} {self.price}"


@pghistory.track()
class ServiceConsumable(OfGroupOrProduct, DatedEntry):
    """A consumable used in a service: charged beside its price, or contained in it.

    `quantity` per service, in base units of the group or of the product's own group.
    """

    class Way(models.TextChoices):
        SEPARATE = "separate", "项目外单独收费"
        INCLUDED = "included", "项目内收费"

    item = models.ForeignKey(
        ServiceItem, models.PROTECT, related_name="consumables", verbose_name="项目"
    )
    way = models.CharField("收费方式", max_length=10, choices=Way.choices)
    quantity = QuantityField("每次用量")

    class Meta:
        verbose_name = "服务项目关联耗材"
        constraints = [
            *group_or_product("service_consumable", "once", "item"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="service_consumable_quantity"),
            *dated_checks("service_consumable"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.group_id or self.product_id} {self.way}"
