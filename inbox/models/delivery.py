"""Notices outside the page: where a person is reached, what is to be sent, and every attempt."""

from datetime import time

from django.db import models
from django.db.models import Q

from inbox.models.notice import Notice
from organisations.models import Organisation, User

QUIET_FROM, QUIET_TO = time(21), time(8)


class Channel(models.TextChoices):
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    WECOM = "wecom", "政务微信"


class ContactPoint(models.Model):
    """A person's own address on one channel; used only once its code was typed in."""

    class Wanted(models.TextChoices):
        ALL = "all", "全部通知"
        URGENT = "urgent", "仅紧急"
        NONE = "none", "不接收"

    user = models.ForeignKey(User, models.PROTECT, related_name="contact_points")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    address = models.CharField("地址", max_length=200, blank=True)
    wanted = models.CharField("接收", max_length=8, choices=Wanted.choices, default=Wanted.ALL)
    verified_at = models.DateTimeField("验证时间", null=True, blank=True)
    code_hash = models.CharField("验证码摘要", max_length=128, blank=True)
    code_sent_at = models.DateTimeField("验证码发出时间", null=True, blank=True)
    code_tries = models.PositiveSmallIntegerField("验证次数", default=0)

    class Meta:
        verbose_name = "接收地址"
        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="contact_point_key"),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | ~Q(address=""),
                name="contact_point_verified_has_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.channel}"


class QuietHours(models.Model):
    """When a person is left alone, Asia/Shanghai; urgent notices pass. Absent: 21:00 to 8:00."""

    user = models.OneToOneField(User, models.PROTECT, related_name="quiet_hours")
    is_on = models.BooleanField("启用免打扰", default=True)
    starts = models.TimeField("自", default=QUIET_FROM)
    ends = models.TimeField("至", default=QUIET_TO)

    class Meta:
        verbose_name = "免打扰时段"

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}—{self.ends:%H:%M}"


class Delivery(models.Model):
    """One notice to one person by one channel, at most one row: what has still to be sent.

    A sender holds a lease while it talks to the gateway; when it dies, the next one sends again:
    at least once outside, exactly one row here. It carries no text of the notice.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENT = "sent", "已发送"
        DEAD = "dead", "多次失败，已停止"
        SKIPPED = "skipped", "不再发送"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(User, models.PROTECT, related_name="deliveries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    category = models.CharField("类别", max_length=20)
    is_urgent = models.BooleanField("紧急", default=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    queued_at = models.DateTimeField("排队时间")
    next_try_at = models.DateTimeField("下次发送", null=True)
    lease_until = models.DateTimeField("租约至", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    problem = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "外发通知"
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user", "channel"], name="outside_delivery_key"
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "user", "next_try_at"],
                condition=Q(state="queued"),
                name="outside_delivery_waiting",
            ),
            models.Index(fields=["-queued_at", "-id"], name="outside_delivery_newest"),
            models.Index(fields=["organisation", "-id"], name="outside_delivery_of_org"),
            models.Index(fields=["user", "-id"], name="outside_delivery_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.user_id} {self.channel}"


class DeliveryAttempt(models.Model):
    """What was tried and how it ended; `delivery` is empty for a verification code."""

    db_privileges = "append"

    class Outcome(models.TextChoices):
        QUEUED = "queued", "已排队"
        SENT = "sent", "已发送"
        FAILED = "failed", "失败"
        DEAD = "dead", "多次失败，已停止"
        SKIPPED = "skipped", "不再发送"

    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, blank=True, related_name="log"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    category = models.CharField("类别", max_length=20)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices)
    reason = models.CharField("原因", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    next_try_at = models.DateTimeField("下次发送", null=True)

    class Meta:
        verbose_name = "发送记录"
        indexes = [
            models.Index(fields=["-at", "-id"], name="delivery_attempt_newest"),
            models.Index(fields=["user", "-id"], name="delivery_attempt_of_person"),
            models.Index(fields=["organisation", "-id"], name="delivery_attempt_of_org"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"
