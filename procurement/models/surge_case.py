"""应急保障: a bureau opens a surge for one group in one region; what happens in it has priority."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Group
from organisations.models.organisation import Organisation
from organisations.models.stamps import party
from procurement.models.surge_report import SurgeReport
from procurement.states.surge_case import SURGE_CASE_MACHINE, SurgeCaseState


class SurgeCase(models.Model):
    """While it is open, lines of the group for institutions of the region are marked first.

    Institutions' reports of the group's products that are made meanwhile belong to it. A region
    and a group have one open case at most.
    """

    db_privileges = "stage"

    State = SurgeCaseState

    case_no = models.CharField("编号", max_length=24, unique=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    region = models.ForeignKey(
        "organisations.Region", models.PROTECT, related_name="+", verbose_name="地区"
    )
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")
    cause = models.CharField("原因", max_length=10, choices=SurgeReport.Cause.choices)
    description = models.TextField("情况和要求", max_length=4000)
    opened_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="启动单位"
    )
    opened_at = models.DateTimeField("启动时间")
    opener_name = models.CharField("启动人", max_length=150)
    starts_on = models.DateField("自")
    ends_on = models.DateField("预计至")
    closing_note = models.TextField("结束说明", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "应急保障"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "region"], condition=Q(state="open"), name="surge_case_one_open"
            ),
            models.CheckConstraint(condition=~Q(description=""), name="surge_case_says_why"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="surge_case_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(closing_note=""),
                name="surge_case_closed_with_note",
            ),
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="surge_case_newest")]
        triggers = [SURGE_CASE_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.case_no
