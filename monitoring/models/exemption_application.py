"""考核豁免申请: an institution asks that a product's agreed quantity or purchases are not assessed."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Product
from monitoring.states.exemption_application import (
    EXEMPTION_MACHINE,
    KINDS,
    ExemptionCause,
    ExemptionState,
)
from organisations.models.stamps import PartyStamps


class ExemptionApplication(PartyStamps):
    """One institution, batch, product and kind, for some days; both days included.

    Granted, an Exemption of the same number is written, which the indicators read. The days are
    those that the province granted; what was asked for stays in `asked_from` and `asked_to`.
    Enterprises are no party of it: their columns stay empty.
    """

    State = ExemptionState

    application_no = models.CharField("编号", max_length=40, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name="批次")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    kind = models.CharField("种类", max_length=20, choices=KINDS)
    cause = models.CharField("事由", max_length=16, choices=ExemptionCause.choices)
    statement = models.TextField("申请理由", max_length=4000)
    asked_from = models.DateField("申请自")
    asked_to = models.DateField("申请至")
    from_on = models.DateField("认定自", null=True)
    to_on = models.DateField("认定至", null=True)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by_name = models.CharField("提交人", max_length=150)
    check_note = models.TextField("核查意见", max_length=4000, blank=True)
    decision_note = models.TextField("认定意见", max_length=4000, blank=True)
    granted_at = models.DateTimeField("认定时间", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.SUBMITTED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "考核豁免申请"
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "batch", "product", "kind"],
                condition=Q(state__in=("submitted", "checked", "returned")),
                name="exemption_application_one_open",
            ),
            models.CheckConstraint(
                condition=Q(asked_to__gte=F("asked_from")), name="exemption_asked_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="granted")
                | (
                    Q(from_on__isnull=False, to_on__gte=F("from_on"), granted_at__isnull=False)
                    & ~Q(decision_note="")
                ),
                name="exemption_granted_with_days",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "-id"], name="exemption_app_institution"),
            models.Index(fields=["city", "-id"], name="exemption_app_city"),
            models.Index(fields=["province", "-id"], name="exemption_app_province"),
            models.Index(
                fields=["-id"], condition=Q(state="granted"), name="exemption_app_granted"
            ),
        ]
        triggers = [EXEMPTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.application_no
