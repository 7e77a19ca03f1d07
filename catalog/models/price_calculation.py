"""A 差比价 calculation that a person confirmed: its figures, its steps, and the price made of it."""

from django.db import models

from catalog.models.product import ListedPrice, Product
from core.numbers.fields import QuantityField


class PriceCalculation(models.Model):
    """Kept as it was shown when it was confirmed; never changed (S2-10.2)."""

    db_privileges = "append"

    product = models.ForeignKey(Product, models.PROTECT, related_name="calculations")
    representative = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name="代表品"
    )
    inputs = models.JSONField("依据数据")
    steps = models.JSONField("计算步骤")
    result = QuantityField("计算结果")
    listed_price = models.OneToOneField(
        ListedPrice, models.PROTECT, related_name="calculation", verbose_name="挂网价"
    )
    note = models.TextField("说明", blank=True)
    confirmed_at = models.DateTimeField("确认时间")
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_by_name = models.CharField("确认人", max_length=150)

    class Meta:
        verbose_name = "差比价计算"
        indexes = [models.Index(fields=["product", "-id"], name="price_calculation_of")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.result}"
