"""议价: an institution and a manufacturer agree on a price of a non-selected product, listed or below."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Product
from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps
from procurement.states.negotiation import NEGOTIATION_MACHINE, SIDES, NegotiationState


class Negotiation(PartyStamps):
    """One product of one institution; the agreed price holds from `valid_from` to `valid_to`, both days.

    `last_side` made the offer that stands; the other side may accept it.
    """

    db_privileges = "stage"

    State = NegotiationState

    negotiation_no = models.CharField("编号", max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    listed_price = QuantityField("发起时挂网价（元/包装）")
    opened_at = models.DateTimeField("发起时间")
    last_side = models.CharField("最近报价方", max_length=12)
    price = QuantityField("最近报价（元/包装）")
    valid_from = models.DateField("执行日期自")
    valid_to = models.DateField("执行日期至")
    end_reason = models.CharField("终止原因", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "议价"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "product"], condition=Q(state="open"),
                name="negotiation_one_open",
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, valid_to__gte=F("valid_from")), name="negotiation_offer"
            ),
            models.CheckConstraint(
                condition=Q(last_side__in=sorted(SIDES)), name="negotiation_side"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["institution", "product"], name="negotiation_institution"),
            models.Index(fields=["manufacturer", "-id"], name="negotiation_manufacturer"),
        ]
        triggers = [NEGOTIATION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.negotiation_no


class NegotiationOffer(models.Model):
    """One offer of one side; offers are added, never changed."""

    db_privileges = "append"

    negotiation = models.ForeignKey(
        Negotiation, models.PROTECT, related_name="offers", verbose_name="议价"
    )
    offer_no = models.PositiveSmallIntegerField("报价序号")
    side = models.CharField(
        "报价方", max_length=12, choices=[("institution", "医疗机构"), ("manufacturer", "生产企业")]
    )
    price = QuantityField("报价（元/包装）")
    valid_from = models.DateField("执行日期自")
    valid_to = models.DateField("执行日期至")
    words = models.CharField("说明", max_length=500, blank=True)
    offered_at = models.DateTimeField("报价时间")
    offered_by_id = models.BigIntegerField("报价人编号", null=True)
    offered_by_name = models.CharField("报价人", max_length=150)

    class Meta:
        verbose_name = "报价"
        constraints = [
            models.UniqueConstraint(
                fields=["negotiation", "offer_no"], name="negotiation_offer_no"
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, valid_to__gte=F("valid_from")),
                name="negotiation_offer_days",
            ),
        ]
        ordering = ["offer_no"]

    def __str__(self) -> str:
        return f"{self.negotiation_id}/{self.offer_no}"
