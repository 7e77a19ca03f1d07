"""Which months have been computed, when, and with which policy values."""

from django.db import models

from organisations.models import Region


class ComputedMonth(models.Model):
    """The latest computation of one month of one province."""

    province = models.ForeignKey(Region, models.PROTECT, related_name="+")
    month = models.DateField("月份")
    computed_at = models.DateTimeField("计算时间")
    computed_by_name = models.CharField("发起人", max_length=150)
    job_id = models.BigIntegerField("任务编号", null=True)
    revision = models.PositiveIntegerField("第几次计算", default=1)
    counts = models.JSONField("各指标行数", default=dict)
    warning_counts = models.JSONField("预警变化", default=dict)
    policy_values = models.JSONField("所用政策参数", default=dict)

    class Meta:
        verbose_name = "已计算月份"
        constraints = [
            models.UniqueConstraint(fields=["province", "month"], name="computed_month_key"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="computed_month_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
