"""How far an order line has come; one narrow row beside the partitioned line."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.models.order import Order
from procurement.models.order_line import OrderLine
from procurement.states.order_line import LINE_MACHINE, UNDER_WAY, LineState


class LineProgress(PartyStamps):
    """The state of one line with its sums in packs; every writer of a line locks this row first.

    Lines that are placed here have it from the start, loaded ones from the load when they are
    under way, else from the first act on them (operations/line_progress.py). The line and its
    deliveries, receipts and returns stay the facts: the state is what they make of it
    (rules/line_state.py, and line_facts.sql for the load). The indexes are partial, so queues stay small however many lines ended.
    `due_at` is when the next act of the distributor is due: the answer, then the delivery.
    `void_at`: announced to both sides, not before then.
    """

    State = LineState

    line_id = models.BigIntegerField("订单行编号", unique=True)
    ordered_at = models.DateTimeField("发送时间")
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        related_name="progress",
        db_constraint=False,
        verbose_name="订单",
    )
    line_no = models.PositiveIntegerField("行号")
    product = party("catalog.Product", "产品")
    batch = party("catalog.Batch", "批次", null=True)
    packs = QuantityField("订购包装数")
    shipped_packs = QuantityField("已发包装数", default=0)
    delivered_packs = QuantityField("已送达包装数", default=0)
    accepted_packs = QuantityField("已验收包装数", default=0)
    refused_packs = QuantityField("拒收包装数", default=0)
    returned_packs = QuantityField("退货包装数", default=0)
    due_at = models.DateTimeField("办理时限", null=True)
    reject_reason = models.CharField(
        "拒绝原因", max_length=24, choices=OrderLine.RejectReason.choices, blank=True
    )
    reject_note = models.CharField("拒绝说明", max_length=500, blank=True)
    end_reason = models.CharField("作废或关闭原因", max_length=500, blank=True)
    void_at = models.DateTimeField("自动作废时间", null=True)
    state = models.CharField("状态", max_length=16, choices=State.choices, default=State.SENT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "执行进度"
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_packs__lte=F("shipped_packs")),
                name="progress_delivered_of_shipped",
            ),
            models.CheckConstraint(
                condition=Q(delivered_packs__gte=F("accepted_packs") + F("refused_packs")),
                name="progress_received_of_delivered",
            ),
            models.CheckConstraint(
                condition=Q(returned_packs__lte=F("accepted_packs")),
                name="progress_returned_of_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_packs__gte=0, refused_packs__gte=0, returned_packs__gte=0),
                name="progress_not_negative",
            ),
        ]
        # Only the distributor's queue is read in the order of due_at; of the others all that is
        # under way is counted. Short keys with many equals are cheap: a load writes every one.
        indexes = [
            models.Index(fields=fields, condition=Q(state__in=UNDER_WAY), name=f"progress_{name}")
            for name, fields in (
                ("queue", ["distributor", "due_at"]),
                ("buyer", ["institution"]),
                ("maker", ["manufacturer"]),
                # A county or a city is found by skipping over the few values before it.
                ("place", ["province", "city", "county"]),
            )
        ]
        triggers = [LINE_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.order.order_no}-{self.line_no}"
