"""约定采购量: a round per batch year, what each unit agreed per group, its parts by product."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Group, Product
from core.numbers.fields import QuantityField
from organisations.models.organisation import Organisation
from organisations.models.stamps import PartyStamps, party
from volumes.states.agreed import ROUND_MACHINE, AgreedBasis, RoundState


@pghistory.track()
class AgreedRound(models.Model):
    """One province's agreed quantities of a batch year.

    Institutions choose products until `choice_until` (the last second counts). Units of
    `unbound_levels` are left unbound to a brand where the batch says so, by `unbound_clause`.
    """

    State = RoundState

    round_no = models.CharField("编号", max_length=40, unique=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="agreed_rounds", verbose_name="批次"
    )
    year_no = models.PositiveSmallIntegerField("年度序号")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="发起单位"
    )
    province = party("organisations.Region", "省份")
    choice_until = models.DateTimeField("选择截止")
    unbound_levels = ArrayField(
        models.CharField(max_length=10), default=list, verbose_name="不限厂牌的机构等级"
    )
    unbound_clause = models.CharField("不限厂牌依据", max_length=200, blank=True)
    ratios = models.CharField("约定比例", max_length=60)
    ratio_clause = models.CharField("比例依据", max_length=200)
    computed_at = models.DateTimeField("测算时间", null=True, blank=True)
    opened_at = models.DateTimeField("发起时间")
    opened_by_name = models.CharField("发起人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "约定采购量测算"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "province"], name="agreed_round_key"
            ),
            models.CheckConstraint(
                condition=Q(unbound_levels=[]) | ~Q(unbound_clause=""),
                name="agreed_round_unbound_has_clause",
            ),
        ]
        triggers = [ROUND_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.round_no


class AllotmentChoice(PartyStamps):
    """What share of a group's quantity an institution wants of one product, in per cent."""

    db_privileges = "full"

    round = models.ForeignKey(AgreedRound, models.PROTECT, related_name="choices")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    share = models.PositiveSmallIntegerField("份额（%）")
    chosen_at = models.DateTimeField("选择时间")
    chosen_by_name = models.CharField("选择人", max_length=150)

    class Meta:
        verbose_name = "产品选择"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "institution", "product"], name="allotment_choice_key"
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100), name="allotment_choice_share"
            ),
        ]
        indexes = [models.Index(fields=["round", "institution"], name="allotment_choice_unit")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.institution_id} {self.product_id}"


class AgreedQuantity(PartyStamps):
    """One unit × group: reported, ratio, computed, published, and what holds. Base units.

    What was published wins over what was computed. `unplaced_qty` is what no whole pack could
    take; Σ of the parts and it is `agreed_qty` where nothing was published.
    """

    db_privileges = "full"

    round = models.ForeignKey(AgreedRound, models.PROTECT, related_name="quantities")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    reported_qty = QuantityField("报量")
    enterprises = models.PositiveSmallIntegerField("中选企业数")
    ratio = models.DecimalField("约定比例", max_digits=9, decimal_places=4)
    computed_qty = QuantityField("测算约定量")
    published_qty = QuantityField("公布约定量", null=True, blank=True)
    agreed_qty = QuantityField("约定量")
    unplaced_qty = QuantityField("不足一个包装的余量", default=0)
    basis = models.CharField("分配方式", max_length=10, choices=AgreedBasis.choices)

    class Meta:
        verbose_name = "约定采购量"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "institution", "group"], name="agreed_quantity_key"
            ),
            models.CheckConstraint(
                condition=Q(
                    reported_qty__gte=0, computed_qty__gte=0, agreed_qty__gte=0, unplaced_qty__gte=0
                ),
                name="agreed_quantity_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(published_qty__isnull=True) | Q(agreed_qty=F("published_qty")),
                name="agreed_quantity_published_wins",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "-id"], name="agreed_quantity_unit"),
            models.Index(fields=["round", "county", "id"], name="agreed_quantity_county"),
            models.Index(fields=["round", "city", "id"], name="agreed_quantity_city"),
            models.Index(fields=["round", "-id"], name="agreed_quantity_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.institution_id} {self.group_id}"


class AgreedShare(PartyStamps):
    """A product's part of a unit's agreed quantity; its manufacturer sees it once confirmed."""

    db_privileges = "full"

    quantity = models.ForeignKey(AgreedQuantity, models.PROTECT, related_name="shares")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    computed_qty = QuantityField("测算约定量")
    published_qty = QuantityField("公布约定量", null=True, blank=True)
    agreed_qty = QuantityField("约定量")
    price = QuantityField("中选价（每包装）", null=True, blank=True)

    class Meta:
        verbose_name = "产品约定量"
        constraints = [
            models.UniqueConstraint(fields=["quantity", "product"], name="agreed_share_key"),
            models.CheckConstraint(
                condition=Q(computed_qty__gte=0, agreed_qty__gte=0),
                name="agreed_share_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["manufacturer", "-id"], name="agreed_share_maker"),
            models.Index(fields=["institution", "-id"], name="agreed_share_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity_id} {self.product_id}"
