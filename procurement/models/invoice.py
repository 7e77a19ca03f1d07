"""数电票: what a distributor invoiced of its deliveries, and the red ones that take it back."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps
from procurement.models.line_copies import LineCopies


class Invoice(PartyStamps):
    """One fully digital e-invoice. Amounts are yuan; those of red ones are negative.

    `first_…` is the manufacturer's invoice to the distributor (两票制). A number exists once,
    whoever sends it. Rows are never changed: a wrong invoice is taken back by a red one.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        BLUE = "blue", "蓝字"
        RED = "red", "红字"

    invoice_no = models.CharField("发票号码", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=4, choices=Kind.choices)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reds", verbose_name="对应的蓝字发票"
    )
    reason = models.CharField("红字原因", max_length=500, blank=True)
    issued_on = models.DateField("开票日期")
    seller_tax_no = models.CharField("销售方纳税人识别号", max_length=20)
    buyer_tax_no = models.CharField("购买方纳税人识别号", max_length=20)
    net = QuantityField("金额（不含税）")
    tax = QuantityField("税额")
    total = QuantityField("价税合计")
    first_no = models.CharField("第一票发票号码", max_length=20, blank=True)
    first_on = models.DateField("第一票开票日期", null=True)
    first_seller_tax_no = models.CharField("第一票销售方纳税人识别号", max_length=20, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by_id = models.BigIntegerField("登记人编号", null=True)
    registered_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "发票"
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice_no__regex=r"^[0-9]{20}$"), name="invoice_number_of_20_digits"
            ),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="blue", origin__isnull=True, total__gt=0, tax__gte=0)
                | Q(kind="red", origin__isnull=False, total__lt=0, tax__lte=0) & ~Q(reason=""),
                name="invoice_red_names_its_blue",
            ),
            models.CheckConstraint(
                condition=Q(first_no="", first_on__isnull=True, first_seller_tax_no="")
                | ~Q(first_no="") & Q(first_on__isnull=False) & ~Q(first_seller_tax_no=""),
                name="invoice_first_whole",
            ),
        ]
        indexes = [
            models.Index(fields=[side, "-registered_at", "-id"], name=f"invoice_{side}")
            for side in ("distributor", "institution", "county", "city")
        ] + [models.Index(fields=["-registered_at", "-id"], name="invoice_newest")]

    def __str__(self) -> str:
        return self.invoice_no


class InvoiceItem(LineCopies):
    """Packs of one delivery on an invoice; packs and amount (yuan with tax) of red ones negative."""

    db_privileges = "append"

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="items", verbose_name="发票")
    delivery_id = models.BigIntegerField("配送编号")
    delivery_no = models.CharField("配送号", max_length=40)
    note_no = models.CharField("配送单号", max_length=60, blank=True)
    packs = QuantityField("包装数")
    amount = QuantityField("含税金额")

    class Meta:
        verbose_name = "发票明细"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "delivery_id"], name="invoice_item_once"),
            models.CheckConstraint(condition=~Q(packs=0), name="invoice_item_has_packs"),
        ]
        indexes = [models.Index(fields=["delivery_id"], name="invoice_item_delivery")]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.delivery_no}"
