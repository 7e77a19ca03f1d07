"""待办: one act that waits for people of one organisation."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from organisations.models import Organisation


class Task(models.Model):
    """An act on one object that waits for an organisation; open at most once per object and act."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tasks")
    roles = ArrayField(models.CharField(max_length=20), default=list, verbose_name="角色")
    act = models.CharField("事项", max_length=60)
    title = models.CharField("标题", max_length=300)
    object_type = models.CharField("对象类型", max_length=60)
    object_key = models.CharField("对象编号", max_length=100)
    url = models.CharField("链接", max_length=300)
    severity = models.CharField("级别", max_length=8, blank=True)
    created_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("期限", null=True, blank=True)
    done_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = "待办"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "act", "object_type", "object_key"],
                condition=models.Q(done_at__isnull=True),
                name="task_one_open_per_act",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=models.Q(done_at__isnull=True),
                name="task_open",
            ),
            models.Index(fields=["object_type", "object_key"], name="task_of_object"),
        ]

    def __str__(self) -> str:
        return self.title
