"""Verified cases that an assessment leaves out (赣2024 十四)."""

import pghistory
from django.db import models
from django.db.models import F, Q

from catalog.models.batch import Batch
from catalog.models.group import Group
from catalog.models.product import Product
from organisations.models.organisation import Organisation


@pghistory.track()
class Exemption(models.Model):
    """An exemption; each empty batch, group, product, institution or date means 'all'."""

    class Kind(models.TextChoices):
        AGREED_VOLUME = "agreed_volume", "不考核约定量"
        NON_SELECTED = "non_selected", "非中选不计考核"
        STANDBY_COUNTS = "standby_counts", "备供视作中选"

    exemption_no = models.CharField("编号", max_length=60, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="exemptions"
    )
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    from_on = models.DateField("自", null=True, blank=True)
    to_on = models.DateField("至", null=True, blank=True)
    reason = models.TextField("事由", blank=True)

    class Meta:
        verbose_name = "考核豁免"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True)
                | Q(from_on__isnull=True)
                | Q(to_on__gte=F("from_on")),
                name="exemption_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemption_no} {self.get_kind_display()}"
