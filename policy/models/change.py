"""A change of a value: proposed by one person, put in force by another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from policy.models.document import Document
from policy.models.parameter import Parameter
from policy.models.policy import Policy
from policy.states import CHANGE_MACHINE, ChangeState


class ValueChange(models.Model):
    """What a value is to become from a day on, by which clause and why; kept whatever becomes of it.

    value NULL = 不在执行 from that day on. `before` is the value that held when it was proposed,
    and, once it is confirmed, the one that it replaced.
    """

    State = ChangeState

    change_no = models.CharField("编号", max_length=20, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="changes")
    parameter = models.ForeignKey(Parameter, models.PROTECT, related_name="changes")
    value = models.CharField("取值", max_length=60, null=True, blank=True)
    before = models.CharField("原取值", max_length=60, null=True, blank=True)
    valid_from = models.DateField("生效日")
    clause = models.CharField("条款", max_length=120)
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="changes", null=True, blank=True
    )
    reason = models.CharField("理由", max_length=300)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    note = models.CharField("退回或撤销原因", max_length=300, blank=True)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by_id = models.BigIntegerField("提出人编号", null=True)
    proposed_by_name = models.CharField("提出人", max_length=150)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    confirmed_by_id = models.BigIntegerField("确认人编号", null=True)
    confirmed_by_name = models.CharField("确认人", max_length=150, blank=True)

    class Meta:
        verbose_name = "参数调整"
        indexes = [
            models.Index(fields=["policy", "-proposed_at", "-id"], name="change_newest"),
            models.Index(fields=["parameter", "valid_from"], name="change_of_parameter"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "parameter"],
                condition=Q(state="proposed"),
                name="value_change_one_open_per_value",
            ),
            models.CheckConstraint(condition=~Q(clause=""), name="value_change_has_clause"),
            models.CheckConstraint(condition=~Q(reason=""), name="value_change_has_reason"),
            # Two people, in the database too.
            models.CheckConstraint(
                condition=Q(confirmed_by_id__isnull=True)
                | ~Q(confirmed_by_id=models.F("proposed_by_id")),
                name="value_change_confirmed_by_another",
            ),
        ]
        triggers = [CHANGE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.change_no
