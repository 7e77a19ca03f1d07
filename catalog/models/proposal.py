"""What everything has that one person proposes and another confirms."""

from __future__ import annotations

from django.db import models

from catalog.states.two_people import ProposalState


class Proposal(models.Model):
    """The numbered paper, its state, its two people; kept whatever becomes of it."""

    State = ProposalState

    change_no = models.CharField("编号", max_length=20, unique=True)
    clause = models.CharField("条款", max_length=120)
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
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~models.Q(clause=""), name="%(class)s_has_clause"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="%(class)s_has_reason"),
            # Two people, in the database too.
            models.CheckConstraint(
                condition=models.Q(confirmed_by_id__isnull=True)
                | ~models.Q(confirmed_by_id=models.F("proposed_by_id")),
                name="%(class)s_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.change_no
