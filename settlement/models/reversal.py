"""A request to take one ledger entry back."""

from django.db import models
from django.db.models import F, Q

from settlement.models.ledger import LedgerEntry
from settlement.states.reversal import REVERSAL_MACHINE, ReversalState


class LedgerReversal(models.Model):
    """Asked with a reason, decided by another person; `mirror` is the entry that took it back.

    One request of an entry at a time; one that was refused may be followed by another.
    """

    db_privileges = "stage"

    State = ReversalState

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="reversals")
    mirror = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("冲销原因", max_length=200)
    note = models.CharField("意见", max_length=500, blank=True)
    asked_at = models.DateTimeField("申请时间")
    asked_by_id = models.BigIntegerField("申请人编号")
    asked_by_name = models.CharField("申请人", max_length=150)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "冲销申请"
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=~Q(state="refused"), name="ledger_reversal_one"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(mirror__isnull=False),
                name="ledger_reversal_done_has_mirror",
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | ~Q(state_by_id=F("asked_by_id")),
                name="ledger_reversal_by_another",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_reversal_has_reason"),
        ]
        triggers = [REVERSAL_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.entry_id:08d}"
