"""Editions of the two published lists: 可替代药品 of groups, and 折算系数 of products."""

from django.db import models
from django.db.models import F, Q

from catalog.models.group import Group
from catalog.models.product import Product
from catalog.states.edition import EDITION_MACHINE, EditionState
from core.numbers.fields import QuantityField
from organisations.models.organisation import Organisation


class CatalogueEdition(models.Model):
    """What one publication changes in one of the lists, from a month's first day on.

    Proposed by one person of the province's bureau and published by another; what it changed
    stays readable, and the rows that it made carry its number.
    """

    State = EditionState

    class Kind(models.TextChoices):
        SUBSTITUTES = "substitutes", "可替代药品目录"
        CONVERSIONS = "conversions", "折算系数表"

    edition_no = models.CharField("编号", max_length=24, unique=True)
    kind = models.CharField("名单", max_length=12, choices=Kind.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="发布单位"
    )
    title = models.CharField("标题", max_length=120)
    basis = models.CharField("依据", max_length=500)
    effective_from = models.DateField("生效日")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    note = models.CharField("退回原因", max_length=300, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by_id = models.BigIntegerField("提出人编号", null=True)
    proposed_by_name = models.CharField("提出人", max_length=150)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by_id = models.BigIntegerField("发布人编号", null=True)
    published_by_name = models.CharField("发布人", max_length=150, blank=True)

    class Meta:
        verbose_name = "目录版次"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="proposed"), name="edition_one_open_per_list"
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="edition_has_basis"),
            models.CheckConstraint(
                condition=Q(effective_from__day=1), name="edition_begins_with_a_month"
            ),
            models.CheckConstraint(
                condition=Q(published_by_id__isnull=True) | ~Q(published_by_id=F("proposed_by_id")),
                name="edition_published_by_another",
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="edition_newest")]
        triggers = [EDITION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.edition_no


class EditionLine(models.Model):
    """One change: a substitute added to or ended in a group, or a product's new factor."""

    db_privileges = "append"

    class Action(models.TextChoices):
        ADD = "add", "增加"
        END = "end", "终止"
        SET = "set", "调整系数"

    edition = models.ForeignKey(CatalogueEdition, models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField("序号")
    action = models.CharField("变化", max_length=4, choices=Action.choices)
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    factor = QuantityField("每包装计量单位数", null=True)
    before = QuantityField("原每包装计量单位数", null=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "版次内容"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "group", "product"],
                nulls_distinct=False,
                name="edition_line_once",
            ),
            models.CheckConstraint(
                condition=Q(action="set", group__isnull=True, factor__gt=0)
                | Q(action__in=("add", "end"), group__isnull=False, factor__isnull=True),
                name="edition_line_fits_its_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.line_no}"
