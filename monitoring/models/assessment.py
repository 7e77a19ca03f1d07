"""年度考核 as it was computed: a batch's agreement year, its units, their groups with pass or fail."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalog.models import AgreementYear, Group
from core.numbers.fields import HeldField
from monitoring.states.assessment import Because
from organisations.models.stamps import party


class YearAssessment(models.Model):
    """One computation per agreement year; asked for again, its rows are made anew.

    `share_max` is the upper limit of the non-selected share that was in force on the year's last
    day, empty where none was; `revision` counts the computations.
    """

    year = models.OneToOneField(
        AgreementYear, models.PROTECT, related_name="assessment", verbose_name="采购年度"
    )
    batch_code = models.CharField("批次", max_length=40)
    year_no = models.PositiveSmallIntegerField("年度序号")
    ends_on = models.DateField("年度结束")
    share_max = HeldField("非中选占比上限", null=True)
    clause = models.CharField("依据", max_length=200)
    revision = models.PositiveIntegerField("第几次计算", default=1)
    computed_at = models.DateTimeField("计算时间")
    computed_by_id = models.BigIntegerField("计算人编号", null=True)
    computed_by_name = models.CharField("计算人", max_length=150)
    units = models.PositiveIntegerField("医疗机构数")
    groups = models.PositiveIntegerField("考核品种数")
    passed = models.PositiveIntegerField("合格品种数")

    class Meta:
        verbose_name = "年度考核"

    def __str__(self) -> str:
        return f"{self.batch_code} 第{self.year_no}年"


class AssessedUnit(models.Model):
    """One institution (or the lead of a consortium) in one agreement year of a batch.

    `entitled`: every group passed, so that adjusted service prices apply to it first (S2-9.2).
    """

    db_privileges = "full"

    assessment = models.ForeignKey(YearAssessment, models.PROTECT, related_name="rows")
    batch_code = models.CharField("批次", max_length=40)
    year_no = models.PositiveSmallIntegerField("年度序号")
    ends_on = models.DateField("年度结束")
    institution = party("organisations.Organisation", "医疗机构")
    groups = models.PositiveIntegerField("考核品种数")
    passed = models.PositiveIntegerField("合格")
    no_agreement = models.PositiveIntegerField("没有协议")
    incomplete = models.PositiveIntegerField("未完成约定量")
    non_selected = models.PositiveIntegerField("非中选超限")
    exempt = models.PositiveIntegerField("不考核完成情况的产品数")
    entitled = models.BooleanField("优先执行调整后的服务价格")
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "机构年度考核"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "institution"], name="assessed_unit_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    groups=models.F("passed")
                    + models.F("no_agreement")
                    + models.F("incomplete")
                    + models.F("non_selected")
                ),
                name="assessed_unit_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-id"], name="assessed_unit_province"),
            models.Index(fields=["city", "-id"], name="assessed_unit_city"),
            models.Index(fields=["county", "-id"], name="assessed_unit_county"),
            models.Index(fields=["institution", "-id"], name="assessed_unit_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_code} {self.year_no} {self.institution_id}"


class AssessedGroup(models.Model):
    """One group of an assessed unit: quantities in base units, the reason where it failed."""

    db_privileges = "full"

    Because = Because

    assessment = models.ForeignKey(YearAssessment, models.PROTECT, related_name="group_rows")
    batch_code = models.CharField("批次", max_length=40)
    year_no = models.PositiveSmallIntegerField("年度序号")
    ends_on = models.DateField("年度结束")
    institution = party("organisations.Organisation", "医疗机构")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    passed = models.BooleanField("合格")
    because = models.CharField("不合格原因", max_length=16, choices=Because.choices, blank=True)
    products = models.PositiveIntegerField("协议产品数")
    exempt = models.PositiveIntegerField("不考核完成情况的产品数")
    agreed = HeldField("约定采购量")
    completed = HeldField("完成量")
    unfinished = ArrayField(models.CharField(max_length=40), verbose_name="未完成的产品")
    share_numerator = HeldField("非中选采购量")
    share_denominator = HeldField("同通用名采购量")
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "品种年度考核"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "institution", "group"], name="assessed_group_once"
            ),
            models.CheckConstraint(
                condition=Q(passed=True, because="") | Q(passed=False) & ~Q(because=""),
                name="assessed_group_failed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-id"], name="assessed_group_province"),
            models.Index(fields=["city", "-id"], name="assessed_group_city"),
            models.Index(fields=["county", "-id"], name="assessed_group_county"),
            models.Index(fields=["institution", "-id"], name="assessed_group_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_code} {self.year_no} {self.institution_id} {self.group_id}"
