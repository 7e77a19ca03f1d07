"""What was said with a receipt: how it came about, why packs were refused or figures corrected."""

from django.db import models
from django.db.models import Q

from organisations.models.stamps import PartyStamps


class ReceiptRemark(PartyStamps):
    """One per receipt that was posted here; loaded receipts have none.

    `reason` is the coded reason of the refused packs; a correction has words instead.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        TAKEN = "taken", "收货"
        CORRECTION = "correction", "更正"
        AUTOMATIC = "automatic", "自动验收"

    class Reason(models.TextChoices):
        DAMAGED = "damaged", "破损"
        NEAR_EXPIRY = "near_expiry", "近效期"
        LOT_DIFFERS = "lot_differs", "批号不符"
        QUANTITY_DIFFERS = "quantity_differs", "数量不符"
        TEMPERATURE = "temperature", "温度超标"
        OTHER = "other", "其他"

    receipt_id = models.BigIntegerField("收货编号", unique=True)
    received_at = models.DateTimeField("收货时间")
    delivery_id = models.BigIntegerField("配送编号", db_index=True)
    kind = models.CharField("方式", max_length=12, choices=Kind.choices)
    reason = models.CharField("拒收原因", max_length=20, choices=Reason.choices, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    by_id = models.BigIntegerField("收货人编号", null=True)
    by_name = models.CharField("收货人", max_length=150)

    class Meta:
        verbose_name = "收货说明"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(words=""), name="receipt_other_reason_has_words"
            ),
            models.CheckConstraint(
                condition=~Q(kind="correction") | ~Q(words=""), name="receipt_correction_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.get_kind_display()}"
