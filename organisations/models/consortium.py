"""紧密型县域医共体: institutions that report, buy and are assessed as one, with dated membership."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from core.pinyin import InitialsField
from organisations.models.organisation import Organisation


class DateRange(Func):
    """SQL daterange(from, to, bounds) of two date columns."""

    function = "daterange"
    output_field = DateRangeField()


@pghistory.track(exclude=["initials"])
class Consortium(models.Model):
    """A consortium and the institution that leads it (and is a member too)."""

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=200)
    initials = InitialsField("拼音首字母")
    lead = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="led_consortia",
        verbose_name="牵头机构",
    )

    class Meta:
        verbose_name = "医共体"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ConsortiumMembership(models.Model):
    """From when to when (both days included) an institution belongs; one consortium on any day."""

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="memberships")
    institution = models.ForeignKey(
        Organisation, models.PROTECT, related_name="consortium_memberships"
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = "医共体成员"
        constraints = [
            models.UniqueConstraint(
                fields=["consortium", "institution", "valid_from"],
                name="membership_key",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_start",
            ),
            ExclusionConstraint(
                name="membership_one_consortium_a_day",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary(True, True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id}@{self.consortium_id} {self.valid_from}"
