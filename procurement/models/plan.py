"""采购计划: what an institution will need, from its own figures; approved, then ordered once."""

from django.db import models
from django.db.models import Q

from core.database.serial import NextNumber, next_serial
from core.numbers.fields import QuantityField, whole
from organisations.models.stamps import PartyStamps
from procurement.states.plan import PLAN_MACHINE, PlanState


class NextPlanNo(NextNumber):
    """The next number from the database's sequence."""

    template = f"('JH' || {next_serial('procurement_plan_no', 8)})"


class ProcurementPlan(PartyStamps):
    """One plan of one institution on one day; its orders bear its number as 院内单号.

    `planned_on` is the day of which the figures are, `cover_days` how long the stock shall last
    after delivery. `row_version` rises with every change of a line.
    """

    db_privileges = "stage"

    State = PlanState

    plan_no = models.CharField(
        "计划编号", max_length=20, unique=True, db_default=NextPlanNo(), editable=False
    )
    planned_on = models.DateField("测算日期")
    cover_days = models.PositiveSmallIntegerField("备货天数")
    urgent = models.BooleanField("应急采购计划", default=False)
    note = models.CharField("说明", max_length=500, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True)
    checked = models.BooleanField("已确认超常规数量", default=False)
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    made_at = models.DateTimeField("编制时间")
    maker_name = models.CharField("编制人", max_length=150)
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "采购计划"
        constraints = [
            models.CheckConstraint(
                condition=Q(cover_days__gte=1, cover_days__lte=365), name="plan_cover_days"
            ),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="plan_institution")]
        triggers = [PLAN_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.plan_no


class PlanLine(models.Model):
    """One product: the figures of the day as they were, what was suggested, what is planned.

    All in packs; `stock_packs` is what the institution counted (None: not said),
    `delivery_days` the median of its own deliveries (None: there were none).
    """

    db_privileges = "stage"

    plan = models.ForeignKey(
        ProcurementPlan, models.PROTECT, related_name="lines", verbose_name="采购计划"
    )
    product = models.ForeignKey(
        "catalog.Product", models.PROTECT, related_name="+", verbose_name="产品"
    )
    daily_packs = QuantityField("近 90 天日均验收包装数")
    last_year_packs = QuantityField("上年同月验收包装数")
    under_way_packs = QuantityField("已订未收包装数")
    delivery_days = models.DecimalField("平常配送天数", max_digits=6, decimal_places=1, null=True)
    stock_packs = QuantityField("库存包装数", null=True)
    suggested_packs = QuantityField("建议包装数")
    packs = QuantityField("计划包装数")
    clinical_reason = models.CharField("临床理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "采购计划行"
        constraints = [
            models.UniqueConstraint(fields=["plan", "product"], name="plan_line_key"),
            models.CheckConstraint(
                condition=Q(packs__gte=0, suggested_packs__gte=0)
                & Q(Q(stock_packs__isnull=True) | Q(stock_packs__gte=0)),
                name="plan_line_not_negative",
            ),
            models.CheckConstraint(condition=whole("packs"), name="plan_line_whole_packs"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.product_id}"
