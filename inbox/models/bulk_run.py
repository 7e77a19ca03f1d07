"""One act on many rows: what was chosen, and what came of each."""

from django.db import models

from organisations.models import User


class BulkRun(models.Model):
    """The rows as they were chosen, [id, version], until the person confirms; then the results.

    `results` holds one {key, label, ok, reason} for each row, in the order of `items`.
    """

    class State(models.TextChoices):
        CHOSEN = "chosen", "待确认"
        RUNNING = "running", "办理中"
        DONE = "done", "已办理"

    user = models.ForeignKey(User, models.PROTECT, related_name="bulk_runs")
    act = models.CharField("事项", max_length=60)
    items = models.JSONField("所选", default=list)
    values = models.JSONField("填写内容", default=dict)
    results = models.JSONField("结果", default=list)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHOSEN)
    begun_key = models.BigIntegerField("正在办理", null=True)
    """The row that a worker has begun; cleared where it stops in good order."""
    suspects = models.JSONField("中断过的", default=list, blank=True)
    """Rows in which a worker died once; tried last."""
    back = models.TextField("返回地址", blank=True)
    job_id = models.BigIntegerField("后台任务", null=True)
    created_at = models.DateTimeField("选定时间")
    ended_at = models.DateTimeField("办理时间", null=True)

    class Meta:
        verbose_name = "批量办理"
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="bulk_run_newest")]

    def __str__(self) -> str:
        return f"{self.act} {len(self.items)}"
