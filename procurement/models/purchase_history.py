"""Accepted purchases of months before this platform held orders."""

from django.db import models

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party


class PurchaseHistory(PartyStamps):
    """Packs and amount of one product in one month; `month` is its first day."""

    product = party("catalog.Product", "产品")
    month = models.DateField("月份")
    packs = QuantityField("包装数")
    amount = QuantityField("金额（元）")

    class Meta:
        verbose_name = "历史采购"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "product", "month"], name="purchase_history_key"
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="purchase_history_month_first_day",
            ),
        ]
        indexes = [models.Index(fields=["month", "product"], name="purchase_history_month")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.product_id} {self.month:%Y-%m}"
