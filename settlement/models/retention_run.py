"""A pool's computation of 结余留用 for one batch's year, and one sheet per institution in it."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalog.models import Batch, Group
from core.numbers.fields import ExactField, HeldField, QuantityField
from organisations.models import Pool
from organisations.models.stamps import PartyStamps, party
from settlement.states.retention import (
    RUN_MACHINE,
    SHEET_MACHINE,
    FailedBecause,
    RunState,
    SheetState,
)


class Stated(models.Model):
    """Who brought it into its state, and when."""

    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True


@pghistory.track()
class RetentionRun(Stated):
    """Terms are those of the year's last day and stay with the run; shares are 0 to 1.

    `region` is the pool's: its bureau acts, its finance department countersigns.
    """

    State = RunState

    run_no = models.CharField("编号", max_length=40, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name="批次")
    year_no = models.PositiveSmallIntegerField("年度序号")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    region = party("organisations.Region", "主管地区")
    province = party("organisations.Region", "省份")
    basis = models.CharField("测算基准", max_length=10)
    ratio_max = models.DecimalField("留用比例上限", max_digits=9, decimal_places=4)
    tolerance = models.DecimalField("精准度容差", max_digits=9, decimal_places=4)
    share_max = models.DecimalField("非中选占比上限", max_digits=9, decimal_places=4, null=True)
    clauses = models.JSONField("依据", default=dict)
    computed_at = models.DateTimeField("测算时间")
    computed_by_name = models.CharField("测算人", max_length=150)
    published_at = models.DateTimeField("发布时间", null=True)
    appeal_due_on = models.DateField("申诉截止日", null=True)
    notice_from = models.DateField("公示开始日", null=True)
    notice_to = models.DateField("公示截止日", null=True)
    finance_note = models.TextField("财政意见", max_length=2000, blank=True)
    pay_first_by_id = models.BigIntegerField("拨付第一人编号", null=True)
    pay_first_by_name = models.CharField("拨付第一人", max_length=150, blank=True, db_default="")
    state = models.CharField("状态", max_length=15, choices=State.choices, default=State.DRAFT)

    class Meta:
        verbose_name = "结余留用测算"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "pool"], name="retention_run_key"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("published", "noticed", "countersigned", "agreed", "paid"))
                | Q(published_at__isnull=False, appeal_due_on__isnull=False),
                name="retention_run_published_with_term",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("noticed", "countersigned", "agreed", "paid"))
                | Q(notice_from__isnull=False, notice_to__gt=models.F("notice_from")),
                name="retention_run_noticed_for_days",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(pay_first_by_id__isnull=False),
                name="retention_run_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(pay_first_by_id__isnull=True)
                | ~Q(pay_first_by_id=models.F("state_by_id")),
                name="retention_run_paid_by_another",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["province", "-id"], name="retention_run_province")]
        triggers = [RUN_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.run_no


class RetentionSheet(PartyStamps, Stated):
    """What one unit keeps: Σ of its rows. A consortium's unit is its lead, who is paid.

    overlap: the money also stands under incentives of payment reform (S2-8.4), noted so that it is
    not granted twice. `before_appeal` keeps total and rows as they were when an appeal is upheld.
    """

    db_privileges = "full"

    State = SheetState

    sheet_no = models.CharField("编号", max_length=60, unique=True)
    run = models.ForeignKey(RetentionRun, models.PROTECT, related_name="sheets")
    rows_count = models.PositiveIntegerField("品种数")
    passed_count = models.PositiveIntegerField("考核合格品种数")
    missing_count = models.PositiveIntegerField("缺测算数据品种数", default=0)
    base = ExactField("结余测算基数合计", default=0)
    retained = models.DecimalField("留用金额", max_digits=20, decimal_places=2)
    overlap = models.BooleanField("与支付方式激励重叠", default=False)
    overlap_note = models.CharField("重叠说明", max_length=500, blank=True)
    self_check_note = models.TextField("自查意见", max_length=2000, blank=True)
    appeal_text = models.TextField("申诉理由", max_length=4000, blank=True)
    decision_note = models.TextField("复核意见", max_length=2000, blank=True)
    before_appeal = models.JSONField("调整前", null=True)
    entry_key = models.CharField("拨付凭证", max_length=120, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)

    class Meta:
        verbose_name = "结余留用测算说明"
        constraints = [
            models.UniqueConstraint(fields=["run", "institution"], name="retention_sheet_key"),
            models.CheckConstraint(condition=Q(retained__gte=0), name="retention_sheet_no_debt"),
            models.CheckConstraint(
                condition=Q(overlap=False) | ~Q(overlap_note=""), name="retention_sheet_says_overlap"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["institution", "-id"], name="retention_sheet_unit"),
            models.Index(fields=["run", "state"], name="retention_sheet_run"),
            models.Index(fields=["city", "-id"], name="retention_sheet_city"),
            models.Index(fields=["county", "-id"], name="retention_sheet_county"),
            models.Index(fields=["pool", "-id"], name="retention_sheet_pool"),
            models.Index(fields=["province", "-id"], name="retention_sheet_province"),
        ]
        triggers = [SHEET_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.sheet_no


class RetentionRow(PartyStamps):
    """One unit × group: its inputs, the exact steps, and what is kept. Base units and yuan.

    assessed_because: why the yearly assessment failed, '' where it passed; failed_because: why
    nothing is kept, the first reason in the order of the definition.
    """

    db_privileges = "full"

    run = models.ForeignKey(RetentionRun, models.PROTECT, related_name="rows")
    sheet = models.ForeignKey(RetentionSheet, models.PROTECT, related_name="rows")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    reported_qty = QuantityField("报量", null=True)
    actual_qty = ExactField("实际使用量")
    basis_qty = ExactField("测算基准量", null=True)
    baseline_price = QuantityField("集采前均价", null=True)
    fund_share_before = QuantityField("上年基金支付比例", null=True)
    fund_share = QuantityField("当年基金支付比例", null=True)
    insured_share = QuantityField("参保使用占比", null=True)
    agreed_worth = ExactField("约定量金额")
    other_amount = ExactField("其他采购金额")
    budget = ExactField("医保资金预算", null=True)
    spend = ExactField("医保资金支出", null=True)
    base = ExactField("结余测算基数", null=True)
    agreed_qty = HeldField("约定采购量")
    completed_qty = HeldField("完成量")
    products = models.PositiveSmallIntegerField("协议产品数")
    exempt = models.PositiveSmallIntegerField("豁免产品数")
    incomplete = ArrayField(models.CharField(max_length=40), verbose_name="未完成产品")
    share_numerator = HeldField("非中选量")
    share_denominator = HeldField("同品种采购量")
    assessed_because = models.CharField("考核不合格原因", max_length=15, blank=True)
    passed = models.BooleanField("考核合格")
    failed_because = models.CharField(
        "不留用原因", max_length=15, blank=True, choices=FailedBecause.choices
    )
    ratio = ExactField("留用比例", null=True)
    retained = models.DecimalField("留用金额", max_digits=20, decimal_places=2, null=True)

    class Meta:
        verbose_name = "结余留用测算明细"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "group"], name="retention_row_key"),
            models.CheckConstraint(
                condition=Q(passed=Q(assessed_because="")), name="retention_row_passed_or_why"
            ),
            models.CheckConstraint(
                condition=Q(failed_because="") | Q(retained__isnull=True) | Q(retained=0),
                name="retention_row_kept_or_why",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "id"], name="retention_row_run"),
            models.Index(fields=["institution", "-id"], name="retention_row_unit"),
            models.Index(fields=["city", "-id"], name="retention_row_city"),
            models.Index(fields=["county", "-id"], name="retention_row_county"),
            models.Index(fields=["pool", "-id"], name="retention_row_pool"),
            models.Index(fields=["province", "-id"], name="retention_row_province"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.group_id}"


class RetentionShareOut(models.Model):
    """内部分配: how the institution shared out what it was paid, filed once (S2-11.3)."""

    db_privileges = "append"

    sheet = models.OneToOneField(RetentionSheet, models.PROTECT, related_name="share_out")
    staff_amount = models.DecimalField("医务人员薪酬", max_digits=20, decimal_places=2)
    members_amount = models.DecimalField("医共体成员单位", max_digits=20, decimal_places=2)
    other_amount = models.DecimalField("其他用途", max_digits=20, decimal_places=2)
    method = models.TextField("内部考核和分配办法", max_length=4000)
    filed_at = models.DateTimeField("备案时间")
    filed_by_name = models.CharField("备案人", max_length=150)

    class Meta:
        verbose_name = "结余留用分配备案"
        constraints = [
            models.CheckConstraint(
                condition=Q(staff_amount__gte=0, members_amount__gte=0, other_amount__gte=0),
                name="retention_share_out_not_negative",
            ),
            models.CheckConstraint(condition=~Q(method=""), name="retention_share_out_says_how"),
        ]

    def __str__(self) -> str:
        return str(self.sheet_id)
