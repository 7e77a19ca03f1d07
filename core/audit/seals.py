"""Blocks of the trail, each chained to the one before by its digest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditSeal(models.Model):
    """One block of events in the order of their ids, and a digest over it and the last digest.

    The block names its events one by one: a transaction that commits late with a low id falls
    into a later block. Whoever changes or removes a sealed event breaks a digest; whoever cuts
    off the end is found by a head that was written down elsewhere before.
    """

    db_privileges = "append"

    sealed_at = models.DateTimeField("封存时间")
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="事件编号")
    last_event_id = models.BigIntegerField("最大事件编号")
    previous_digest = models.CharField("前一摘要", max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64, unique=True)

    class Meta:
        app_label = "core"
        verbose_name = "审计封存"
        indexes = [models.Index(fields=["last_event_id"], name="audit_seal_last_event")]

    def __str__(self) -> str:
        return f"{self.pk} {self.digest[:12]}"
