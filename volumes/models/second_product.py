"""一品两规: which second product of a group an institution takes in beside the selected one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalog.models import Group, Product
from organisations.models.stamps import PartyStamps


class SecondBasis(models.TextChoices):
    STANDBY = "standby", "备供产品"
    OTHER = "other", "其他产品"
    NONE = "none", "不再使用第二规"


class SecondReason(models.TextChoices):
    """Why not the standby product; the four reasons of S2-11.2 are none."""

    CLINICAL = "clinical", "临床疗效或安全性需要"
    SPECIFICATION = "specification", "剂型或规格不能替代"
    SUPPLY = "supply", "备供企业不能及时供应"
    SPECIAL = "special", "儿童、孕妇等特殊人群用药"
    OTHER = "other", "其他（须写明）"


class SecondProductChoice(PartyStamps):
    """What the institution decided for one group; the newest holds, none is ever changed.

    `offered` are the codes of the standby products of its supply region that it was shown first
    (S2-2.5). Where there were any, another product has its reason. Manufacturer and distributor
    stay empty: enterprises do not see who takes in whom.
    """

    db_privileges = "append"

    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二规产品"
    )
    basis = models.CharField("类别", max_length=10, choices=SecondBasis.choices)
    offered = ArrayField(
        models.CharField(max_length=27), default=list, verbose_name="当时的备供产品"
    )
    reason_code = models.CharField(
        "未选备供的原因", max_length=20, choices=SecondReason.choices, blank=True
    )
    explanation = models.CharField("说明", max_length=500, blank=True)
    chosen_at = models.DateTimeField("登记时间")
    chosen_by_id = models.BigIntegerField("登记人编号", null=True)
    chosen_by_name = models.CharField("登记人", max_length=150)

    class Meta:
        verbose_name = "第二规登记"
        constraints = [
            models.CheckConstraint(
                condition=Q(basis="none", product__isnull=True)
                | (~Q(basis="none") & Q(product__isnull=False)),
                name="second_product_named",
            ),
            models.CheckConstraint(
                condition=~Q(basis="other")
                | Q(offered=[])
                | (~Q(reason_code="") & ~Q(explanation="")),
                name="second_product_other_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "group", "-id"], name="second_product_newest"),
            models.Index(fields=["county", "-id"], name="second_product_county"),
            models.Index(fields=["city", "-id"], name="second_product_city"),
            models.Index(fields=["province", "-id"], name="second_product_province"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.group_id} {self.basis}"
