"""A periodic report: half-year of a city, execution of a quarter, names for the drug regulator."""

from django.db import models
from django.db.models import F, Q

from monitoring.states.report import REPORT_MACHINE, ReportKind, ReportState
from organisations.models.stamps import party


class PeriodicReport(models.Model):
    """One report of one bureau for one period, drafted from the records of that period.

    `tables` holds the figures as they stood when they were taken ([{title, note, columns, rows}],
    all texts); they are taken anew until the report is handed in, never after. `due_on` is empty
    where no clause names a day. `files` names what was stored when it was handed in.
    """

    Kind = ReportKind
    State = ReportState

    report_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    issuer = party("organisations.Organisation", "报送单位")
    receiver = party("organisations.Organisation", "接收单位")
    province = party("organisations.Region", "省份")
    city = party("organisations.Region", "设区市", null=True)
    period_from = models.DateField("期间起")
    period_to = models.DateField("期间止")
    due_on = models.DateField("报送期限", null=True)
    clause = models.CharField("依据", max_length=200, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", max_length=20_000)
    tables = models.JSONField("附表", default=list)
    taken_at = models.DateTimeField("取数时间")
    drafted_at = models.DateTimeField("起草时间")
    drafted_by_name = models.CharField("起草人", max_length=150)
    submitted_at = models.DateTimeField("报送时间", null=True)
    submitted_by_name = models.CharField("报送人", max_length=150, blank=True)
    overdue_told_on = models.DateField("逾期告知", null=True)
    files = models.JSONField("定稿文件", default=list)
    note = models.TextField("意见", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "工作报告"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "period_from"], name="report_once"),
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")), name="report_period_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"]) | Q(submitted_at__isnull=False),
                name="report_sent_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-id"], name="report_issuer"),
            models.Index(fields=["receiver", "-id"], name="report_receiver"),
            models.Index(
                fields=["due_on"], condition=Q(state__in=["draft", "returned"]), name="report_due"
            ),
        ]
        triggers = [REPORT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.report_no
