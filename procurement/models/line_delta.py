"""Which months of which institutions changed since the figures were last built."""

from django.db import models


class LineDelta(models.Model):
    """One note per (institution, month) touched by a write; drained by monitoring's jobs."""

    db_privileges = "full"

    institution_id = models.BigIntegerField("医疗机构编号")
    month = models.DateField("月份")
    noted_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "变动记录"

    def __str__(self) -> str:
        return f"{self.institution_id} {self.month:%Y-%m}"
