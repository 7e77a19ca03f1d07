"""One product's line of a tripartite agreement (三方协议)."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models import Batch, Product
from contracts.models.agreement import Agreement
from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps


@pghistory.track()
class AgreementLine(PartyStamps):
    """Agreed quantity (base units) and price (per pack), with the three signatures.

    Effective from the last of the three; only effective lines count as agreed quantity A. A line
    that was loaded has no `agreement`; one that was made here follows its head: the last signature
    writes the three times, and a terminated head sets `ended_at`, from which it counts no more.
    """

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, related_name="lines", verbose_name="协议"
    )
    agreement_no = models.CharField("协议编号", max_length=60)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="agreement_lines")
    year_no = models.PositiveSmallIntegerField("年度序号")
    product = models.ForeignKey(Product, models.PROTECT, related_name="agreement_lines")
    agreed_qty = QuantityField("约定采购量")
    price = QuantityField("价格（每包装）")
    institution_signed_at = models.DateTimeField("医疗机构签订", null=True, blank=True)
    manufacturer_signed_at = models.DateTimeField("生产企业签订", null=True, blank=True)
    distributor_signed_at = models.DateTimeField("配送企业签订", null=True, blank=True)

    ended_at = models.DateTimeField("不再有效", null=True, blank=True)

    class Meta:
        verbose_name = "协议行"
        constraints = [
            models.UniqueConstraint(fields=["agreement_no", "product"], name="agreement_line_key"),
            models.CheckConstraint(
                condition=Q(agreed_qty__gt=0, price__gt=0),
                name="agreement_line_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "batch", "year_no"], name="agreement_line_inst"),
            models.Index(fields=["manufacturer", "batch"], name="agreement_line_mfr"),
            models.Index(fields=["distributor", "batch"], name="agreement_line_dist"),
            models.Index(fields=["batch", "year_no", "product"], name="agreement_line_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_no} {self.product_id}"
