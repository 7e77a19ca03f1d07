"""院内目录: a hospital's own items, and which product each of them is, from when to when."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product
from catalog.states.hospital_item import Basis, Doubt, ItemStanding
from core.numbers.fields import QuantityField
from organisations.models.consortium import DateRange
from organisations.models.stamps import PartyStamps


@pghistory.track(
    pghistory.UpdateEvent(
        condition=pghistory.AnyChange(
            "name", "specification", "unit", "manufacturer_name", "is_stopped"
        )
    )
)
class HospitalItem(PartyStamps):
    """One item of a hospital's own system (HIS) by its code there.

    `unit` is what the hospital counts in. `standing` is kept by the operations and by the review
    of doubts, so that a list of twenty thousand is filtered by an index. Manufacturer and
    distributor of the stamps stay empty: enterprises do not see a hospital's own list.
    """

    his_code = models.CharField("院内编码", max_length=64)
    name = models.CharField("院内名称", max_length=200)
    specification = models.CharField("院内规格", max_length=200, blank=True)
    unit = models.CharField("院内单位", max_length=20)
    manufacturer_name = models.CharField("院内登记的生产企业", max_length=200, blank=True)
    is_stopped = models.BooleanField("院内停用", default=False)
    standing = models.CharField(
        "对照情况", max_length=10, choices=ItemStanding.choices, default=ItemStanding.UNMAPPED
    )
    initials = models.CharField("拼音首字母", max_length=200, blank=True)
    created_at = models.DateTimeField("登记时间")
    created_by_name = models.CharField("登记人", max_length=150)
    changed_at = models.DateTimeField("变更时间")
    changed_by_id = models.BigIntegerField("变更人编号", null=True)
    changed_by_name = models.CharField("变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "院内目录项目"
        constraints = [
            models.UniqueConstraint(fields=["institution", "his_code"], name="hospital_item_key"),
            models.CheckConstraint(
                condition=Q(is_stopped=False) | Q(standing=ItemStanding.STOPPED),
                name="hospital_item_stopped_says_so",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "standing", "his_code"], name="hospital_item_standing"
            ),
            models.Index(fields=["county", "institution", "his_code"], name="hospital_item_county"),
            models.Index(fields=["city", "institution", "his_code"], name="hospital_item_city"),
            models.Index(fields=["pool", "institution", "his_code"], name="hospital_item_pool"),
        ]

    def __str__(self) -> str:
        return f"{self.his_code} {self.name}"

    @property
    def key(self) -> str:
        """Its name in addresses: the institution's code and its own; reads the institution."""
        return f"{self.institution.code}/{self.his_code}"


class ItemMapping(models.Model):
    """Which product an item is on the days from `valid_from` to the day before `valid_to`.

    One pack of the product is `units_per_pack` of the hospital's units. The product's code, name,
    specification and conversion are kept as they were when a person said so: what was ordered or
    reported under a mapping keeps it, and a later change of the product makes the mapping doubtful.
    A mapping is never rewritten: a change ends it and begins another.
    """

    item = models.ForeignKey(HospitalItem, models.PROTECT, related_name="mappings")
    product = models.ForeignKey(Product, models.PROTECT, related_name="hospital_mappings")
    units_per_pack = QuantityField("每包装院内单位数")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    product_code = models.CharField("对照时的国家医保编码", max_length=27)
    product_name = models.CharField("对照时的产品名称", max_length=200)
    product_specification = models.CharField("对照时的规格", max_length=200, blank=True)
    product_base_units = QuantityField("对照时的每包装计量单位数")
    basis = models.CharField("来源", max_length=12, choices=Basis.choices)
    doubts = ArrayField(
        models.CharField(max_length=24, choices=Doubt.choices), default=list, verbose_name="存疑"
    )
    confirmed = ArrayField(
        models.CharField(max_length=24, choices=Doubt.choices), default=list,
        verbose_name="已核对的存疑",
    )  # fmt: skip
    note = models.CharField("核对说明", max_length=200, blank=True)
    set_at = models.DateTimeField("对照时间")
    set_by_id = models.BigIntegerField("对照人编号", null=True)
    set_by_name = models.CharField("对照人", max_length=150)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by_name = models.CharField("结束人", max_length=150, blank=True)

    class Meta:
        verbose_name = "院内目录对照"
        constraints = [
            models.CheckConstraint(
                condition=Q(units_per_pack__gt=0), name="item_mapping_factor_positive"
            ),
            # Equal days: a mapping that was replaced before its first day was over.
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="item_mapping_ends_after_start",
            ),
            ExclusionConstraint(
                name="item_mapping_one_a_day",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["item"], condition=Q(valid_to__isnull=True), name="item_mapping_open"
            ),
            models.Index(
                fields=["product"],
                condition=Q(valid_to__isnull=True),
                name="item_mapping_open_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} → {self.product_code}"
