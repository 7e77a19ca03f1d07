"""What a manufacturer asks to be changed in the catalogue, and how far the offices are with it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalog.models.product import Product
from catalog.states.application import (
    APPLICATION_MACHINE,
    OPEN_STATES,
    ApplicationKind,
    ApplicationState,
)
from core.attachments.models import Attachment
from organisations.models.organisation import Organisation
from organisations.models.stamps import party


class ProductApplication(models.Model):
    """One application; the catalogue stays as it is until it takes effect.

    `path` are the levels that review it, `level` the one that has it, `office` who holds it now
    (empty: the applicant, or nobody). `target_key` is what no second open application of the kind
    may be about. County, city and province say which authorities see it.
    """

    State = ApplicationState
    Kind = ApplicationKind

    application_no = models.CharField("申请编号", max_length=20, unique=True)
    kind = models.CharField("申请类别", max_length=20, choices=Kind.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="applications", verbose_name="申请企业"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="applications",
        verbose_name="产品",
    )  # fmt: skip
    target_key = models.CharField("申请对象", max_length=60)
    title = models.CharField("产品名称", max_length=300)
    reason = models.TextField("申请说明", blank=True)
    path = ArrayField(models.CharField(max_length=10), default=list, verbose_name="审核层级")
    needs_publicity = models.BooleanField("须公示", default=True)
    level = models.CharField("现层级", max_length=10, blank=True)
    office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="办理单位",
    )  # fmt: skip
    held_since = models.DateTimeField("本环节自", null=True, blank=True)
    due_on = models.DateField("本环节期限", null=True, blank=True)
    due_provisional = models.BooleanField("期限暂定", default=False)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by_id = models.BigIntegerField("提交人编号", null=True)
    submitted_by_name = models.CharField("提交人", max_length=150, blank=True)
    publicity_from = models.DateField("公示自", null=True, blank=True)
    publicity_to = models.DateField("公示至", null=True, blank=True)
    effective_on = models.DateField("生效日期", null=True, blank=True)
    effect_problem = models.TextField("未能生效的原因", blank=True)
    opinion = models.TextField("审核意见", blank=True)
    created_at = models.DateTimeField("填写时间")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)
    county = party("organisations.Region", "县（市、区）", null=True)
    city = party("organisations.Region", "设区市", null=True)
    province = party("organisations.Region", "省份")

    class Meta:
        verbose_name = "挂网申请"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_key"],
                condition=Q(state__in=OPEN_STATES),
                name="application_one_open_per_target",
            ),
            models.CheckConstraint(
                condition=Q(kind="new_product") | Q(product__isnull=False),
                name="application_names_its_product",
            ),
            models.CheckConstraint(
                condition=~Q(state="publicity")
                | Q(publicity_from__isnull=False, publicity_to__isnull=False),
                name="application_publicity_has_window",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(effective_on__isnull=False),
                name="application_approved_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="application_of_enterprise"),
            models.Index(fields=["office", "state", "due_on"], name="application_queue"),
            models.Index(fields=["state", "effective_on"], name="application_due"),
            models.Index(fields=["province", "-id"], name="application_province"),
            models.Index(fields=["city", "-id"], name="application_city"),
            models.Index(fields=["county", "-id"], name="application_county"),
            models.Index(fields=["product", "-id"], name="application_of_product"),
        ]
        triggers = [APPLICATION_MACHINE.trigger()]

    def __str__(self) -> str:
        return self.application_no


class ApplicationItem(models.Model):
    """One field that is asked to change: what it was when it was filed, and what it shall be."""

    db_privileges = "full"

    application = models.ForeignKey(
        ProductApplication, models.PROTECT, related_name="items", verbose_name="申请"
    )
    field = models.CharField("项目", max_length=30)
    before = models.TextField("原值", blank=True)
    after = models.TextField("新值", blank=True)
    finding = models.CharField("审核意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "申请项目"
        constraints = [
            models.UniqueConstraint(fields=["application", "field"], name="application_item_key")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.field}"


class ApplicationPaper(models.Model):
    """A paper that the kind asks for: the file, or why there is none and what stands in its place."""

    db_privileges = "full"

    application = models.ForeignKey(
        ProductApplication, models.PROTECT, related_name="papers", verbose_name="申请"
    )
    paper = models.CharField("材料", max_length=30)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    substitute = models.CharField("替代材料", max_length=30, blank=True)
    missing_reason = models.CharField("没有该材料的原因", max_length=300, blank=True)
    finding = models.CharField("审核意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "申请材料"
        constraints = [
            models.UniqueConstraint(fields=["application", "paper"], name="application_paper_key"),
            models.CheckConstraint(
                condition=Q(substitute="") | ~Q(missing_reason=""),
                name="application_substitute_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.paper}"


class ApplicationStep(models.Model):
    """One step of an application's timeline."""

    db_privileges = "append"

    application = models.ForeignKey(ProductApplication, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("操作人编号", null=True)
    by_name = models.CharField("操作人", max_length=150)
    organisation_name = models.CharField("单位", max_length=200, blank=True)
    verb = models.CharField("动作", max_length=30)
    label = models.CharField("动作名称", max_length=60)
    to_state = models.CharField("新状态", max_length=12)
    text = models.TextField("内容", blank=True)

    class Meta:
        verbose_name = "申请办理记录"
        indexes = [models.Index(fields=["application", "id"], name="application_step_order")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.label}"
