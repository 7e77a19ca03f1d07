"""What was paid for a line, by whichever payer."""

from django.db import models

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.models.order import Order


class Payment(PartyStamps):
    """One payment of an institution or the fund to an enterprise.

    `enterprise` is who was paid; line_id and ordered_at are the line's key where a line is named.
    """

    class Payer(models.TextChoices):
        FUND = "fund", "医保基金"
        INSTITUTION = "institution", "医疗机构"

    payment_no = models.CharField("支付编号", max_length=60, unique=True)
    enterprise = party("organisations.Organisation", "收款企业")
    batch = party("catalog.Batch", "批次", null=True)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        db_constraint=False,
        db_index=False,
    )
    line_no = models.PositiveIntegerField("行号", null=True, blank=True)
    line_id = models.BigIntegerField("订单行编号", null=True, blank=True)
    ordered_at = models.DateTimeField("订单发送时间", null=True, blank=True)
    amount = QuantityField("金额（元）")
    paid_on = models.DateField("支付日期")
    payer = models.CharField("付款方", max_length=12, choices=Payer.choices)

    class Meta:
        verbose_name = "支付"
        indexes = [
            models.Index(fields=["line_id", "paid_on"], name="payment_line"),
            models.Index(fields=["institution", "paid_on", "id"], name="payment_institution"),
            models.Index(fields=["enterprise", "paid_on", "id"], name="payment_enterprise"),
            models.Index(fields=["province", "paid_on", "id"], name="payment_newest"),
        ]

    def __str__(self) -> str:
        return self.payment_no
