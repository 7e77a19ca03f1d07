"""The monthly statement of one payee in one pool, its lines, the institutions' answers, payments."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from organisations.models import Organisation, Pool
from organisations.models.stamps import party
from settlement.models.ledger import LedgerEntry
from settlement.states.statement import (
    STATEMENT_MACHINE,
    CheckState,
    LineState,
    StatementState,
)


def money(label: str, **options: Any) -> Any:
    """Yuan, to 0.01."""
    return models.DecimalField(label, max_digits=18, decimal_places=2, **options)


class Statement(models.Model):
    """What a pool (or, in mode `institution`, one institution) owes a payee for a month.

    `total`: Σ of live lines; negative where returns prevail. `paid`: Σ of its payments. After
    approval neither lines nor total change: later facts come in later statements, or in a second
    part of a month that was reopened by two people. `reply_due_on`: last day of the institutions.
    """

    db_privileges = "stage"

    State = StatementState

    class Mode(models.TextChoices):
        FUND = "fund", "医保基金直接结算"
        INSTITUTION = "institution", "医疗机构支付"

    statement_no = models.CharField("结算单号", max_length=32, unique=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    payee = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="收款企业"
    )
    month = models.DateField("结算月份")
    mode = models.CharField("付款方式", max_length=12, choices=Mode.choices)
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="付款机构"
    )
    part_no = models.PositiveSmallIntegerField("次序", default=1)
    total = money("金额（元）", default=0)
    paid = money("已付（元）", default=0)
    due_on = models.DateField("付款期限")
    reply_due_on = models.DateField("核实期限", null=True)
    drafted_at = models.DateTimeField("生成时间")
    needs_two = models.BooleanField("须两人批准", default=False)
    reviewed_by_id = models.BigIntegerField("审核人编号", null=True)
    reviewed_by_name = models.CharField("审核人", max_length=150, blank=True)
    first_by_id = models.BigIntegerField("批准人编号", null=True)
    first_by_name = models.CharField("批准人", max_length=150, blank=True)
    second_by_id = models.BigIntegerField("第二批准人编号", null=True)
    second_by_name = models.CharField("第二批准人", max_length=150, blank=True)
    approved_on = models.DateField("批准日期", null=True)
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    reopen_reason = models.CharField("补结原因", max_length=500, blank=True)
    reopen_by_id = models.BigIntegerField("补结申请人编号", null=True)
    reopen_by_name = models.CharField("补结申请人", max_length=150, blank=True)
    state = models.CharField("状态", max_length=14, choices=State.choices, default=State.DRAFTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "结算单"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "payee", "month", "institution", "part_no"],
                nulls_distinct=False,
                name="statement_key",
            ),
            models.CheckConstraint(
                condition=Q(mode="institution", institution__isnull=False)
                | Q(mode="fund", institution__isnull=True),
                name="statement_payer",
            ),
            models.CheckConstraint(
                condition=Q(first_by_id__isnull=True) | ~Q(first_by_id=F("reviewed_by_id")),
                name="statement_reviewer_is_not_approver",
            ),
            models.CheckConstraint(
                condition=Q(second_by_id__isnull=True)
                | (~Q(second_by_id=F("first_by_id")) & ~Q(second_by_id=F("reviewed_by_id"))),
                name="statement_second_is_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "part_paid", "paid"), mode="fund")
                | (
                    Q(reviewed_by_id__isnull=False, first_by_id__isnull=False)
                    & (Q(needs_two=False) | Q(second_by_id__isnull=False))
                ),
                name="statement_approved_by_others",
            ),
            models.CheckConstraint(
                # Receipts and returns that cancel each other leave nothing to post.
                condition=~Q(state__in=("approved", "part_paid", "paid"))
                | Q(entry__isnull=False)
                | Q(total=0),
                name="statement_owed_is_posted",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid=F("total")), name="statement_paid_in_full"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, paid__gte=0, paid__lte=F("total"))
                | Q(total__lt=0, paid__lte=0, paid__gte=F("total")),
                name="statement_not_overpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "-month", "-id"], name="statement_pool"),
            models.Index(fields=["payee", "-month", "-id"], name="statement_payee"),
            models.Index(fields=["-month", "-id"], name="statement_newest"),
        ]
        triggers = [STATEMENT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.statement_no

    @property
    def open_amount(self) -> Decimal:
        """Yuan still to be settled; below 0 the payee owes it."""
        return self.total - self.paid


class StatementCheck(models.Model):
    """One institution's answer to its lines of a statement."""

    db_privileges = "stage"

    State = CheckState

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="checks")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    state = models.CharField("核实", max_length=10, choices=State.choices, default=State.WAITING)
    answered_at = models.DateTimeField("核实时间", null=True)
    answered_by_id = models.BigIntegerField("核实人编号", null=True)
    answered_by_name = models.CharField("核实人", max_length=150, blank=True)

    class Meta:
        verbose_name = "机构核实"
        constraints = [
            models.UniqueConstraint(fields=["statement", "institution"], name="statement_check_key")
        ]
        indexes = [models.Index(fields=["institution", "state"], name="statement_check_of")]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.institution_id}"


