"""The legal trail: one row for every operation and every refusal, never changed afterwards."""

from django.db import models


class AuditEvent(models.Model):
    """Who did what to which object, when and with what outcome (GB/T 22239-2019 安全审计).

    Actor and object are kept as values without foreign keys, so that the trail outlives what it
    describes. The application role may only insert and read; a trigger refuses everything else.
    """

    db_privileges = "append"

    class Outcome(models.TextChoices):
        DONE = "done", "成功"
        REFUSED = "refused", "拒绝"

    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=150)
    organisation_id = models.BigIntegerField("机构编号", null=True)
    organisation_name = models.CharField("机构", max_length=200, blank=True)
    action = models.CharField("操作", max_length=80)
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    object_type = models.CharField("对象类型", max_length=60, blank=True)
    object_key = models.CharField("对象编号", max_length=200, blank=True)
    object_label = models.CharField("对象", max_length=300, blank=True)
    reason = models.TextField("原因", blank=True)
    clause = models.CharField("依据", max_length=100, blank=True)
    detail = models.JSONField("详情", default=dict)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    ip = models.GenericIPAddressField("来源地址", null=True)

    class Meta:
        verbose_name = "审计事件"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["object_type", "object_key", "at"], name="audit_object"),
            models.Index(fields=["actor_id", "at"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.object_label}"
