"""What goes on about a complaint: its state, its clocks, who holds it."""

from django.db import models
from django.db.models import Q

from complaints.models.complaint import Complaint
from complaints.states import COMPLAINT_MACHINE, CaseState, Level
from core.numbers.fields import QuantityField
from organisations.models.stamps import party


class ComplaintCase(models.Model):
    """The workflow beside a complaint; the four moments that indicators read stay on Complaint.

    A complaint of the dataset gets its case when somebody has to act on it; `from_dataset` ones
    have no text. `due_on` is the last day of the step that waits now, whoever holds it;
    `bureau_due_on` that of the bureau at `level`, while it has to act. `overdue_since` is the day
    after the one that was missed. prior_price: yuan per package before, for pre_price_lower.
    """

    State = CaseState
    Level = Level

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="case")
    filer = party("organisations.Organisation", "提出单位", null=True)
    content = models.TextField("情况说明", max_length=4000, blank=True)
    from_dataset = models.BooleanField("由数据集装入", default=False)
    order_no = models.CharField("订单号", max_length=60, blank=True)
    line_no = models.PositiveIntegerField("行号", null=True)
    lot_no = models.CharField("批号", max_length=60, blank=True)
    prior_price = QuantityField("集采前价格（元/包装）", null=True)
    selected_price = QuantityField("中选或挂网价（元/包装）", null=True)
    level = models.CharField("督办层级", max_length=10, choices=Level.choices)
    level_since = models.DateTimeField("到达本级时间")
    due_on = models.DateField("本步期限", null=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    promised_on = models.DateField("最近承诺日期", null=True)
    overdue_since = models.DateField("逾期起", null=True)
    bureau_due_on = models.DateField("医保局期限", null=True)
    bureau_late_at = models.DateTimeField("医保局逾期告知", null=True)
    supervised_at = models.DateTimeField("督办时间", null=True)
    reply = models.TextField("回复内容", max_length=4000, blank=True)
    solution = models.TextField("解决情况", max_length=4000, blank=True)
    refusal = models.TextField("未解决的情况", max_length=4000, blank=True)
    withdrawal = models.TextField("撤回原因", max_length=2000, blank=True)
    conclusion = models.TextField("办结意见", max_length=4000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.FILED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "诉求办理"
        constraints = [
            models.CheckConstraint(
                condition=Q(from_dataset=True) | ~Q(content=""), name="complaint_says_what"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(from_dataset=True) | ~Q(conclusion=""),
                name="complaint_closed_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal=""),
                name="complaint_withdrawn_with_words",
            ),
            models.CheckConstraint(
                condition=Q(order_no="", line_no__isnull=True)
                | (~Q(order_no="") & Q(line_no__isnull=False)),
                name="complaint_line_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["filed", "replied", "refused", "claimed", "confirmed"]),
                name="complaint_due",
            ),
        ]
        triggers = [COMPLAINT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.complaint.complaint_no


class ComplaintMessage(models.Model):
    """One entry of the thread that all sides read: words, or the words of a step."""

    db_privileges = "append"

    class Kind(models.TextChoices):
        FILE = "file", "提出"
        SAY = "say", "留言"
        REPLY = "reply", "回复并承诺"
        CLAIM = "claim", "申报已解决"
        CONFIRM = "confirm", "确认已解决"
        REFUSE = "refuse", "未解决"
        WITHDRAW = "withdraw", "撤回"
        SUPERVISE = "supervise", "督办"
        ESCALATE = "escalate", "上报"
        CLOSE = "close", "办结"

    case = models.ForeignKey(ComplaintCase, models.PROTECT, related_name="messages")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("发言人编号", null=True)
    by_name = models.CharField("发言人", max_length=150)
    organisation = party("organisations.Organisation", "单位", null=True)
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    text = models.TextField("内容", max_length=4000, blank=True)

    class Meta:
        verbose_name = "诉求留言"
        indexes = [models.Index(fields=["case", "id"], name="complaint_message_order")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.pk}"
