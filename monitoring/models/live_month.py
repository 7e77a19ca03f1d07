"""Which month is kept current, up to which moment, and with which policy values."""

from django.db import models


class LiveMonth(models.Model):
    """The one row that says how current the live figures are.

    `cut`: events before it are counted. `folded_at`: when they were last brought up to date.
    `difference` is what the last nightly comparison of the folded figures with rebuilt ones found:
    0 rows, or something is wrong. `problem` says in Chinese why they cannot be kept.
    """

    db_privileges = "full"

    month = models.DateField("月份", unique=True)
    cut = models.DateTimeField("截止时刻")
    folded_at = models.DateTimeField("更新时间")
    rebuilt_at = models.DateTimeField("重建时间")
    rebuild_seconds = models.FloatField("重建用时", default=0)
    policy_values = models.JSONField("所用政策参数", default=dict)
    lines = models.BigIntegerField("本月订单行数", default=0)
    compared_at = models.DateTimeField("比对时间", null=True)
    difference = models.PositiveIntegerField("比对不同行数", default=0)
    problem = models.CharField("不能更新的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "实时月份"
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="live_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.cut:%H:%M:%S}"
