"""Notices: what an organisation's people are told in the page."""

from django.db import models

from organisations.models import Organisation, User


class Notice(models.Model):
    """One notice to one person or, where user is empty, to everyone of the organisation."""

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
    created_at = models.DateTimeField("时间")
    read_by = models.ManyToManyField(User, related_name="read_notices", blank=True)

    class Meta:
        verbose_name = "通知"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="notice_newest")
        ]

    def __str__(self) -> str:
        return self.title
