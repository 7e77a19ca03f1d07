"""应急采购: an order line that an institution placed because of a surge that it reported."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.models.surge_report import SurgeReport


class EmergencyPurchase(PartyStamps):
    """One order line tied to one report; the city's verification counts its product.

    Enterprises are not told: the columns stay empty. The line itself does not change.
    """

    db_privileges = "append"

    report = models.ForeignKey(
        SurgeReport, models.PROTECT, related_name="purchases", verbose_name="应急需求"
    )
    line_id = models.BigIntegerField("订单行编号")
    ordered_at = models.DateTimeField("下单时间")
    order_no = models.CharField("订单号", max_length=60)
    line_no = models.PositiveIntegerField("行号")
    product = party("catalog.Product", "产品")
    packs = QuantityField("包装数")
    tied_at = models.DateTimeField("登记时间")
    tied_by_id = models.BigIntegerField("登记人编号", null=True)
    tied_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "应急采购"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "ordered_at"], name="emergency_purchase_one_report"
            ),
            models.CheckConstraint(condition=Q(packs__gt=0), name="emergency_purchase_packs"),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="emergency_purchase_hospital")]

    def __str__(self) -> str:
        return f"{self.order_no}-{self.line_no}"
