"""监管措施: proposed with its reasons, taken by a named officer, answered, judged, ended."""

from django.db import models
from django.db.models import F, Q

from catalog.models import Product
from complaints.models import Complaint
from monitoring.models.warning import Warning
from monitoring.states.action import ACTION_MACHINE, ActionState, Outcome
from monitoring.states.action_kinds import KINDS
from organisations.models import Organisation, Standing
from organisations.models.stamps import party

LEVELS = (("county", "县级"), ("city", "市级"), ("province", "省级"))


class SupervisionAction(models.Model):
    """One step against one organisation; several organisations are as many actions.

    `office` proposes and takes it; for an institution the region columns are the institution's,
    for an enterprise those of the office, so that no other office's business is seen. `rule` names
    the warning rule it comes of, empty where an officer wrote it; `figure` the figures as they
    stood. `former` is the step before it. `due_on` is the day by which it is answered; the last
    answer's moment is `answered_at`. `letter_no` is counted per office and year without gaps.
    `standing` is the mark that it wrote on the organisation.
    """

    State = ActionState
    Outcome = Outcome

    action_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField(
        "措施", max_length=20, choices=[(code, kind.label) for code, kind in KINDS.items()]
    )
    level = models.CharField("层级", max_length=10, choices=LEVELS)
    office = party("organisations.Organisation", "作出单位")
    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="supervision_actions", verbose_name="对象"
    )
    rule = models.CharField("预警规则", max_length=40, blank=True)
    matter = models.TextField("事由", max_length=4000, blank=True)
    figure = models.TextField("数据", max_length=4000, blank=True)
    clause = models.CharField("依据", max_length=200, blank=True)
    demand = models.TextField("整改要求", max_length=4000, blank=True)
    former = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name="上一步"
    )
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="诉求"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="产品"
    )
    proposed_at = models.DateTimeField("提出时间")
    proposed_by_name = models.CharField("提出人", max_length=150)
    letter_year = models.PositiveSmallIntegerField("文号年份", null=True)
    letter_seq = models.PositiveIntegerField("文号序号", null=True)
    letter_no = models.CharField("文号", max_length=80, blank=True)
    issued_at = models.DateTimeField("发出时间", null=True)
    issued_by_name = models.CharField("作出人", max_length=150, blank=True)
    due_on = models.DateField("整改期限", null=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    meeting_at = models.DateTimeField("约谈时间", null=True)
    meeting_place = models.CharField("约谈地点", max_length=200, blank=True)
    attendees = models.TextField("参加人员", max_length=1000, blank=True)
    minutes = models.TextField("纪要", max_length=8000, blank=True)
    minuted_at = models.DateTimeField("纪要时间", null=True)
    minuted_by_name = models.CharField("记录人", max_length=150, blank=True)
    effective_from = models.DateField("自", null=True)
    effective_to = models.DateField("至", null=True)
    standing = models.ForeignKey(
        Standing, models.PROTECT, null=True, related_name="+", verbose_name="资格标记"
    )
    answer = models.TextField("整改情况", max_length=4000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    note = models.TextField("意见", max_length=4000, blank=True)
    outcome = models.CharField("结果", max_length=16, choices=Outcome.choices, blank=True)
    outcome_at = models.DateTimeField("认定时间", null=True)
    overdue_told_on = models.DateField("逾期告知", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.PROPOSED)
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
        verbose_name = "监管措施"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "letter_year", "letter_seq"], name="action_letter_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "rule"],
                condition=Q(state="proposed") & ~Q(rule=""),
                name="action_one_proposal_per_rule",
            ),
            models.UniqueConstraint(
                fields=["former"],
                condition=~Q(state__in=("dismissed", "withdrawn")),
                name="action_one_step_after",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "dismissed"))
                | (
                    Q(issued_at__isnull=False, letter_seq__isnull=False)
                    & ~Q(matter="")
                    & ~Q(demand="")
                ),
                name="action_issued_with_letter",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & ~Q(note="")),
                name="action_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=False, effective_to__gte=F("effective_from")),
                name="action_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False, enterprise__isnull=True)
                | Q(institution__isnull=True, enterprise__isnull=False),
                name="action_of_one_side",
            ),
        ]
        indexes = [
            models.Index(fields=["province", "-id"], name="action_province"),
            models.Index(fields=["city", "-id"], name="action_city"),
            models.Index(fields=["county", "-id"], name="action_county"),
            models.Index(fields=["institution", "-id"], name="action_institution"),
            models.Index(fields=["enterprise", "-id"], name="action_enterprise"),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=("issued", "returned")),
                name="action_due",
            ),
        ]
        triggers = [ACTION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.action_no


class ActionWarning(models.Model):
    """A warning that an action rests on."""

    db_privileges = "append"

    action = models.ForeignKey(SupervisionAction, models.PROTECT, related_name="rests_on")
    warning = models.ForeignKey(Warning, models.PROTECT, related_name="actions")

    class Meta:
        verbose_name = "措施所依预警"
        constraints = [
            models.UniqueConstraint(fields=["action", "warning"], name="action_warning_once")
        ]

    def __str__(self) -> str:
        return f"{self.action_id}/{self.warning_id}"


class ActionInvite(models.Model):
    """An office that takes part: the health commission at a 联合约谈, whoever receives a lead."""

    db_privileges = "append"

    action = models.ForeignKey(SupervisionAction, models.PROTECT, related_name="invites")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "措施参与单位"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "action"], name="action_invite_once")
        ]

    def __str__(self) -> str:
        return f"{self.action_id}/{self.organisation_id}"
