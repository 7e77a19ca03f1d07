"""库存产能报告: what a manufacturer has, can make and holds in reserve of a product in a month."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import party


class StockReport(models.Model):
    """One product, one month, in packs. A later one of the same month is a new version of the row.

    Who changed what and when is in the audit trail.
    """

    db_privileges = "stage"

    manufacturer = party("organisations.Organisation", "生产企业")
    product = party("catalog.Product", "产品")
    month = models.DateField("月份", help_text="该月 1 日")
    stock_packs = QuantityField("月末库存")
    capacity_packs = QuantityField("月产能")
    reserve_packs = QuantityField("应急储备", default=0)
    note = models.CharField("说明", max_length=500, blank=True)
    reported_at = models.DateTimeField("报告时间")
    reporter_name = models.CharField("报告人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "库存产能报告"
        constraints = [
            models.UniqueConstraint(fields=["product", "month"], name="stock_report_once"),
            models.CheckConstraint(
                condition=Q(stock_packs__gte=0, capacity_packs__gte=0, reserve_packs__gte=0),
                name="stock_report_not_negative",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="stock_report_of_a_month"),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "month"], name="stock_report_maker"),
            models.Index(fields=["-month", "-id"], name="stock_report_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.month:%Y-%m}"
