"""应急采购: order lines that an institution placed because of a surge that it reported."""

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.models.surge_report import SurgeReport


class EmergencyPurchase(PartyStamps):
    """One order line tied to a report, or untied from it again; the last entry of a line holds.

    Entries of a line are numbered from 1: odd ones tie, even ones untie and say why. The city's
    verification counts the product of what is tied. Enterprises are not told: the columns stay
    empty. The line itself does not change.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        TIED = "tied", "登记"
        UNTIED = "untied", "更正取消"

    report = models.ForeignKey(
        SurgeReport, models.PROTECT, related_name="purchases", verbose_name="应急需求"
    )
    line_id = models.BigIntegerField("订单行编号")
    ordered_at = models.DateTimeField("下单时间")
    order_no = models.CharField("订单号", max_length=60)
    line_no = models.PositiveIntegerField("行号")
    product = party("catalog.Product", "产品")
    packs = QuantityField("包装数")
    entry_no = models.PositiveSmallIntegerField("登记序号", default=1)
    kind = models.CharField("登记", max_length=6, choices=Kind.choices, default=Kind.TIED)
    words = models.CharField("更正原因", max_length=500, blank=True)
    tied_at = models.DateTimeField("登记时间")
    tied_by_id = models.BigIntegerField("登记人编号", null=True)
    tied_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "应急采购"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "ordered_at", "entry_no"], name="emergency_purchase_entry"
            ),
            models.CheckConstraint(
                condition=Q(kind="tied") & Q(words="") | Q(kind="untied") & ~Q(words=""),
                name="emergency_purchase_untied_says_why",
            ),
            models.CheckConstraint(
                condition=Q(Exact(F("entry_no") % 2, 1), kind="tied")
                | Q(Exact(F("entry_no") % 2, 0), kind="untied"),
                name="emergency_purchase_in_turns",
            ),
            models.CheckConstraint(condition=Q(packs__gt=0), name="emergency_purchase_packs"),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="emergency_purchase_hospital")]

    def __str__(self) -> str:
        return f"{self.order_no}-{self.line_no}"
