"""The columns of a figure, the same for an ended month and for the running one."""

from django.db import models

from core.numbers.fields import HeldField
from organisations.models.stamps import party


class FigureColumns(models.Model):
    """One figure: numerator over denominator for one subject and its keys.

    Codes are kept as text as they are exported; empty means 'not applicable'. The party columns
    say who may see the row: for a unit its own region, for a region row the region, for an
    enterprise its own.
    """

    class Window(models.TextChoices):
        MONTH = "month", "当月"
        YTD = "ytd", "年度累计"

    class Subject(models.TextChoices):
        INSTITUTION = "institution", "医疗机构"
        COUNTY = "county", "县（市、区）"
        CITY = "city", "设区市"
        POOL = "pool", "统筹区"
        PROVINCE = "province", "全省"
        MANUFACTURER = "manufacturer", "生产企业"
        DISTRIBUTOR = "distributor", "配送企业"
        PRODUCT = "product", "产品"

    month = models.DateField("月份")
    indicator = models.CharField("指标", max_length=40)
    window = models.CharField("期间", max_length=5, choices=Window.choices)
    subject_type = models.CharField("对象类型", max_length=12, choices=Subject.choices)
    subject_code = models.CharField("对象", max_length=40)
    batch_code = models.CharField("批次", max_length=40, blank=True)
    year_no = models.PositiveSmallIntegerField("年度序号", null=True, blank=True)
    group_code = models.CharField("品种", max_length=40, blank=True)
    product_code = models.CharField("产品", max_length=40, blank=True)
    category = models.CharField("类别", max_length=12, blank=True)
    numerator = HeldField("分子")
    denominator = HeldField("分母")
    assessed = models.BooleanField("纳入考核", default=True)
    institution = party("organisations.Organisation", "医疗机构", null=True)
    enterprise = party("organisations.Organisation", "企业", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.indicator} {self.subject_type} {self.subject_code}"
