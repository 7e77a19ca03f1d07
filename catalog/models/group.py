"""同通用名品种 and what may replace them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from organisations.models.consortium import DateRange


class Category(models.TextChoices):
    DRUG = "drug", "药品"
    CONSUMABLE = "consumable", "耗材"


class Group(models.Model):
    """Products of one generic name that are compared with each other, in one base unit."""

    code = models.CharField("品种代码", max_length=40, unique=True)
    name = models.CharField("品种名称", max_length=200)
    category = models.CharField("类别", max_length=12, choices=Category.choices)
    base_unit = models.CharField("计量单位", max_length=20)
    pinyin = models.CharField("拼音", max_length=600, blank=True)
    initials = models.CharField("拼音首字母", max_length=200, blank=True)

    class Meta:
        verbose_name = "品种"
        indexes = [models.Index(fields=["initials"], name="group_initials")]

    def __str__(self) -> str:
        return self.name


class Substitute(models.Model):
    """A product outside the group that may be used in its place (可替代药品).

    Both days are included; an empty one is open. Rows of a loaded dataset have neither.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="substitutes")
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="substitute_for")
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)
    edition = models.ForeignKey(
        "catalog.CatalogueEdition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布版次",
    )

    class Meta:
        verbose_name = "可替代药品"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="substitute_ends_after_start",
            ),
            ExclusionConstraint(
                name="substitute_periods_do_not_overlap",
                expressions=[
                    ("group", RangeOperators.EQUAL),
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
        return f"{self.group_id}~{self.product_id}"
