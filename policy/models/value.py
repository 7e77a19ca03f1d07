"""Dated values: which number, since when, by which clause, set by whom."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from policy.models.document import Document
from policy.models.parameter import Parameter
from policy.models.policy import Policy
from policy.states import Origin


class DayRange(Func):
    """PostgreSQL daterange(valid_from, valid_to, '[]'): both days included, empty end open."""

    function = "DATERANGE"
    output_field = DateRangeField()


class StandingValues(models.Manager["ParameterValue"]):
    """All but those that were withdrawn before their first day came."""

    def get_queryset(self) -> models.QuerySet[ParameterValue]:
        return super().get_queryset().filter(withdrawn_at__isnull=True)


@pghistory.track()
class ParameterValue(models.Model):
    """A parameter's value in one policy from valid_from to valid_to, both included.

    value is the text as written in the policy; NULL = 不在执行 in that policy.
    set_by_id and set_by_name are copies, without a foreign key, as in the audit trail. A value
    that was withdrawn before its first day is kept, and read by nobody but `everything`.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="values")
    parameter = models.ForeignKey(Parameter, on_delete=models.PROTECT, related_name="values")
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("截止日", null=True, blank=True)
    value = models.CharField("取值", max_length=60, null=True, blank=True)
    clause = models.CharField("条款", max_length=120)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="values", null=True, blank=True
    )
    origin = models.CharField("来源", max_length=4, choices=Origin.choices)
    set_by_id = models.BigIntegerField("设定人编号", null=True, blank=True)
    set_by_name = models.CharField("设定人", max_length=60)
    reason = models.CharField("理由", max_length=300, blank=True)
    set_at = models.DateTimeField("设定时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = StandingValues()
    everything = models.Manager["ParameterValue"]()

    class Meta:
        verbose_name = "政策参数取值"
        verbose_name_plural = "政策参数取值"
        ordering = ["policy", "parameter", "valid_from"]
        constraints = [
            ExclusionConstraint(
                name="policy_value_no_overlap",
                expressions=[
                    ("policy", RangeOperators.EQUAL),
                    ("parameter", RangeOperators.EQUAL),
                    (
                        DayRange(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_value_ends_after_start",
            ),
            models.CheckConstraint(condition=~Q(clause=""), name="policy_value_has_clause"),
            models.CheckConstraint(
                condition=~Q(origin="page") | ~Q(reason=""),
                name="policy_value_page_edit_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parameter_id}={self.value}"
