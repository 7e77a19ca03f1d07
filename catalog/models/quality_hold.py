"""暂停使用: a product that may not be used or bought for the time being (S2-13.4)."""

from django.db import models
from django.db.models import Q

from catalog.models.product import Product
from catalog.states.quality import HOLD_MACHINE, HoldState
from organisations.models.organisation import Organisation
from organisations.models.stamps import party


class QualityHold(models.Model):
    """Of one institution for itself, or of an authority for its whole region.

    institution NULL means every institution in `area` and below. lot_no empty means all lots.
    county, city and province are those of the institution or of the area.
    """

    State = HoldState

    hold_no = models.CharField("编号", max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="holds", verbose_name="产品")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    lot_no = models.CharField("批号", max_length=60, blank=True)
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="医疗机构"
    )
    area = models.ForeignKey(
        "organisations.Region", models.PROTECT, null=True, related_name="+", verbose_name="范围"
    )
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    placed_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="作出单位"
    )
    reason = models.CharField("原因", max_length=500)
    basis = models.CharField("依据", max_length=200, blank=True)
    placed_at = models.DateTimeField("作出时间")
    placed_by_name = models.CharField("作出人", max_length=150)
    lift_reason = models.CharField("解除原因", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.IN_FORCE)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "暂停使用"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "lot_no", "institution", "area"],
                condition=Q(state="in_force"),
                nulls_distinct=False,
                name="quality_hold_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=True) ^ Q(area__isnull=True),
                name="quality_hold_of_one_or_of_all",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="quality_hold_has_reason"),
            models.CheckConstraint(
                condition=~Q(state="lifted") | ~Q(lift_reason=""),
                name="quality_hold_lifted_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="quality_hold_newest"),
            models.Index(
                fields=["product"], condition=Q(state="in_force"), name="quality_hold_in_force"
            ),
        ]
        triggers = [HOLD_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.hold_no
