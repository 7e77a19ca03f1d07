"""配送关系: which distributor delivers a manufacturer's product where, from when to when."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from catalog.models import Batch, Product
from contracts.states.relation import HOLDING, RELATION_MACHINE, RelationState
from organisations.models import Organisation
from organisations.models.consortium import DateRange
from organisations.models.stamps import party


@pghistory.track()
class DeliveryRelation(models.Model):
    """One product, one distributor, one pool or one county of it; days [valid_from, valid_until).

    `most` is the limit of distributors per product and pool that held when it was pointed (0: none);
    the database keeps it (migration 0002, function contracts_relation_limit). `replaces` names the
    relation that ends when this one is accepted.
    """

    State = RelationState

    relation_no = models.CharField("编号", max_length=24, unique=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="+", verbose_name="批次"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="delivery_relations", verbose_name="产品"
    )
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="生产企业"
    )
    distributor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    pool = models.ForeignKey(
        "organisations.Pool", models.PROTECT, related_name="+", verbose_name="统筹区"
    )
    county = models.ForeignKey(
        "organisations.Region", models.PROTECT, null=True, related_name="+",
        verbose_name="县（市、区）",
    )  # fmt: skip
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True)
    most = models.PositiveSmallIntegerField("每统筹区配送企业上限", default=0)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replacements")
    refusal_reason = models.CharField("拒绝原因", max_length=500, blank=True)
    ending_reason = models.CharField("终止原因", max_length=500, blank=True)
    pointed_at = models.DateTimeField("点选时间")
    pointed_by_id = models.BigIntegerField("点选人编号", null=True)
    pointed_by_name = models.CharField("点选人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.POINTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "配送关系"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="relation_ends_after_start",
            ),
            ExclusionConstraint(
                name="relation_once_a_day",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    ("distributor", RangeOperators.EQUAL),
                    ("pool", RangeOperators.EQUAL),
                    (
                        Coalesce(F("county_id"), Value(0), output_field=models.BigIntegerField()),
                        RangeOperators.EQUAL,
                    ),
                    (
                        DateRange("valid_from", "valid_until", RangeBoundary(True, False)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=HOLDING),
            ),
        ]
        indexes = [
            models.Index(fields=["-pointed_at", "-id"], name="relation_newest"),
            models.Index(fields=["manufacturer", "-pointed_at"], name="relation_manufacturer"),
            models.Index(fields=["distributor", "-pointed_at"], name="relation_distributor"),
            models.Index(fields=["pool", "product"], name="relation_place"),
        ]
        triggers = [RELATION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.relation_no
