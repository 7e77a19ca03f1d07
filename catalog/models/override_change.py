"""A change of a value that a batch sets itself, with effect from a month's first day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from catalog.models.batch import Batch
from catalog.models.proposal import Proposal
from catalog.states.batch_override import OVERRIDE_MACHINE
from policy.models import Document, Parameter


class OverrideChange(Proposal):
    """What a batch's own value is to become; value NULL = 恢复按政策取值 from that day on.

    `before` is the batch's own value that held (NULL: the policy's).
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="override_changes")
    parameter = models.ForeignKey(Parameter, models.PROTECT, related_name="override_changes")
    value = models.CharField("取值", max_length=60, null=True, blank=True)
    before = models.CharField("原取值", max_length=200, null=True, blank=True)
    valid_from = models.DateField("生效日")
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="override_changes", null=True, blank=True
    )

    class Meta(Proposal.Meta):
        abstract = False
        verbose_name = "批次参数调整"
        indexes = [models.Index(fields=["batch", "-id"], name="override_change_newest")]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["batch", "parameter"],
                condition=Q(state="proposed"),
                name="override_change_one_open",
            ),
        ]
        triggers = [OVERRIDE_MACHINE.trigger()]
