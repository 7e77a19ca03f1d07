"""What a consortium's member says that it needs, before the lead compiles one report."""

import pghistory
from django.db import models
from django.db.models import Q

from catalog.models import Group
from core.numbers.fields import QuantityField
from organisations.models.stamps import PartyStamps
from volumes.models.report import VolumeReport
from volumes.states.reasons import DeviationReason
from volumes.states.sheet import SHEET_MACHINE, SheetState


@pghistory.track()
class MemberSheet(PartyStamps):
    """One member's figures for its consortium's report; the lead has one of its own too."""

    State = SheetState

    report = models.ForeignKey(
        VolumeReport, models.PROTECT, related_name="sheets", verbose_name="报量"
    )
    figures_version = models.PositiveIntegerField("数字版本", default=0)
    figures_by_name = models.CharField("数字变动人", max_length=150, blank=True)
    figures_at = models.DateTimeField("数字变动时间", null=True, blank=True)
    handed_in_at = models.DateTimeField("报出时间", null=True, blank=True)
    opinion = models.TextField("意见", blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=SheetState.choices, default=SheetState.NOT_STARTED
    )
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150, blank=True)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "成员填报"
        constraints = [
            models.UniqueConstraint(fields=["report", "institution"], name="member_sheet_key")
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="member_sheet_institution")]
        triggers = [SHEET_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.report_id} {self.institution_id}"


@pghistory.track()
class MemberSheetLine(models.Model):
    """One group's figure of a member, in base units."""

    sheet = models.ForeignKey(MemberSheet, models.PROTECT, related_name="lines")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    reported_qty = QuantityField("报量")
    prior_year_qty = QuantityField("上年实际", default=0)
    reason_code = models.CharField(
        "原因", max_length=20, choices=DeviationReason.choices, blank=True
    )
    explanation = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "成员填报行"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "group"], name="member_sheet_line_key"),
            models.CheckConstraint(
                condition=Q(reported_qty__gte=0, prior_year_qty__gte=0),
                name="member_sheet_line_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.group_id}"
