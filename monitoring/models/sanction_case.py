"""惩戒案件 against one enterprise: notice, statement, decision, effect, repair."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Product, ResultChange
from core.numbers.fields import HeldField
from monitoring.models.action import SupervisionAction
from monitoring.rules.credit_scale import CAUSES, SCALES
from monitoring.states.sanction_case import SANCTION_MACHINE, SanctionKind, SanctionState
from organisations.models import Organisation
from organisations.models.stamps import party

GRADES = tuple(dict(pair for scale in SCALES.values() for pair in scale.grades).items())


class SanctionCase(models.Model):
    """Drafted by one person of the province's office, decided by another.

    `occurred_on` picks the scale (`scale`, its version) by which a credit case is graded; `amount`
    in yuan, `topmost` as in the scale. The drafter proposes (`proposal`, `proposed_grade`); the
    enterprise is told by a letter, may make its statement until `statement_due_on` and sees nothing
    before. `effective_on` is the first day of the decision, `effective_to` its last (empty: until
    repaired). `enacted_at` is when its effects were written. The two numbers count per office and
    year: of notices, and of decisions.
    """

    Kind = SanctionKind
    State = SanctionState

    case_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    cause = models.CharField("事由类别", max_length=20, choices=CAUSES)
    office = party("organisations.Organisation", "立案单位")
    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="sanction_cases", verbose_name="当事企业"
    )
    province = party("organisations.Region", "省份")
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批次"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="产品"
    )
    action = models.ForeignKey(
        SupervisionAction, models.PROTECT, null=True, blank=True, related_name="sanctions",
        verbose_name="所依措施",
    )  # fmt: skip
    occurred_on = models.DateField("行为发生日")
    amount = HeldField("涉案金额", null=True, blank=True)
    topmost = models.BooleanField("顶格情形", default=False)
    scale = models.CharField("裁量基准", max_length=4, blank=True)
    matter = models.TextField("事实和证据", max_length=4000)
    clause = models.CharField("依据", max_length=300)
    drafted_at = models.DateTimeField("立案时间")
    drafted_by_id = models.BigIntegerField("立案人编号", null=True)
    drafted_by_name = models.CharField("立案人", max_length=150)
    proposal = models.TextField("拟处理意见", max_length=4000, blank=True)
    proposed_grade = models.CharField("拟定等级", max_length=10, choices=GRADES, blank=True)
    notice_year = models.PositiveSmallIntegerField("告知书年份", null=True)
    notice_seq = models.PositiveIntegerField("告知书序号", null=True)
    notice_no = models.CharField("告知书文号", max_length=80, blank=True)
    noticed_at = models.DateTimeField("告知时间", null=True)
    statement_due_on = models.DateField("陈述申辩期限", null=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    statement = models.TextField("陈述申辩意见", max_length=4000, blank=True)
    stated_at = models.DateTimeField("陈述申辩时间", null=True)
    decision = models.TextField("决定内容", max_length=4000, blank=True)
    grade = models.CharField("失信等级", max_length=10, choices=GRADES, blank=True)
    grade_reason = models.TextField("等级理由", max_length=2000, blank=True)
    decision_year = models.PositiveSmallIntegerField("决定书年份", null=True)
    decision_seq = models.PositiveIntegerField("决定书序号", null=True)
    decision_no = models.CharField("决定书文号", max_length=80, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True)
    decided_by_id = models.BigIntegerField("决定人编号", null=True)
    decided_by_name = models.CharField("决定人", max_length=150, blank=True)
    effective_on = models.DateField("生效日", null=True)
    effective_to = models.DateField("截止日", null=True, blank=True)
    enacted_at = models.DateTimeField("执行时间", null=True)
    effects = models.JSONField("执行情况", default=dict, blank=True)
    repair = models.TextField("整改和修复情况", max_length=4000, blank=True)
    repair_asked_at = models.DateTimeField("申请修复时间", null=True)
    ended_on = models.DateField("结束日", null=True)
    note = models.TextField("意见", max_length=4000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "惩戒案件"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "notice_year", "notice_seq"], name="sanction_notice_once"
            ),
            models.UniqueConstraint(
                fields=["office", "decision_year", "decision_seq"], name="sanction_decision_once"
            ),
            models.UniqueConstraint(
                fields=["batch", "product"],
                condition=Q(
                    kind="cancel",
                    state__in=["drafted", "noticed", "stated", "decided", "in_effect", "repairing"],
                ),
                name="sanction_one_cancellation",
            ),
            models.CheckConstraint(
                condition=~Q(kind="cancel") | Q(batch__isnull=False, product__isnull=False),
                name="sanction_cancels_a_result",
            ),
            models.CheckConstraint(
                condition=~Q(kind="penalty") | Q(batch__isnull=False),
                name="sanction_penalty_of_a_batch",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "dismissed"])
                | (
                    Q(noticed_at__isnull=False, statement_due_on__isnull=False)
                    & ~Q(notice_no="")
                    & ~Q(proposal="")
                ),
                name="sanction_noticed",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[
                        "decided", "in_effect", "repairing", "repaired", "expired", "revoked",
                    ]
                )
                | (
                    Q(decided_at__isnull=False, effective_on__isnull=False)
                    & ~Q(decision_no="")
                    & ~Q(decision="")
                ),
                name="sanction_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("drafted_by_id")),
                name="sanction_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | ~Q(kind="credit") | ~Q(grade=""),
                name="sanction_credit_has_a_grade",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_on")),
                name="sanction_days_in_order",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["province", "-id"], name="sanction_province"),
            models.Index(fields=["subject", "-id"], name="sanction_subject"),
            models.Index(
                fields=["product"], condition=Q(state__in=["decided", "in_effect", "repairing"]),
                name="sanction_stands_product",
            ),
            models.Index(
                fields=["subject", "effective_on"],
                condition=Q(state__in=["decided", "in_effect", "repairing"]),
                name="sanction_stands",
            ),
        ]  # fmt: skip
        triggers = [SANCTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.case_no


class SanctionResult(models.Model):
    """One period of a selection that a decision closed."""

    case = models.ForeignKey(SanctionCase, models.PROTECT, related_name="results")
    change = models.OneToOneField(
        ResultChange, models.PROTECT, related_name="+", verbose_name="中选结果变更"
    )

    db_privileges = "append"

    class Meta:
        verbose_name = "惩戒案件取消的中选结果"

    def __str__(self) -> str:
        return f"{self.case_id}/{self.change_id}"
