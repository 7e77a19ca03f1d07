"""A change of a batch's result in mid-cycle: closes one period of a selection, opens another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from catalog.models.batch import Batch
from catalog.models.product import Product
from catalog.models.proposal import Proposal
from catalog.models.selection import Selection
from catalog.states.result_change import RESULT_MACHINE, ResultKind
from core.numbers.fields import QuantityField
from organisations.models.region import Region


class ResultChange(Proposal):
    """One product's result in one supply region, from a day on.

    `selection` is the period that ends the day before (none where a specification is added),
    `opened` the one that begins (none where the selection is cancelled). price is per pack.
    `enacted_at`: when the agreements that it touches were brought in line with it; `effects` says
    how many of them (only where a region is supplied no longer).
    """

    Kind = ResultKind

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="result_changes")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    selection = models.ForeignKey(
        Selection, models.PROTECT, null=True, blank=True, related_name="closed_by"
    )
    opened = models.ForeignKey(
        Selection, models.PROTECT, null=True, blank=True, related_name="opened_by"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="供应地区")
    role = models.CharField("身份", max_length=10, choices=Selection.Role.choices)
    old_price = QuantityField("原价格（每包装）", null=True, blank=True)
    price = QuantityField("价格（每包装）", null=True, blank=True)
    effective_on = models.DateField("生效日")
    # Until when the closed period would have run: what a revocation gives back.
    closed_until = models.DateField("原结果止日", null=True, blank=True)
    enacted_at = models.DateTimeField("协议处理时间", null=True, blank=True)
    effects = models.JSONField("协议处理结果", default=dict, blank=True)

    class Meta(Proposal.Meta):
        abstract = False
        verbose_name = "中选结果变更"
        indexes = [models.Index(fields=["batch", "-id"], name="result_change_newest")]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["selection"],
                condition=Q(state="proposed"),
                name="result_change_one_open",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gt=0),
                name="result_change_price_positive",
            ),
            models.CheckConstraint(
                condition=Q(kind="added") | Q(selection__isnull=False),
                name="result_change_closes_a_period",
            ),
            models.CheckConstraint(
                condition=Q(kind="cancelled") | Q(price__isnull=False),
                name="result_change_opens_at_a_price",
            ),
        ]
        triggers = [RESULT_MACHINE.trigger()]
