"""What deliveries, receipts and returns copy from their order line."""

from django.db import models

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party


class LineCopies(PartyStamps):
    """Keys and facts of the line, so that months are computed and scoped without a join.

    (line_id, ordered_at) is the line's key: it is partitioned by ordered_at. Whatever changes a
    line's product, group, batch or price refreshes these copies in the same operation.
    """

    line_id = models.BigIntegerField("订单行编号")
    ordered_at = models.DateTimeField("订单发送时间")
    product = party("catalog.Product", "产品")
    group = party("catalog.Group", "品种", null=True)
    batch = party("catalog.Batch", "批次", null=True)
    unit_price = QuantityField("单价（每包装）")

    class Meta:
        abstract = True
