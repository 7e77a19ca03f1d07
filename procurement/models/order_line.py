"""One product on an order; partitioned by month of ordered_at."""

from django.db import models

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.models.order import Order


class OrderLine(PartyStamps):
    """Packs ordered at a unit price, with the distributor's answer.

    ordered_at equals the order's sent_at and is the partition key, so the key in the database is
    (id, ordered_at). No index mentions a column that the workflow changes: that would make every
    answer rewrite all indexes. response_due_at and delivery_due_at are stored when the line is
    sent and never change. closed_at: what was not shipped by then will not come any more (voided, or
    the remainder closed); why is said on its progress.
    """

    class Response(models.TextChoices):
        CONFIRMED = "confirmed", "已确认"
        REJECTED = "rejected", "已拒绝"

    class RejectReason(models.TextChoices):
        OUT_OF_STOCK = "out_of_stock", "缺货"
        NO_DELIVERY_RELATION = "no_delivery_relation", "无配送关系"
        PRICE = "price", "价格不符"
        DELISTED = "delisted", "已撤网"
        DUPLICATE = "duplicate", "重复下单"
        INSTITUTION_ERROR = "institution_error", "医疗机构下单有误"
        OTHER = "other", "其他"

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    line_no = models.PositiveIntegerField("行号")
    ordered_at = models.DateTimeField("发送时间")
    product = party("catalog.Product", "产品")
    group = party("catalog.Group", "品种", null=True)
    batch = party("catalog.Batch", "批次", null=True)
    packs = QuantityField("订购包装数")
    unit_price = QuantityField("单价（每包装）")
    response = models.CharField("响应", max_length=10, choices=Response.choices, blank=True)
    responded_at = models.DateTimeField("响应时间", null=True, blank=True)
    reject_reason = models.CharField(
        "拒绝原因", max_length=24, choices=RejectReason.choices, blank=True
    )
    cancelled_at = models.DateTimeField("撤单时间", null=True, blank=True)
    response_due_at = models.DateTimeField("响应时限", null=True)
    closed_at = models.DateTimeField("余量关闭时间", null=True, blank=True)
    delivery_due_at = models.DateTimeField("配送时限", null=True)

    class Meta:
        verbose_name = "订单行"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line_no", "ordered_at"], name="order_line_key"
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "ordered_at", "id"],
                name="order_line_institution",
            ),
            models.Index(fields=["county", "ordered_at", "id"], name="order_line_county"),
            models.Index(fields=["city", "ordered_at", "id"], name="order_line_city"),
            models.Index(
                fields=["manufacturer", "ordered_at", "id"],
                name="order_line_manufacturer",
            ),
            models.Index(
                fields=["distributor", "ordered_at", "id"],
                name="order_line_distributor",
            ),
            # An agency's list: without it the capped count reads the whole province's lines.
            models.Index(fields=["pool", "ordered_at", "id"], name="order_line_pool"),
            models.Index(fields=["ordered_at", "id"], name="order_line_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}-{self.line_no}"
