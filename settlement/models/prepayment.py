"""预付金 of a batch's agreement year, to an institution, the pool's agency, or monthly to a supplier."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Batch
from organisations.models import Organisation, Pool
from settlement.models.statement import money
from settlement.states.prepayment import PREPAYMENT_MACHINE, PrepaymentState


class Prepayment(models.Model):
    """`base` × `ratio` = `amount`, in yuan; what is left of it is a sum of ledger entries.

    base: Σ agreed quantity × price per base unit of the effective agreements of the year, of the
    institution or of the whole pool; for a supplier's monthly advance, a twelfth of what was agreed
    with it in the pool.
    """

    db_privileges = "stage"

    State = PrepaymentState

    class Kind(models.TextChoices):
        INSTITUTION = "institution", "预付医疗机构"
        AGENCY = "agency", "预付经办机构"
        SUPPLIER = "supplier", "按月预付供货企业"

    prepayment_no = models.CharField("编号", max_length=32, unique=True)
    kind = models.CharField("对象", max_length=12, choices=Kind.choices)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+", verbose_name="统筹区")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name="批次")
    year_no = models.PositiveSmallIntegerField("年度序号")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="医疗机构"
    )
    enterprise = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="供货企业"
    )
    month = models.DateField("月份", null=True)
    base = money("基数（元）")
    ratio = models.DecimalField("预付比例", max_digits=8, decimal_places=4)
    clause = models.CharField("依据", max_length=200)
    amount = money("金额（元）")
    needs_two = models.BooleanField("须两人批准", default=False)
    asked_at = models.DateTimeField("申请时间")
    asked_by_id = models.BigIntegerField("申请人编号", null=True)
    asked_by_name = models.CharField("申请人", max_length=150)
    first_by_id = models.BigIntegerField("批准人编号", null=True)
    first_by_name = models.CharField("批准人", max_length=150, blank=True)
    second_by_id = models.BigIntegerField("第二批准人编号", null=True)
    second_by_name = models.CharField("第二批准人", max_length=150, blank=True)
    paid_on = models.DateField("拨付日期", null=True)
    note = models.CharField("意见", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "预付金"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "pool", "kind", "institution", "enterprise", "month"],
                condition=~Q(state="refused"),
                nulls_distinct=False,
                name="prepayment_key",
            ),
            models.CheckConstraint(
                condition=Q(kind="institution", institution__isnull=False, enterprise__isnull=True,
                            month__isnull=True)
                | Q(kind="agency", institution__isnull=True, enterprise__isnull=True,
                    month__isnull=True)
                | Q(kind="supplier", institution__isnull=True, enterprise__isnull=False,
                    month__isnull=False),
                name="prepayment_recipient",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="prepayment_positive"),
            models.CheckConstraint(
                condition=Q(first_by_id__isnull=True) | ~Q(first_by_id=F("asked_by_id")),
                name="prepayment_asker_is_not_approver",
            ),
            models.CheckConstraint(
                condition=Q(second_by_id__isnull=True)
                | (~Q(second_by_id=F("first_by_id")) & ~Q(second_by_id=F("asked_by_id"))),
                name="prepayment_second_is_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "paid", "settled"))
                | (Q(first_by_id__isnull=False)
                   & (Q(needs_two=False) | Q(second_by_id__isnull=False))),
                name="prepayment_approved_by_others",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="prepayment_newest"),
            models.Index(fields=["pool", "state"], name="prepayment_pool"),
        ]
        triggers = [PREPAYMENT_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.prepayment_no
