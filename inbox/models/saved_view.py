"""A person's named filters of a list."""

from django.db import models

from organisations.models import User


class SavedView(models.Model):
    """The query string of a list page under a name."""

    db_privileges = "full"

    user = models.ForeignKey(User, models.PROTECT, related_name="saved_views")
    page = models.CharField("页面", max_length=100)
    name = models.CharField("名称", max_length=60)
    query = models.TextField("筛选条件")

    class Meta:
        verbose_name = "常用筛选"
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_key"),
        ]

    def __str__(self) -> str:
        return self.name
