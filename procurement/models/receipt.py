"""What an institution took of a delivery; partitioned by month of received_at."""

from django.db import models

from core.numbers.fields import QuantityField
from procurement.models.line_copies import LineCopies


class Receipt(LineCopies):
    """Accepted and refused packs. receipt_no 2 and up are corrections, whose packs may be negative."""

    delivery_id = models.BigIntegerField("配送编号")
    receipt_no = models.PositiveIntegerField("收货序号", default=1)
    accepted_packs = QuantityField("验收包装数")
    refused_packs = QuantityField("拒收包装数")
    received_at = models.DateTimeField("收货时间")

    class Meta:
        verbose_name = "收货"
        constraints = [
            models.UniqueConstraint(
                fields=["delivery_id", "receipt_no", "received_at"], name="receipt_key"
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="receipt_line"),
            models.Index(fields=["institution", "received_at", "id"], name="receipt_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.receipt_no}"
