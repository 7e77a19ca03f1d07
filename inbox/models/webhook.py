"""Endpoints that organisations register, what is to be delivered to them, and every attempt."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.pinyin import InitialsField
from organisations.models import Organisation


class WebhookEndpoint(models.Model):
    """An https address of an organisation's own system and the kinds of change it wants.

    Secrets are sealed; while `old_secret_until` lies ahead both sign. `failing_since` is the first
    failure after the last success.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "启用"
        PAUSED = "paused", "已暂停"
        FAILED = "failed", "连续失败，已自动暂停"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="webhook_endpoints")
    number = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=100)
    initials = InitialsField("拼音首字母")
    url = models.CharField("地址", max_length=500)
    kinds = ArrayField(models.CharField(max_length=40), default=list, verbose_name="订阅种类")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    sealed_secret = models.TextField("签名密钥")
    sealed_old_secret = models.TextField("原签名密钥", blank=True)
    old_secret_until = models.DateTimeField("原密钥有效至", null=True, blank=True)
    failing_since = models.DateTimeField("连续失败始于", null=True, blank=True)
    last_success_at = models.DateTimeField("最近送达", null=True, blank=True)
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by_name = models.CharField("登记人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1, db_default=1)

    class Meta:
        verbose_name = "回调地址"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "url"], condition=models.Q(removed_at__isnull=True),
                name="webhook_endpoint_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class WebhookDelivery(models.Model):
    """One change on its way to one endpoint. The message is kept as it will be sent each time."""

    db_privileges = "full"

    class State(models.TextChoices):
        WAITING = "waiting", "待投递"
        DELIVERED = "delivered", "已送达"
        GIVEN_UP = "given_up", "已放弃"

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    change_id = models.BigIntegerField("变更号")
    kind = models.CharField("种类", max_length=40)
    message = models.JSONField("内容")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    attempts_made = models.PositiveSmallIntegerField("已尝试次数", default=0)
    next_attempt_at = models.DateTimeField("下次投递时间", null=True)
    lease_until = models.DateTimeField("租约至", null=True)
    created_at = models.DateTimeField("产生时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "回调投递"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "change_id"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=models.Q(state="waiting"),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.change_id}"


class WebhookAttempt(models.Model):
    """One call: begun before it is made, completed after; one that a dead worker left is marked."""

    db_privileges = "full"

    class Outcome(models.TextChoices):
        STARTED = "started", "进行中"
        ACCEPTED = "accepted", "已接收"
        REJECTED = "rejected", "对方未接收"
        UNREACHED = "unreached", "未连通"
        REFUSED = "refused", "地址不允许"
        INTERRUPTED = "interrupted", "执行中断"

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField("次数")
    begun_at = models.DateTimeField("时间")
    outcome = models.CharField(
        "结果", max_length=12, choices=Outcome.choices, default=Outcome.STARTED
    )
    status = models.PositiveSmallIntegerField("状态码", null=True)
    milliseconds = models.PositiveIntegerField("耗时（毫秒）", null=True)
    answer_head = models.CharField("回答开头", max_length=500, blank=True)
    problem = models.CharField("问题", max_length=200, blank=True)

    class Meta:
        verbose_name = "回调尝试"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.outcome}"
