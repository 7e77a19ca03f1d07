"""同通用名品种 and what may replace them."""

from django.db import models


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
    """A product outside the group that may be used in its place (可替代药品)."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="substitutes")
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="substitute_for")

    class Meta:
        verbose_name = "可替代药品"
        constraints = [
            models.UniqueConstraint(fields=["group", "product"], name="substitute_key"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}~{self.product_id}"
