"""线下采购: bought by an institution off the platform, recorded by itself or found by a bureau."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from catalog.models import Product
from core.numbers.fields import QuantityField
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps
from procurement.models.surge_report import SurgeReport
from procurement.states.offline_purchase import OFFLINE_MACHINE, OfflineState


class OfflinePurchase(PartyStamps):
    """One product bought on one day from one seller. It is in no indicator: only its reason counts.

    Enterprises are not told: the columns stay empty; the seller is what was typed.
    """

    db_privileges = "stage"

    State = OfflineState

    class Source(models.TextChoices):
        OWN = "own", "医疗机构登记"
        FOUND = "found", "医保部门发现"

    purchase_no = models.CharField("编号", max_length=24, unique=True)
    source = models.CharField("来源", max_length=6, choices=Source.choices)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    packs = QuantityField("包装数")
    unit_price = QuantityField("单价（每包装）")
    bought_on = models.DateField("采购日期")
    seller = models.CharField("销售单位", max_length=200)
    finding = models.TextField("发现的情况", max_length=2000, blank=True)
    reason = models.TextField("线下采购的原因", max_length=2000, blank=True)
    surge = models.ForeignKey(
        SurgeReport, models.PROTECT, null=True, related_name="offline_purchases",
        verbose_name="应急需求",
    )  # fmt: skip
    recorded_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="登记单位"
    )
    recorded_at = models.DateTimeField("登记时间")
    recorder_name = models.CharField("登记人", max_length=150)
    note = models.TextField("审核意见", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "线下采购"
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="offline_purchase_packs"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="offline_purchase_price"),
            models.CheckConstraint(
                condition=Q(state="asked") | ~Q(reason=""), name="offline_purchase_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["-recorded_at", "-id"], name="offline_purchase_newest"),
            models.Index(fields=["institution", "-id"], name="offline_purchase_hospital"),
            models.Index(
                fields=["institution"], condition=Q(state__in=("asked", "refused")),
                name="offline_purchase_unexplained",
            ),
        ]  # fmt: skip
        triggers = [OFFLINE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.purchase_no

    @property
    def amount(self) -> Decimal:
        """Yuan."""
        return self.packs * self.unit_price