class StatementLine(models.Model):
    """A receipt or return, or what changed of one since it was stated; packs and amount are signed.

    Exactly once: of a fact, live lines are numbered by `seq` without repetition. A line that is
    struck keeps its reason and does not count; the fact comes again in the next statement, whose
    line names it by `carried_from`.
    """

    db_privileges = "stage"

    State = LineState

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "收货"
        RETURN = "return", "退货"
        ADJUSTMENT = "adjustment", "调整"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    source = models.CharField("来源", max_length=8)
    fact_id = models.BigIntegerField("收货或退货编号")
    fact_at = models.DateTimeField("收货或退货时间")
    seq = models.PositiveSmallIntegerField("次数", default=0)
    line_id = models.BigIntegerField("订单行编号")
    ordered_at = models.DateTimeField("订单发送时间")
    order_no = models.CharField("订单号", max_length=60)
    line_no = models.PositiveIntegerField("行号")
    institution = party("organisations.Organisation", "医疗机构")
    product = party("catalog.Product", "产品")
    batch = party("catalog.Batch", "批次")
    packs = models.DecimalField("包装数", max_digits=18, decimal_places=4)
    unit_price = models.DecimalField("单价（每包装）", max_digits=18, decimal_places=4)
    amount = money("金额（元）")
    invoice_no = models.CharField("发票号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.LIVE)
    reason = models.CharField("原因", max_length=500, blank=True)
    struck_at = models.DateTimeField("移出时间", null=True)
    struck_by_name = models.CharField("移出人", max_length=150, blank=True)
    reply = models.CharField("医疗机构答复", max_length=500, blank=True)
    reply_by_name = models.CharField("答复人", max_length=150, blank=True)
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried_to")

    class Meta:
        verbose_name = "结算单行"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "fact_id", "seq"],
                condition=Q(state="live"),
                name="statement_line_once",
            ),
            models.CheckConstraint(
                condition=Q(state="live") | ~Q(reason=""), name="statement_line_struck_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["source", "fact_id"], name="statement_line_fact"),
            models.Index(fields=["statement", "institution"], name="statement_line_of"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.pk}"


class BankOrder(models.Model):
    """One payment asked of the bank; answered by a row of its file, once by `bank_ref`.

    What was paid and came back keeps both references: it is asked for again under a new number.
    """

    db_privileges = "stage"

    class State(models.TextChoices):
        SENT = "sent", "已送银行"
        DONE = "done", "已付款"
        FAILED = "failed", "付款失败"
        RETURNED = "returned", "已退汇"

    order_no = models.CharField("付款编号", max_length=40, unique=True)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="bank_orders")
    amount = money("金额（元）")
    exported_at = models.DateTimeField("导出时间")
    exported_by_name = models.CharField("导出人", max_length=150)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.SENT)
    bank_ref = models.CharField("银行流水号", max_length=60, null=True, unique=True)
    bank_words = models.CharField("银行说明", max_length=200, blank=True)
    returned_ref = models.CharField("退汇流水号", max_length=60, null=True, unique=True)
    returned_on = models.DateField("退汇日期", null=True)

    class Meta:
        verbose_name = "银行付款"
        constraints = [
            models.UniqueConstraint(
                fields=["statement"], condition=Q(state="sent"), name="bank_order_one_open"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_order_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=("done", "returned")) | Q(bank_ref__isnull=False),
                name="bank_order_done_has_ref",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", returned_ref__isnull=False, returned_on__isnull=False)
                | (~Q(state="returned") & Q(returned_ref__isnull=True, returned_on__isnull=True)),
                name="bank_order_returned_has_ref",
            ),
        ]

    def __str__(self) -> str:
        return self.order_no


class StatementPayment(models.Model):
    """What settled a part of a statement; of a negative one the amount is negative.

    What the bank paid and got back stays, with a negative one of kind `returned` beside it.
    """

    db_privileges = "append"

    class Kind(models.TextChoices):
        BANK = "bank", "银行付款"
        ADVANCE = "advance", "预付抵减"
        SET_OFF = "set_off", "与贷方结算单冲抵"
        INSTITUTION = "institution", "医疗机构付款"
        RETURNED = "returned", "银行退汇"

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="payments")
    kind = models.CharField("方式", max_length=12, choices=Kind.choices)
    amount = money("金额（元）")
    paid_on = models.DateField("付款日期")
    reference = models.CharField("凭证号", max_length=60)
    entry = models.ForeignKey(LedgerEntry, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "结算付款"
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "kind", "reference"], name="statement_payment_key"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="statement_payment_not_zero"),
            models.CheckConstraint(
                condition=~Q(kind="returned") | Q(amount__lt=0),
                name="statement_payment_returned_is_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.reference}"


class Deduction(models.Model):
    """What of an institution's 医保预拨付款 of a month was kept for what the fund paid for it.

    `kept` = the smaller of the allocation and the claim; the rest of the claim is carried over.
    `record_no` counts what was recorded for the month: another round follows one that took nothing,
    or whose entry was taken back.
    """

    db_privileges = "append"

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    month = models.DateField("月份")
    record_no = models.PositiveSmallIntegerField("第几次登记", default=1)
    allocated = money("当月医保预拨付款（元）")
    claim = money("应扣（元）")
    kept = money("实扣（元）")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_id = models.BigIntegerField("登记人编号", null=True)
    recorded_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "医保预拨付款扣除"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "institution", "month", "record_no"], name="deduction_key"
            ),
            models.CheckConstraint(
                condition=Q(kept__gte=0, kept__lte=F("allocated")) & Q(kept__lte=F("claim")),
                name="deduction_within_both",
            ),
        ]
        indexes = [models.Index(fields=["-month", "-id"], name="deduction_newest")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.month:%Y-%m}"

    @property
    def shortfall(self) -> Decimal:
        """Yuan carried to the next month."""
        return self.claim - self.kept
