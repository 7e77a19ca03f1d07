"""What the nightly comparison found: a progress row that did not say what its line's facts say."""

from django.db import models


class ProgressDifference(models.Model):
    """One line on one night, with both sides as they were. Healed by a rebuild that somebody asked for."""

    db_privileges = "stage"

    line_id = models.BigIntegerField("订单行编号")
    ordered_at = models.DateTimeField("发送时间")
    label = models.CharField("订单行", max_length=120)
    found_at = models.DateTimeField("发现时间")
    held = models.JSONField("登记的进度")
    facts = models.JSONField("事实")
    healed_at = models.DateTimeField("重建时间", null=True)
    healed_by_name = models.CharField("重建人", max_length=150, blank=True)

    class Meta:
        verbose_name = "进度差异"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id"],
                condition=models.Q(healed_at__isnull=True),
                name="progress_difference_open_once",
            ),
        ]
        indexes = [models.Index(fields=["-found_at", "-id"], name="progress_difference_newest")]

    def __str__(self) -> str:
        return self.label
