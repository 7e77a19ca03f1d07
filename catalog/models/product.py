"""Products at package level, and the history of their listed price."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Q

from catalog.models.group import Category, Group
from core.numbers.fields import QuantityField
from organisations.models.consortium import DateRange
from organisations.models.organisation import Organisation


@pghistory.track()
class Product(models.Model):
    """One product by its 国家医保编码. base_units_per_pack converts packs to the group's unit."""

    class Tag(models.TextChoices):
        NEGOTIATED = "negotiated", "国谈"
        EQUAL_QUALITY = "equal_quality", "同等质量"
        SHORTAGE = "shortage", "短缺"
        EMERGENCY = "emergency", "急抢救"
        KEY_MONITORED = "key_monitored", "重点监控"

    code = models.CharField("国家医保编码", max_length=27, unique=True)
    name = models.CharField("产品名称", max_length=200)
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name="品种",
    )
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="products", verbose_name="生产企业"
    )
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    specification = models.CharField("规格", max_length=200, blank=True)
    pack_unit = models.CharField("包装单位", max_length=20, blank=True)
    base_units_per_pack = QuantityField("每包装计量单位数")
    listed_price = QuantityField("挂网价（每包装）", null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=20), default=list, verbose_name="标记")
    pinyin = models.CharField("拼音", max_length=600, blank=True)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)

    class Meta:
        verbose_name = "产品"
        constraints = [
            models.CheckConstraint(
                condition=Q(base_units_per_pack__gt=0),
                name="product_conversion_positive",
            ),
            models.CheckConstraint(
                condition=Q(listed_price__isnull=True) | Q(listed_price__gte=0),
                name="product_price_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["initials"], name="product_initials")]

    def __str__(self) -> str:
        return f"{self.name} {self.specification}".strip()


class ListedPrice(models.Model):
    """The listed price of a product from one day to the day before another; never two on a day.

    A price that another one of the same first day replaced stays as a row of no days.
    """

    class Kind(models.TextChoices):
        LOADED = "loaded", "数据导入"
        SET = "set", "核定"
        APPLICATION = "application", "企业申请"
        SELECTION = "selection", "中选价"
        RATIO = "ratio", "差比价"

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    price = QuantityField("挂网价（每包装）")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=100)
    kind = models.CharField(
        "来源类别", max_length=12, choices=Kind.choices, default=Kind.LOADED, db_default="loaded"
    )
    clause = models.CharField("依据", max_length=200, blank=True, default="", db_default="")
    set_at = models.DateTimeField("设定时间", null=True, blank=True)
    set_by_name = models.CharField("设定人", max_length=150, blank=True, default="", db_default="")

    class Meta:
        verbose_name = "挂网价历史"
        constraints = [
            ExclusionConstraint(
                name="listed_price_one_a_day",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.price} {self.valid_from}"
