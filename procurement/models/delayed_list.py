"""A 延迟响应清单: lines that a distributor left unanswered past their hours, of one county and day."""

from django.db import models
from django.db.models import Q

from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps, party
from procurement.states.delayed_list import DELAYED_MACHINE, DelayedState, DelayReason
from procurement.states.order_line import LineState


class DelayedList(PartyStamps):
    """Made each working morning, once per county, distributor and day; names no institution itself.

    `due_on` is the last day on which it had to be sent: delayed_list_workdays after the first of
    its lines passed its hours.
    """

    State = DelayedState

    institution = party("organisations.Organisation", "医疗机构", null=True)
    list_no = models.CharField("清单编号", max_length=24, unique=True)
    listed_on = models.DateField("清单日期")
    listed_at = models.DateTimeField("发送时间")
    due_on = models.DateField("应发送日期")
    due_provisional = models.BooleanField("期限暂定", default=False)
    row_count = models.PositiveIntegerField("行数")
    closing_note = models.CharField("办结意见", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "延迟响应清单"
        constraints = [
            models.UniqueConstraint(
                fields=["listed_on", "distributor", "county", "city", "province"],
                nulls_distinct=False,
                name="delayed_list_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(closing_note=""),
                name="delayed_list_ends_in_words",
            ),
        ]
        indexes = [
            models.Index(fields=["listed_on", "id"], name="delayed_list_newest"),
            models.Index(fields=["distributor", "listed_on", "id"], name="delayed_distributor"),
            models.Index(fields=["county", "listed_on", "id"], name="delayed_county"),
        ]
        triggers = [DELAYED_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.list_no


class DelayedRow(PartyStamps):
    """One line as it stood when it was listed; a line is listed once."""

    Reason = DelayReason

    delayed_list = models.ForeignKey(DelayedList, models.PROTECT, related_name="rows")
    line_id = models.BigIntegerField("订单行编号", unique=True)
    ordered_at = models.DateTimeField("订单发送时间")
    order_no = models.CharField("订单号", max_length=60)
    line_no = models.PositiveIntegerField("行号")
    product = party("catalog.Product", "产品")
    packs = QuantityField("订购包装数")
    urgent = models.BooleanField("加急", default=False)
    due_at = models.DateTimeField("响应时限")
    listed_state = models.CharField("列入时状态", max_length=16, choices=LineState.choices)
    reason_kind = models.CharField("原因", max_length=12, choices=Reason.choices, blank=True)
    reason_note = models.CharField("说明", max_length=500, blank=True)
    answered_at = models.DateTimeField("说明时间", null=True)
    answered_by_name = models.CharField("说明人", max_length=150, blank=True)

    class Meta:
        verbose_name = "延迟响应行"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, reason_kind="")
                | Q(answered_at__isnull=False) & ~Q(reason_kind=""),
                name="delayed_row_answer_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(reason_kind="other") | ~Q(reason_note=""),
                name="delayed_row_other_has_words",
            ),
        ]
        indexes = [
            models.Index(fields=["delayed_list", "due_at", "id"], name="delayed_row_of_list")
        ]

    def __str__(self) -> str:
        return f"{self.order_no}-{self.line_no}"
