"""线索 for 带金销售 and breaches of supply: one find of one method, and the searches that found them."""

from django.db import models
from django.db.models import F, Q

from core.numbers.fields import HeldField
from monitoring.states.lead import LEAD_MACHINE, LeadKind, LeadState
from organisations.models.stamps import party


class LeadSearch(models.Model):
    """One look through the orders of a province, up to the end of a month."""

    province = party("organisations.Region", "省份")
    month = models.DateField("月份")
    found = models.PositiveIntegerField("新线索")
    ran_at = models.DateTimeField("筛查时间")
    ran_by_name = models.CharField("筛查人", max_length=150)

    class Meta:
        verbose_name = "线索筛查"
        constraints = [
            models.UniqueConstraint(fields=["province", "month"], name="lead_search_once"),
        ]

    def __str__(self) -> str:
        return f"{self.province_id} {self.month:%Y-%m}"


class Lead(models.Model):
    """What a method found of one institution or enterprise; neither of them sees it.

    `method`, `finding`, `evidence` ({columns, rows, total}, all texts; the newest lines) and their
    `digest` (SHA-256) are as they stood when it was found and never change. `measured` is the
    figure of the method, `compared` that of its peers (empty where there is nothing to compare).
    """

    Kind = LeadKind
    State = LeadState

    lead_no = models.CharField("编号", max_length=40, unique=True)
    kind = models.CharField("类型", max_length=16, choices=Kind.choices)
    province = party("organisations.Region", "省份")
    institution = party("organisations.Organisation", "医疗机构", null=True)
    enterprise = party("organisations.Organisation", "企业", null=True)
    group = party("catalog.Group", "品种", null=True)
    product = party("catalog.Product", "产品", null=True)
    period_from = models.DateField("期间起")
    period_to = models.DateField("期间止")
    measured = HeldField("数值")
    compared = HeldField("对照", null=True)
    amount = HeldField("涉及金额")
    method = models.TextField("研判方法", max_length=4000)
    finding = models.TextField("发现", max_length=4000)
    evidence = models.JSONField("证据", default=dict)
    digest = models.CharField("证据摘要", max_length=64)
    found_at = models.DateTimeField("发现时间")
    check_note = models.TextField("核查意见", max_length=4000, blank=True)
    transfer_note = models.TextField("移交说明", max_length=4000, blank=True)
    receiver = party("organisations.Organisation", "接收单位", null=True)
    transferred_at = models.DateTimeField("移交时间", null=True)
    transferred_by_name = models.CharField("移交人", max_length=150, blank=True)
    outcome = models.TextField("办理结果", max_length=4000, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.FOUND)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "线索"
        constraints = [
            models.UniqueConstraint(
                fields=["province", "period_to", "kind", "institution", "enterprise", "group",
                        "product"],
                name="lead_once", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")), name="lead_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False) | Q(enterprise__isnull=False),
                name="lead_is_about_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["transferred", "answered"])
                | (Q(receiver__isnull=False, transferred_at__isnull=False) & ~Q(transfer_note="")),
                name="lead_transfer_is_recorded",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["province", "-id"], name="lead_province"),
            models.Index(
                fields=["receiver", "-id"], condition=Q(receiver__isnull=False),
                name="lead_receiver",
            ),
        ]  # fmt: skip
        triggers = [LEAD_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.lead_no
