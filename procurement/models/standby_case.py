"""备供启动: a selected product cannot be supplied in a region, and a standby one stands in (S2-15.4)."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Product, ResultChange
from organisations.models.organisation import Organisation
from organisations.models.stamps import party
from procurement.states.standby import STANDBY_MACHINE, StandbyState


class StandbyCase(models.Model):
    """One product in one supply region (a city or the province) of one batch.

    Given notice of by its manufacturer in writing, found by a bureau, or asked for by a confirmed
    change that cancels the selection (`result_change`). The province names the
    standby product and its days; until `ends_on` (that day included) what institutions receive of
    it counts as selected.
    """

    db_privileges = "stage"

    State = StandbyState

    class Source(models.TextChoices):
        NOTICE = "notice", "企业书面报告"
        FOUND = "found", "医保部门发现"
        CANCELLED = "cancelled", "中选已取消"

    case_no = models.CharField("编号", max_length=24, unique=True)
    source = models.CharField("来源", max_length=9, choices=Source.choices)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="中选产品")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="中选企业"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name="批次")
    region = models.ForeignKey(
        "organisations.Region", models.PROTECT, related_name="+", verbose_name="供应地区"
    )
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    result_change = models.ForeignKey(
        ResultChange, models.PROTECT, null=True, related_name="+", verbose_name="结果变更"
    )
    unable_from = models.DateField("不能供应自")
    description = models.TextField("情况", max_length=4000)
    given_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="提交单位"
    )
    given_at = models.DateTimeField("提交时间")
    giver_name = models.CharField("提交人", max_length=150)
    standby_product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name="备供产品"
    )
    standby_manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="备供企业"
    )
    starts_on = models.DateField("启动日", null=True)
    ends_on = models.DateField("结束日", null=True)
    note = models.TextField("办理意见", max_length=2000, blank=True)
    closing_note = models.TextField("结束或撤回原因", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "备供启动"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "region"],
                condition=Q(state__in=("submitted", "in_force")),
                name="standby_case_one_under_way",
            ),
            models.CheckConstraint(condition=~Q(description=""), name="standby_case_says_why"),
            models.CheckConstraint(
                condition=~Q(state__in=("in_force", "ended"))
                | Q(
                    standby_product__isnull=False,
                    standby_manufacturer__isnull=False,
                    starts_on__isnull=False,
                ),
                name="standby_case_started_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ends_on__isnull=False),
                name="standby_case_ended_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="standby_case_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(source="cancelled", result_change__isnull=False)
                | (~Q(source="cancelled") & Q(result_change__isnull=True)),
                name="standby_case_of_a_cancellation",
            ),
            models.CheckConstraint(
                condition=Q(standby_product__isnull=True) | ~Q(standby_product=F("product")),
                name="standby_case_is_another_product",
            ),
        ]
        indexes = [
            models.Index(fields=["-given_at", "-id"], name="standby_case_newest"),
            models.Index(
                fields=["standby_product"], condition=Q(state__in=("in_force", "ended")),
                name="standby_case_standing_in",
            ),
        ]  # fmt: skip
        triggers = [STANDBY_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.case_no
