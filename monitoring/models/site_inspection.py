"""督导检查: one visit to one organisation with its checklist, findings and rectification."""

from django.db import models
from django.db.models import F, Q

from monitoring.models.action import LEVELS, SupervisionAction
from monitoring.states.site_inspection import (
    INSPECTION_MACHINE,
    InspectionState,
    ItemResult,
)
from organisations.models import Organisation
from organisations.models.stamps import party


class SiteInspection(models.Model):
    """Planned by an office against one organisation; region columns as those of an action.

    `task_no` and `task_name` are those of the task: several organisations are as many inspections.
    `announced`: the organisation is told beforehand; otherwise it sees nothing until the findings
    are fed back. `action` is the measure (督导, 约谈) that it carries out. `visited_on` is the day of
    the visit, `visit_note` what was found as a whole, both the office's own until `fed_back_at`.
    `due_on` is the day by which every finding is mended.
    """

    State = InspectionState

    inspection_no = models.CharField("编号", max_length=40, unique=True)
    task_no = models.CharField("任务编号", max_length=40)
    task_name = models.CharField("任务名称", max_length=100)
    level = models.CharField("层级", max_length=10, choices=LEVELS)
    office = party("organisations.Organisation", "检查单位")
    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="site_inspections", verbose_name="被检查单位"
    )
    matter = models.TextField("检查事由", max_length=4000)
    clause = models.CharField("依据", max_length=200)
    action = models.ForeignKey(
        SupervisionAction, models.PROTECT, null=True, blank=True, related_name="inspections",
        verbose_name="所依措施",
    )  # fmt: skip
    announced = models.BooleanField("事先通知", default=True)
    planned_on = models.DateField("计划日期")
    inspectors = models.CharField("检查人员", max_length=500)
    planned_at = models.DateTimeField("制定时间")
    planned_by_name = models.CharField("制定人", max_length=150)
    visited_on = models.DateField("检查日期", null=True)
    present = models.CharField("在场人员", max_length=500, blank=True)
    visit_note = models.TextField("检查情况", max_length=4000, blank=True)
    conclusion = models.TextField("反馈意见", max_length=4000, blank=True)
    letter_year = models.PositiveSmallIntegerField("文号年份", null=True)
    letter_seq = models.PositiveIntegerField("文号序号", null=True)
    letter_no = models.CharField("文号", max_length=80, blank=True)
    fed_back_at = models.DateTimeField("反馈时间", null=True)
    due_on = models.DateField("整改期限", null=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    answered_at = models.DateTimeField("整改答复时间", null=True)
    note = models.TextField("意见", max_length=4000, blank=True)
    overdue_told_on = models.DateField("逾期告知", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PLANNED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    institution = party("organisations.Organisation", "医疗机构", null=True)
    enterprise = party("organisations.Organisation", "企业", null=True)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    pool = party("organisations.Pool", "统筹区", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "督导检查"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "letter_year", "letter_seq"], name="site_inspection_letter_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "office", "planned_on"],
                condition=Q(state="planned"),
                name="site_inspection_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "cancelled"))
                | (Q(visited_on__isnull=False) & ~Q(visit_note="") & ~Q(present="")),
                name="site_inspection_visited",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("planned", "cancelled", "visited"))
                | (Q(fed_back_at__isnull=False) & ~Q(conclusion="") & ~Q(letter_no="")),
                name="site_inspection_fed_back",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("rectifying", "answered", "returned"))
                | Q(due_on__gte=F("visited_on")),
                name="site_inspection_with_due_day",
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False, enterprise__isnull=True)
                | Q(institution__isnull=True, enterprise__isnull=False),
                name="site_inspection_of_one_side",
            ),
        ]
        indexes = [
            models.Index(fields=["task_no"], name="site_inspection_task"),
            models.Index(fields=["province", "-id"], name="site_inspection_province"),
            models.Index(fields=["city", "-id"], name="site_inspection_city"),
            models.Index(fields=["county", "-id"], name="site_inspection_county"),
            models.Index(fields=["institution", "-id"], name="site_inspection_institution"),
            models.Index(fields=["enterprise", "-id"], name="site_inspection_enterprise"),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=("rectifying", "returned")),
                name="site_inspection_due",
            ),
        ]
        triggers = [INSPECTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.inspection_no


class SiteInspectionItem(models.Model):
    """One line of the checklist: its result, for a problem what is demanded, answered and judged."""

    Result = ItemResult

    inspection = models.ForeignKey(
        SiteInspection, models.PROTECT, related_name="items", verbose_name="督导检查"
    )
    seq = models.PositiveSmallIntegerField("序号")
    matter = models.CharField("检查内容", max_length=300)
    clause = models.CharField("依据", max_length=200, blank=True)
    result = models.CharField("结果", max_length=16, choices=ItemResult.choices, blank=True)
    finding = models.TextField("发现的问题", max_length=2000, blank=True)
    demand = models.TextField("整改要求", max_length=2000, blank=True)
    answer = models.TextField("整改情况", max_length=2000, blank=True)
    accepted = models.BooleanField("整改到位", null=True)

    class Meta:
        verbose_name = "督导检查项目"
        constraints = [
            models.UniqueConstraint(fields=["inspection", "seq"], name="inspection_item_once"),
            models.CheckConstraint(
                condition=~Q(result="problem") | (~Q(finding="") & ~Q(demand="")),
                name="inspection_problem_with_demand",
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True) | (Q(result="problem") & ~Q(answer="")),
                name="inspection_judged_was_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}/{self.seq}"
