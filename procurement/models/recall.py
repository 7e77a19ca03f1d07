"""A recall of lots of one product, and what each institution holds of them."""

from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalog.models import Product
from core.numbers.fields import QuantityField
from core.workdays.deadlines import shanghai_day
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps, party
from procurement.states.recall import (
    HOLDER_MACHINE,
    RECALL_MACHINE,
    Difference,
    HolderState,
    RecallState,
)


class Recall(models.Model):
    """Opened by the manufacturer, a drug regulator or the province's bureau.

    `area` is the region that a regulator or bureau recalls in; a manufacturer recalls everywhere
    (NULL). Holders are found once, when it is opened, and again by its opener on demand.
    """

    State = RecallState

    class Level(models.TextChoices):
        FIRST = "1", "一级"
        SECOND = "2", "二级"
        THIRD = "3", "三级"

    recall_no = models.CharField("编号", max_length=24, unique=True)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    lots = ArrayField(models.CharField(max_length=60), verbose_name="批号")
    level = models.CharField("级别", max_length=1, choices=Level.choices)
    reason = models.TextField("召回原因", max_length=2000)
    instruction = models.TextField("处置要求", max_length=2000)
    due_at = models.DateTimeField("报告期限")
    due_provisional = models.BooleanField("期限暂定", default=False)
    opened_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="发起单位"
    )
    area = models.ForeignKey(
        "organisations.Region", models.PROTECT, null=True, related_name="+", verbose_name="范围"
    )
    province = party("organisations.Region", "省份", null=True)
    opened_at = models.DateTimeField("发起时间")
    opener_id = models.BigIntegerField("发起人编号", null=True)
    opener_name = models.CharField("发起人", max_length=150)
    closing_note = models.TextField("办结意见", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    @property
    def due_on(self) -> date:
        """The last day on which a report is in time: `due_at` is the end of it."""
        return shanghai_day(self.due_at - timedelta(microseconds=1))

    class Meta:
        verbose_name = "召回"
        constraints = [
            models.CheckConstraint(condition=Q(lots__len__gt=0), name="recall_names_lots"),
            models.CheckConstraint(condition=~Q(reason=""), name="recall_has_reason"),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(closing_note=""), name="recall_ends_with_words"
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="recall_newest"),
            models.Index(fields=["product", "-opened_at"], name="recall_of_product"),
        ]
        triggers = [RECALL_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.recall_no


class RecallHolder(PartyStamps):
    """One institution's packs of one lot by one distributor, as its receipts and returns say.

    What it reports: packs put aside, sent back, and already used. returned_packs counts only
    returns of order lines that had no other lot; unclear_packs those that may be of another lot;
    unreceived_packs what was shipped and not yet taken.
    """

    State = HolderState
    Difference = Difference

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="holders")
    product = party("catalog.Product", "产品")
    lot_no = models.CharField("批号", max_length=60)
    received_packs = QuantityField("验收包装数")
    returned_packs = QuantityField("退货包装数")
    unreceived_packs = QuantityField("已发未收", default=0)
    unclear_packs = QuantityField("批号不明的退货", default=0)
    kept_packs = QuantityField("封存包装数", null=True)
    sent_back_packs = QuantityField("召回退回包装数", null=True)
    used_packs = QuantityField("已使用包装数", null=True)
    difference_kind = models.CharField(
        "差异原因", max_length=16, choices=Difference.choices, blank=True, default="", db_default=""
    )
    holder_note = models.CharField("说明", max_length=500, blank=True)
    opener_note = models.CharField("重报原因", max_length=500, blank=True)
    reported_at = models.DateTimeField("报告时间", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.WAITING)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "召回持有"
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "institution", "lot_no", "distributor"],
                nulls_distinct=False,
                name="recall_holder_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="reported")
                | Q(
                    kept_packs__isnull=False,
                    sent_back_packs__isnull=False,
                    used_packs__isnull=False,
                    reported_at__isnull=False,
                ),
                name="recall_holder_report_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kept_packs__gte=0, sent_back_packs__gte=0, used_packs__gte=0)
                | Q(kept_packs__isnull=True),
                name="recall_holder_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(difference_kind="") | ~Q(holder_note=""),
                name="recall_holder_difference_has_words",
            ),
            models.CheckConstraint(
                condition=Q(received_packs__gte=F("returned_packs")),
                name="recall_holder_returned_at_most_received",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "recall"], name="recall_holder_institution"),
            models.Index(fields=["distributor", "recall"], name="recall_holder_distributor"),
        ]
        triggers = [HOLDER_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.recall_id}/{self.institution_id}/{self.lot_no}"

    @property
    def held_packs(self) -> Decimal:
        """Taken and certainly not sent back before the recall."""
        return self.received_packs - self.returned_packs

    @property
    def apart(self) -> Decimal:
        """By how much the report differs, without its sign."""
        return abs(self.difference_packs or Decimal(0))

    @property
    def difference_packs(self) -> Decimal | None:
        """Reported more (positive) or fewer than held; None before the report."""
        if self.kept_packs is None or self.sent_back_packs is None or self.used_packs is None:
            return None
        return self.kept_packs + self.sent_back_packs + self.used_packs - self.held_packs
