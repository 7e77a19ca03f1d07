"""Warnings: a figure broke a rule; someone answers, the bureau verifies and closes."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import HeldField
from monitoring.states import WARNING_MACHINE, WarningState
from organisations.models.stamps import party


class Warning(models.Model):
    """One broken rule of one subject and keys, from the month it broke until it ends.

    While the rule stays broken the same warning is updated each month; when the figure mends,
    mended_month is set and an unanswered one is recovered; a new break opens a new one. institution or enterprise is who answers (for
    a pool, its agency); the region columns say which bureaus see it.
    """

    State = WarningState

    class Severity(models.TextChoices):
        YELLOW = "yellow", "黄色"
        ORANGE = "orange", "橙色"
        RED = "red", "红色"

    warning_no = models.CharField("预警编号", max_length=40, unique=True)
    rule = models.CharField("规则", max_length=40)
    severity = models.CharField("级别", max_length=8, choices=Severity.choices)
    subject_type = models.CharField("对象类型", max_length=12)
    subject_code = models.CharField("对象", max_length=40)
    batch_code = models.CharField("批次", max_length=40, blank=True)
    year_no = models.PositiveSmallIntegerField("年度序号", null=True, blank=True)
    group_code = models.CharField("品种", max_length=40, blank=True)
    product_code = models.CharField("产品", max_length=40, blank=True)
    measured = HeldField("实测值")
    threshold = HeldField("阈值")
    clause = models.CharField("依据", max_length=200, blank=True)
    first_month = models.DateField("首次发生月份")
    last_month = models.DateField("最近发生月份")
    mended_month = models.DateField("恢复月份", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    opened_at = models.DateTimeField("发出时间")
    answer_due_on = models.DateField("答复期限", null=True, blank=True)
    answer_due_provisional = models.BooleanField("期限暂定", default=False)
    explanation = models.TextField("说明", blank=True)
    closing_note = models.TextField("核实意见", blank=True)
    row_version = models.PositiveIntegerField("版本", default=1)
    institution = party("organisations.Organisation", "医疗机构", null=True)
    enterprise = party("organisations.Organisation", "企业", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "预警"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "rule",
                    "subject_type",
                    "subject_code",
                    "batch_code",
                    "year_no",
                    "group_code",
                    "product_code",
                ],
                condition=Q(mended_month__isnull=True),
                name="warning_one_unmended_per_key",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-last_month", "id"], name="warning_province"),
            models.Index(fields=["city", "-last_month", "id"], name="warning_city"),
            models.Index(fields=["county", "-last_month", "id"], name="warning_county"),
            models.Index(fields=["institution", "-last_month", "id"], name="warning_institution"),
            models.Index(fields=["enterprise", "-last_month", "id"], name="warning_enterprise"),
            models.Index(fields=["pool", "-last_month", "id"], name="warning_pool"),
        ]
        triggers = [WARNING_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.warning_no


class WarningMonth(models.Model):
    """What was measured in one month in which the rule was broken; exports read these rows."""

    db_privileges = "full"

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="months")
    month = models.DateField("月份")
    severity = models.CharField("级别", max_length=8, choices=Warning.Severity.choices)
    measured = HeldField("实测值")
    threshold = HeldField("阈值")
    clause = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "预警月份"
        constraints = [
            models.UniqueConstraint(fields=["warning", "month"], name="warning_month_key"),
        ]
        indexes = [models.Index(fields=["month"], name="warning_month_month")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.month:%Y-%m}"


class WarningStep(models.Model):
    """One step of a warning's timeline: who did what, when, with which words."""

    db_privileges = "append"

    warning = models.ForeignKey(Warning, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("操作人编号", null=True)
    by_name = models.CharField("操作人", max_length=150)
    organisation_name = models.CharField("机构", max_length=200, blank=True)
    verb = models.CharField("动作", max_length=30)
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    text = models.TextField("内容", blank=True)

    class Meta:
        verbose_name = "预警办理记录"
        indexes = [models.Index(fields=["warning", "id"], name="warning_step_order")]

    def __str__(self) -> str:
        return f"{self.warning_id} {self.verb}"
