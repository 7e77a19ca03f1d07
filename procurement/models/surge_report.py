"""应急需求: an institution's need rises suddenly; what it buys instead is verified (S2-14.5)."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Exemption, Product
from core.numbers.fields import QuantityField, whole
from organisations.models.stamps import PartyStamps
from procurement.states.surge import SURGE_MACHINE, SurgeState


class SurgeReport(PartyStamps):
    """One product of one institution: how much it needs, for how many days it still has.

    The city names the product that was bought instead and the days of receipt that count; the
    exemption bears this report's number. Enterprises are not told: the columns stay empty.
    """

    db_privileges = "stage"

    State = SurgeState

    class Cause(models.TextChoices):
        EPIDEMIC = "epidemic", "流行性疾病"
        DISASTER = "disaster", "灾害或突发事件"
        SHORTAGE = "shortage", "中选产品供应不足"
        OTHER = "other", "其他"

    report_no = models.CharField("编号", max_length=24, unique=True)
    case = models.ForeignKey(
        "procurement.SurgeCase", models.PROTECT, null=True, related_name="reports",
        verbose_name="应急保障",
    )  # fmt: skip
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="急需产品")
    cause = models.CharField("原因", max_length=10, choices=Cause.choices)
    needed_packs = QuantityField("需要包装数")
    days_of_stock = models.PositiveSmallIntegerField("库存可用天数")
    description = models.TextField("情况", max_length=4000)
    reported_at = models.DateTimeField("报告时间")
    reporter_name = models.CharField("报告人", max_length=150)
    bought_product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name="应急采购产品"
    )
    kind = models.CharField(
        "认定", max_length=20, blank=True,
        choices=[(k.value, k.label) for k in (
            Exemption.Kind.STANDBY_COUNTS, Exemption.Kind.NON_SELECTED,
            Exemption.Kind.AGREED_VOLUME)],
    )  # fmt: skip
    from_on = models.DateField("收货日期自", null=True)
    to_on = models.DateField("收货日期至", null=True)
    note = models.TextField("核实意见", max_length=2000, blank=True)
    closing_note = models.TextField("撤回原因", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.REPORTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "应急需求"
        constraints = [
            models.CheckConstraint(condition=Q(needed_packs__gt=0), name="surge_report_needs"),
            models.CheckConstraint(
                condition=whole("needed_packs"),
                name="surge_report_whole_packs",
            ),
            models.CheckConstraint(condition=~Q(description=""), name="surge_report_says_why"),
            models.CheckConstraint(
                condition=~Q(state="verified")
                | Q(
                    ~Q(kind=""), bought_product__isnull=False, from_on__isnull=False,
                    to_on__isnull=False,
                ),
                name="surge_report_verified_whole",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="surge_report_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["institution", "product"], condition=Q(state="reported"),
                name="surge_report_one_waiting",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="surge_report_newest"),
            models.Index(fields=["institution", "-id"], name="surge_report_institution"),
        ]
        triggers = [SURGE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.report_no
