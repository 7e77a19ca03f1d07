"""Administrative regions (GB/T 2260) and the pools that pay (统筹区)."""

from django.db import models


class Region(models.Model):
    """A province, a city or a county; six digits."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"

    code = models.CharField("行政区划代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=100)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级",
    )
    pinyin = models.CharField("拼音", max_length=300, blank=True)
    initials = models.CharField("拼音首字母", max_length=100, blank=True)

    class Meta:
        verbose_name = "行政区划"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level="province", parent__isnull=True)
                | (~models.Q(level="province") & models.Q(parent__isnull=False)),
                name="region_only_province_has_no_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{6}$"),
                name="region_code_six_digits",
            ),
        ]
        indexes = [models.Index(fields=["initials"], name="region_initials")]

    def __str__(self) -> str:
        return self.name


class Pool(models.Model):
    """统筹区: whose fund pays; the eleven cities and the province's own (省直)."""

    code = models.CharField("统筹区代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="pools", verbose_name="区划")

    class Meta:
        verbose_name = "统筹区"

    def __str__(self) -> str:
        return self.name
