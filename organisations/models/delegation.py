"""代办: somebody acts for a colleague who is away, from a moment until another."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from organisations.models.user import User


class MomentRange(Func):
    """SQL tstzrange(from, until, bounds) of two columns."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Delegation(models.Model):
    """`delegate` may act for `absent` in [starts_at, ends_at); one delegate at any moment.

    It ends by itself; ended early, `ends_at` is set to that moment.
    """

    absent = models.ForeignKey(
        User, models.PROTECT, related_name="delegations", verbose_name="本人"
    )
    delegate = models.ForeignKey(
        User, models.PROTECT, related_name="stands_in", verbose_name="代办人"
    )
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至")
    reason = models.CharField("事由", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_id = models.BigIntegerField("设定人编号", null=True)
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        verbose_name = "代办"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(delegate=F("absent")), name="delegation_not_to_oneself"
            ),
            ExclusionConstraint(
                name="delegation_one_at_a_time",
                expressions=[
                    ("absent", RangeOperators.EQUAL),
                    (
                        MomentRange("starts_at", "ends_at", RangeBoundary(True, False)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["delegate", "ends_at"], name="delegation_of_delegate")]

    def __str__(self) -> str:
        return f"{self.delegate_id}→{self.absent_id}"
