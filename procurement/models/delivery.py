"""What was shipped of a line; partitioned by month of recorded_at."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import QuantityField
from procurement.models.line_copies import LineCopies


class Delivery(LineCopies):
    """One shipment of one line. delivered_at is empty while it is under way.

    recorded_at is when the shipment became known: shipped_at, else delivered_at, else ordered_at.
    """

    delivery_no = models.CharField("配送号", max_length=40)
    recorded_at = models.DateTimeField("登记时间")
    packs = QuantityField("发货包装数")
    shipped_at = models.DateTimeField("发货时间", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    lot_no = models.CharField("批号", max_length=60, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    note_no = models.CharField("配送单号", max_length=60, blank=True)
    invoice_no = models.CharField("发票号", max_length=60, blank=True)

    class Meta:
        verbose_name = "配送"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "delivery_no", "recorded_at"], name="delivery_key"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "recorded_at", "id"], name="delivery_institution"),
            models.Index(fields=["delivered_at"], name="delivery_delivered"),
            # What waits longest comes first, for readers without an index of their own.
            models.Index(fields=["recorded_at", "id"], name="delivery_recorded"),
            # Who holds a lot, in one click; neither column ever changes after the shipment.
            models.Index(
                fields=["product", "lot_no"], condition=~Q(lot_no=""), name="delivery_lot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.delivery_no}"
