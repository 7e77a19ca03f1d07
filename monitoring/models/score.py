"""企业供应评分 by version: the score of one enterprise's side and period, its parts, appeals."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import HeldField
from monitoring.models.action import SupervisionAction
from monitoring.states.score import (
    APPEAL_MACHINE,
    AppealState,
    Grade,
    Part,
    Period,
    Side,
    Source,
)
from organisations.models.stamps import party


class SupplyScore(models.Model):
    """One version of one score; another version follows when the figures under it changed.

    `score` is out of 100, empty where no part has an event (无评分). `low_quarters` counts the
    quarters in a row below on_time_rate_min up to the period's end, at most 4, and 0 for a month.
    """

    score_no = models.CharField("编号", max_length=40, unique=True)
    side = models.CharField("类型", max_length=12, choices=Side.choices)
    period = models.CharField("周期", max_length=8, choices=Period.choices)
    period_from = models.DateField("自")
    period_to = models.DateField("至")
    version = models.PositiveIntegerField("版本")
    is_current = models.BooleanField("现行", default=True)
    source = models.CharField("来由", max_length=12, choices=Source.choices)
    score = models.DecimalField("得分", max_digits=7, decimal_places=4, null=True)
    grade = models.CharField("等级", max_length=12, choices=Grade.choices)
    low_quarters = models.PositiveSmallIntegerField("连续不达标季度", default=0)
    made_at = models.DateTimeField("计算时间")
    made_by_name = models.CharField("计算人", max_length=150)
    enterprise = party("organisations.Organisation", "企业")
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "企业供应评分"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "side", "province", "period", "period_from", "version"],
                name="supply_score_version_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "side", "province", "period", "period_from"],
                condition=Q(is_current=True),
                name="supply_score_one_current",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="supply_score_out_of_100",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")), name="supply_score_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-id"], name="supply_score_province"),
            models.Index(fields=["enterprise", "-id"], name="supply_score_enterprise"),
        ]

    def __str__(self) -> str:
        return self.score_no


class SupplyScorePart(models.Model):
    """One of the five parts: points = shared weight × numerator ÷ denominator.

    A part without an event has denominator 0 and no points; its weight is in the others'.
    """

    db_privileges = "append"

    score = models.ForeignKey(SupplyScore, models.PROTECT, related_name="parts")
    part = models.CharField("项目", max_length=16, choices=Part.choices)
    weight = models.DecimalField("权重", max_digits=9, decimal_places=4)
    shared_weight = models.DecimalField("折算权重", max_digits=9, decimal_places=4)
    numerator = HeldField("分子")
    denominator = HeldField("分母")
    points = models.DecimalField("得分", max_digits=9, decimal_places=4, null=True)

    class Meta:
        verbose_name = "供应评分项目"
        constraints = [
            models.UniqueConstraint(fields=["score", "part"], name="supply_score_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.score_id}/{self.part}"


class ScoreAction(models.Model):
    """A 监管措施 that was proposed because of a score."""

    db_privileges = "append"

    score = models.ForeignKey(SupplyScore, models.PROTECT, related_name="led_to")
    action = models.OneToOneField(SupervisionAction, models.PROTECT, related_name="of_score")

    class Meta:
        verbose_name = "评分所提措施"

    def __str__(self) -> str:
        return f"{self.score_id}/{self.action_id}"


class ScoreAppeal(models.Model):
    """An enterprise's appeal against one part of its score, ruled on by the province.

    Upheld, the two changes are added to the part's numerator and denominator, in this period and
    in every longer one that holds it; `result` is the version that came of it.
    """

    State = AppealState

    appeal_no = models.CharField("编号", max_length=40, unique=True)
    score = models.ForeignKey(SupplyScore, models.PROTECT, related_name="appeals")
    part = models.CharField("项目", max_length=16, choices=Part.choices)
    claim = models.TextField("申诉理由", max_length=4000)
    filed_at = models.DateTimeField("提出时间")
    filed_by_name = models.CharField("提出人", max_length=150)
    numerator_change = HeldField("分子调整", default=0)
    denominator_change = HeldField("分母调整", default=0)
    note = models.TextField("裁定意见", max_length=4000, blank=True)
    result = models.ForeignKey(
        SupplyScore, models.PROTECT, null=True, related_name="+", verbose_name="裁定后的评分"
    )
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    enterprise = party("organisations.Organisation", "企业")
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "评分申诉"
        constraints = [
            models.UniqueConstraint(
                fields=["score", "part"], condition=Q(state="submitted"), name="score_appeal_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("submitted", "withdrawn")) | ~Q(note=""),
                name="score_appeal_ruled_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-id"], name="score_appeal_province"),
            models.Index(fields=["enterprise", "-id"], name="score_appeal_enterprise"),
        ]
        triggers = [APPEAL_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.appeal_no
