"""报量任务: which groups of a batch year are reported, by whom, until when."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Group
from organisations.models.organisation import Organisation
from organisations.models.region import Region
from organisations.models.stamps import party
from volumes.states.task import TASK_MACHINE, ReportLevel, TaskKind, TaskState


@pghistory.track()
class ReportTask(models.Model):
    """One round of reporting of a batch year, opened by a province or a city.

    The window is [opens_at, closes_at): the last second counts, the next does not. Empty lists of
    kinds, ownerships and levels ask everybody. What the policy says is written down when the task
    is opened, with its clause, so that a later change of the policy does not move a round that
    runs: largest fall and rise (shares of last year's actual; empty: none asked), commitment
    letter, consortia as one. `prior_from` to `prior_to` (both included) is 'last year'.
    """

    State = TaskState
    Kind = TaskKind

    task_no = models.CharField("任务编号", max_length=20, unique=True)
    title = models.CharField("任务名称", max_length=200)
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="report_tasks", verbose_name="批次"
    )
    year_no = models.PositiveSmallIntegerField("年度序号")
    kind = models.CharField("类别", max_length=10, choices=TaskKind.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="report_tasks", verbose_name="发起单位"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="范围")
    opens_at = models.DateTimeField("填报开始")
    closes_at = models.DateTimeField("填报截止")
    institution_kinds = ArrayField(
        models.CharField(max_length=10), default=list, verbose_name="须报的机构类型"
    )
    ownerships = ArrayField(
        models.CharField(max_length=10), default=list, verbose_name="须报的机构性质"
    )
    levels = ArrayField(
        models.CharField(max_length=10), default=list, verbose_name="须报的机构等级"
    )
    others_may = models.BooleanField("其他机构可以自愿填报", default=True)
    split_by_manufacturer = models.BooleanField("按厂牌拆分", default=False)
    review_levels = ArrayField(
        models.CharField(max_length=10, choices=ReportLevel.choices), default=list,
        verbose_name="审核层级",
    )  # fmt: skip
    prior_from = models.DateField("上年实际自")
    prior_to = models.DateField("上年实际至")
    note = models.TextField("填报要求", blank=True)
    drop_max = models.DecimalField(
        "减少超过须说明", max_digits=9, decimal_places=4, null=True, blank=True
    )
    rise_max = models.DecimalField(
        "增加超过须说明", max_digits=9, decimal_places=4, null=True, blank=True
    )
    deviation_clause = models.CharField("说明依据", max_length=200, blank=True)
    letter_required = models.BooleanField("须提交承诺函", default=False)
    letter_clause = models.CharField("承诺函依据", max_length=200, blank=True)
    consortium_as_one = models.BooleanField("医共体整体填报", default=False)
    reminded_at = models.DateTimeField("已提醒", null=True, blank=True)
    created_at = models.DateTimeField("建立时间")
    created_by_name = models.CharField("建立人", max_length=150)
    state = models.CharField("状态", max_length=10, choices=TaskState.choices, default="draft")
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "报量任务"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="report_task_closes_after_open"
            ),
            models.CheckConstraint(
                condition=Q(prior_to__gte=F("prior_from")), name="report_task_prior_year"
            ),
            models.CheckConstraint(
                condition=(Q(drop_max__isnull=True) | Q(drop_max__gte=0))
                & (Q(rise_max__isnull=True) | Q(rise_max__gte=0)),
                name="report_task_limits_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="report_task_closing"),
            models.Index(fields=["province", "-id"], name="report_task_province"),
            models.Index(fields=["batch", "year_no"], name="report_task_year"),
        ]
        triggers = [TASK_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.title


class ReportTaskGroup(models.Model):
    """A group that the task asks for, at its place in the sheet; only drafts change."""

    db_privileges = "full"

    task = models.ForeignKey(ReportTask, models.PROTECT, related_name="task_groups")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="品种")
    position = models.PositiveIntegerField("次序")

    class Meta:
        verbose_name = "任务品种"
        constraints = [
            models.UniqueConstraint(fields=["task", "group"], name="report_task_group_key")
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.group_id}"


class ReportTaskRegion(models.Model):
    """A city or county that the task is limited to; without any it is the opener's whole region."""

    db_privileges = "full"

    task = models.ForeignKey(ReportTask, models.PROTECT, related_name="task_regions")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="区划")

    class Meta:
        verbose_name = "任务范围"
        constraints = [
            models.UniqueConstraint(fields=["task", "region"], name="report_task_region_key")
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.region_id}"
