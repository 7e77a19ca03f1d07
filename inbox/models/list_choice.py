"""What a person set for a list: its columns, and the saved view that it opens with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from inbox.models.saved_view import SavedView
from organisations.models import User


class ListChoice(models.Model):
    """One row per person and list; without one the list's own declaration holds."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="list_choices")
    page = models.CharField("页面", max_length=100)
    columns = ArrayField(models.CharField(max_length=40), default=list, verbose_name="列")
    opens_with = models.ForeignKey(
        SavedView,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opened_by",
        verbose_name="默认视图",
    )

    class Meta:
        verbose_name = "列表设置"
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="list_choice_key"),
        ]

    def __str__(self) -> str:
        return self.page
