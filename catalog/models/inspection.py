"""What a drug regulator found at an enterprise, and in samples of its products (S2-18.5)."""

from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product
from organisations.models.organisation import Organisation
from organisations.models.stamps import party


class RegulatorStamps(models.Model):
    """The regulator that entered the row and its regions, which decide what authorities see."""

    regulator = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="药监部门"
    )
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        abstract = True


class Inspection(RegulatorStamps):
    """One inspection of an enterprise. What was to be put right is followed up on the same row."""

    class Result(models.TextChoices):
        PASS = "pass", "符合要求"
        RECTIFY = "rectify", "限期整改"
        FAIL = "fail", "不符合要求"

    inspection_no = models.CharField("编号", max_length=24, unique=True)
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="被检查企业"
    )
    inspected_on = models.DateField("检查日期")
    coverage = models.CharField("检查范围", max_length=300)
    findings = models.TextField("检查发现", max_length=4000)
    result = models.CharField("结论", max_length=8, choices=Result.choices)
    rectify_by = models.DateField("整改期限", null=True, blank=True)
    follow_up = models.TextField("跟踪情况", max_length=2000, blank=True)
    followed_up_on = models.DateField("跟踪日期", null=True, blank=True)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "监督检查"
        constraints = [
            models.CheckConstraint(
                condition=~Q(result="rectify") | Q(rectify_by__isnull=False),
                name="inspection_rectification_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(rectify_by__isnull=True) | Q(rectify_by__gte=F("inspected_on")),
                name="inspection_rectified_afterwards",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_on__isnull=True, follow_up="")
                | (Q(followed_up_on__gte=F("inspected_on")) & ~Q(follow_up="")),
                name="inspection_follow_up_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-inspected_on"], name="inspection_of_enterprise"),
            models.Index(fields=["province", "-inspected_on"], name="inspection_of_province"),
        ]

    def __str__(self) -> str:
        return self.inspection_no


class Sampling(RegulatorStamps):
    """One sample of one lot, where it was drawn, and what the laboratory said."""

    class Result(models.TextChoices):
        PASS = "pass", "合格"
        FAIL = "fail", "不合格"

    sampling_no = models.CharField("编号", max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    lot_no = models.CharField("批号", max_length=60)
    drawn_from = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="被抽样单位"
    )
    sampled_on = models.DateField("抽样日期")
    paper_no = models.CharField("检验报告号", max_length=60)
    result = models.CharField("检验结果", max_length=8, choices=Result.choices)
    failed_items = models.CharField("不合格项目", max_length=300, blank=True)

    class Meta:
        verbose_name = "抽检结果"
        constraints = [
            models.UniqueConstraint(fields=["regulator", "paper_no"], name="sampling_paper_key"),
            models.CheckConstraint(condition=~Q(lot_no=""), name="sampling_has_lot"),
            models.CheckConstraint(
                condition=(Q(result="pass") & Q(failed_items=""))
                | (Q(result="fail") & ~Q(failed_items="")),
                name="sampling_failure_names_items",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "-sampled_on"], name="sampling_of_product"),
            models.Index(fields=["province", "-sampled_on"], name="sampling_of_province"),
        ]

    def __str__(self) -> str:
        return self.sampling_no
