"""What somebody typed into a form and has not sent yet."""

from django.db import models

from organisations.models import User


class Draft(models.Model):
    """The fields of one form on one object, by the key that the form names; one per person."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="drafts")
    key = models.CharField("表单", max_length=200)
    values = models.JSONField("内容", default=dict)
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_key")]
        indexes = [models.Index(fields=["saved_at"], name="draft_oldest")]

    def __str__(self) -> str:
        return self.key
