"""授权书: who may sign agreements for whom."""

import pghistory
from django.db import models
from django.db.models import F, Q

from catalog.models import Batch
from contracts.states.power import POWER_MACHINE, PowerState
from organisations.models import Organisation
from organisations.models.stamps import party


@pghistory.track()
class PowerOfAttorney(models.Model):
    """`agent`'s leader may sign for `principal` on the days, both included; of one batch or all.

    The paper is kept as an attachment. The regions are the principal's, for the authorities.
    """

    State = PowerState

    power_no = models.CharField("编号", max_length=24, unique=True)
    principal = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="授权单位"
    )
    agent = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="代签单位"
    )
    registered_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="登记单位"
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="+", verbose_name="限于批次"
    )
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份", null=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至")
    revocation_reason = models.CharField("撤销原因", max_length=500, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registrar_name = models.CharField("登记人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ACTIVE)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "授权书"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="power_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("agent")), name="power_is_given_to_another"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "principal"], name="power_agent"),
            models.Index(fields=["principal"], name="power_principal"),
        ]
        triggers = [POWER_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.power_no
