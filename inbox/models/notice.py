"""Notices: what an organisation's people are told in the page."""

from django.db import models
from django.db.models import Q

from organisations.models import Organisation, User


class Notice(models.Model):
    """One notice to one person or, where user is empty, to everyone of the organisation.

    `category` is all that a message outside the page tells of it. `planned_at` is set once it was
    decided who is told of it outside.
    """

    class Category(models.TextChoices):
        GENERAL = "general", "业务"
        WARNING = "warning", "预警"
        ANNOUNCEMENT = "announcement", "公告"
        COMPLAINT = "complaint", "问题直报"
        DEADLINE = "deadline", "期限"
        ACCOUNT = "account", "账号"
        JOB = "job", "后台任务"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notices")
    user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="接收人",
    )
    title = models.CharField("标题", max_length=300)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=300, blank=True)
    key = models.CharField("去重键", max_length=200, unique=True)
    category = models.CharField(
        "类别", max_length=20, choices=Category.choices, default=Category.GENERAL
    )
    is_urgent = models.BooleanField("紧急", default=False)
    created_at = models.DateTimeField("时间")
    planned_at = models.DateTimeField("外发安排时间", null=True, blank=True)
    read_by = models.ManyToManyField(User, related_name="read_notices", blank=True)

    class Meta:
        verbose_name = "通知"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["id"], condition=Q(planned_at__isnull=True), name="notice_unplanned"
            ),
        ]

    def __str__(self) -> str:
        return self.title
