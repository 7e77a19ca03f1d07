"""Long work: the row is the truth, Celery and Redis only carry the call."""

from django.db import models


class Job(models.Model):
    """One piece of long work, unique by kind and key while it is not over.

    A worker holds a lease while it works; a sweeper hands a job whose lease ran out to the next
    worker. Effect and `done` are committed together.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        REFUSED = "refused", "未通过检查"
        FAILED = "failed", "失败"
        DEAD = "dead", "多次失败，已停止"
        CANCELLED = "cancelled", "已取消"

    OPEN_STATES = ("queued", "running", "failed")

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("键", max_length=200)
    arguments = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.QUEUED)
    stage = models.CharField("当前步骤", max_length=200, blank=True)
    progress_done = models.BigIntegerField("已完成", default=0)
    progress_total = models.BigIntegerField("总数", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    lease_until = models.DateTimeField("租约至", null=True)
    worker = models.CharField("执行者", max_length=120, blank=True)
    cancel_requested_at = models.DateTimeField("请求取消时间", null=True)
    result = models.JSONField("结果", default=dict)
    problem = models.TextField("问题", blank=True)
    requested_by_id = models.BigIntegerField("发起人编号", null=True)
    requested_by_name = models.CharField("发起人", max_length=150)
    province_code = models.CharField("省份", max_length=6, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True, default="")
    queued_at = models.DateTimeField("排队时间")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(state__in=("queued", "running", "failed")),
                name="job_one_open_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["-queued_at", "-id"], name="job_newest"),
            models.Index(fields=["state", "lease_until"], name="job_sweep"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.get_state_display()}"


class JobLogLine(models.Model):
    """What a job said of its own progress."""

    db_privileges = "append"

    job = models.ForeignKey(Job, models.PROTECT, related_name="log_lines")
    at = models.DateTimeField("时间")
    text = models.TextField("内容")

    class Meta:
        verbose_name = "任务日志"
        indexes = [models.Index(fields=["job", "id"], name="job_log_order")]

    def __str__(self) -> str:
        return self.text
