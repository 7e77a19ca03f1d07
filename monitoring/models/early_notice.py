"""早期提示: a limit that is kept today and will be broken by the year's end at the present pace."""

from django.db import models

from core.numbers.fields import HeldField
from monitoring.states.early import EarlyRule
from organisations.models.stamps import party


class EarlyNotice(models.Model):
    """One institution's figure of a computed month, projected to the end of its agreement year.

    Derived: a month's rows are made anew from its figures. `measured` is the year to date,
    `projected` what it will be at the year's end, `pace_days` the days that the pace was taken of,
    `rest_days` those that are left.
    """

    db_privileges = "full"

    Rule = EarlyRule

    month = models.DateField("月份")
    rule = models.CharField("规则", max_length=40, choices=Rule.choices)
    subject_code = models.CharField("对象", max_length=40)
    batch_code = models.CharField("批次", max_length=40)
    year_no = models.PositiveSmallIntegerField("年度序号")
    group_code = models.CharField("品种", max_length=40, blank=True)
    product_code = models.CharField("产品", max_length=40, blank=True)
    measured = HeldField("实测值")
    projected = HeldField("推算值")
    threshold = HeldField("阈值")
    clause = models.CharField("依据", max_length=200, blank=True)
    pace_days = models.PositiveSmallIntegerField("推算依据天数")
    rest_days = models.PositiveSmallIntegerField("剩余天数")
    ends_on = models.DateField("年度结束")
    institution = party("organisations.Organisation", "医疗机构")
    enterprise = party("organisations.Organisation", "企业", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "早期提示"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "month", "rule", "subject_code", "batch_code", "year_no", "group_code",
                    "product_code",
                ],
                name="early_notice_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["province", "-month", "-id"], name="early_notice_province"),
            models.Index(fields=["city", "-month", "-id"], name="early_notice_city"),
            models.Index(fields=["county", "-month", "-id"], name="early_notice_county"),
            models.Index(fields=["institution", "-month", "-id"], name="early_notice_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.rule} {self.subject_code}"

    # What addresses and names of figures read.
    window = "ytd"
    subject_type = "institution"
    category = ""

    @property
    def indicator(self) -> str:
        return "completion_rate" if self.rule == EarlyRule.OVERRUN else self.rule

    @property
    def last_month(self) -> object:
        return self.month
