"""Σ of the figures handed in, by task, group and county: what totals of a whole province are read from."""

from django.db import models
from django.db.models import Q

from catalog.models import Group
from organisations.models.region import Region
from organisations.models.stamps import party
from volumes.models.task import ReportTask


class GroupTotal(models.Model):
    """One group of one task over the units of one county (or standing directly under a city).

    Base units. Written by the trigger of migration 0005 alone: whenever a report is handed in, goes
    back or moves, its county is summed anew from the lines, never added to; a test holds both equal.
    Rows whose units all went back stay with zeros. `home` is the nearest region of the units.
    """

    task = models.ForeignKey(ReportTask, models.PROTECT, related_name="group_totals")
    home = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    lines = models.PositiveIntegerField("报量行")
    units = models.PositiveIntegerField("报量单位")
    reported_qty = models.DecimalField("报量合计", max_digits=28, decimal_places=4)
    prior_year_qty = models.DecimalField("上年实际合计", max_digits=28, decimal_places=4)
    dropped = models.PositiveIntegerField("减少超过限度")
    risen = models.PositiveIntegerField("增加超过限度")

    class Meta:
        verbose_name = "报量品种合计"
        constraints = [
            models.UniqueConstraint(fields=["task", "home", "group"], name="group_total_key"),
            models.CheckConstraint(
                condition=Q(reported_qty__gte=0, prior_year_qty__gte=0),
                name="group_total_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.home_id} {self.group_id}"
