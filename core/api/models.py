"""Answers kept so that a write sent twice under one Idempotency-Key happens once."""

from django.db import models


class IdempotentAnswer(models.Model):
    """What one write answered, by user, route and key.

    The claim, the effect and the kept answer are committed together, so a process that dies
    between them leaves nothing. The same key with another body is refused (422).
    """

    db_privileges = "full"

    user_id = models.BigIntegerField("用户编号")
    route = models.CharField("接口", max_length=200)
    key = models.CharField("幂等键", max_length=200)
    request_digest = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", null=True)
    content = models.TextField("回答", blank=True)
    content_type = models.CharField("类型", max_length=100, blank=True)
    location = models.CharField("位置", max_length=300, blank=True)
    claimed_at = models.DateTimeField("时间")

    class Meta:
        app_label = "core"
        verbose_name = "幂等回答"
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "route", "key"], name="idempotent_answer_key"
            ),
        ]
        indexes = [models.Index(fields=["claimed_at"], name="idempotent_answer_age")]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"
