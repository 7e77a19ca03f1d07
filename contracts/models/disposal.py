"""处置: what a bureau did about a party that does not sign."""

from django.db import models
from django.db.models import Q

from catalog.models import Batch
from contracts.models.agreement import Agreement
from contracts.states.power import DISPOSAL_MACHINE, DisposalState
from organisations.models import Organisation
from organisations.models.stamps import party


class Disposal(models.Model):
    """One record about one party and batch year, open until its outcome is written down."""

    State = DisposalState

    class Kind(models.TextChoices):
        REMIND = "remind", "催签"
        TALK = "talk", "约谈"
        DEADLINE = "deadline", "限期签订"
        CONTRACT = "contract", "按定点协议管理处理"
        CREDIT = "credit", "信用评价建议"
        DISQUALIFY = "disqualify", "取消中选资格建议"

    disposal_no = models.CharField("编号", max_length=24, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="被处置单位"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name="批次")
    year_no = models.PositiveSmallIntegerField("年度序号")
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, related_name="disposals", verbose_name="协议"
    )
    kind = models.CharField("方式", max_length=12, choices=Kind.choices)
    reason = models.CharField("事由", max_length=1000)
    due_on = models.DateField("要求完成日期", null=True)
    decided_on = models.DateField("作出日期")
    decided_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="作出单位"
    )
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    outcome = models.CharField("处置结果", max_length=1000, blank=True)
    decided_at = models.DateTimeField("登记时间")
    officer_id = models.BigIntegerField("登记人编号", null=True)
    officer_name = models.CharField("登记人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "处置记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(outcome=""), name="disposal_ends_with_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="disposal_newest"),
            models.Index(fields=["organisation", "-decided_at"], name="disposal_organisation"),
        ]
        triggers = [DISPOSAL_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.disposal_no
