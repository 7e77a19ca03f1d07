"""An institution or an enterprise that asks to be let onto the platform."""

from django.db import models
from django.db.models import Q

from core.pinyin import InitialsField
from organisations.models.organisation import Organisation
from organisations.models.region import Pool, Region
from organisations.states import REGISTRATION_MACHINE, RegistrationState


class Registration(models.Model):
    """What the applicant says of itself, and how far the bureau is with it.

    `receipt_no` looks up the state without signing in and shows no personal data; `edit_digest`
    is the digest of the code that was shown once and opens the form again. `findings` says by
    field what has to be mended. `code` is the institution's 定点 code; an enterprise's is its
    信用代码.
    """

    db_privileges = "stage"

    State = RegistrationState

    class Kind(models.TextChoices):
        INSTITUTION = "institution", "医疗机构"
        ENTERPRISE = "enterprise", "企业"

    receipt_no = models.CharField("回执号", max_length=24, unique=True)
    edit_digest = models.CharField("修改码摘要", max_length=64)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    name = models.CharField("名称", max_length=200)
    initials = InitialsField("拼音首字母")
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    code = models.CharField("平台编码", max_length=18)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="所在地")
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="统筹区"
    )
    level = models.CharField("等级", max_length=10, choices=Organisation.Level.choices, blank=True)
    ownership = models.CharField(
        "性质", max_length=10, choices=Organisation.Ownership.choices, blank=True
    )
    institution_kind = models.CharField(
        "机构类型", max_length=10, choices=Organisation.InstitutionKind.choices, blank=True
    )
    is_manufacturer = models.BooleanField("生产企业", default=False)
    is_distributor = models.BooleanField("配送企业", default=False)
    address = models.CharField("地址", max_length=200)
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=30)
    admin_username = models.CharField("管理员用户名", max_length=50)
    admin_name = models.CharField("管理员姓名", max_length=50)
    admin_phone = models.CharField("管理员电话", max_length=30)
    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="registrations", verbose_name="受理医保局"
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记的机构",
    )
    findings = models.JSONField("逐项意见", default=dict, blank=True)
    review_note = models.TextField("审核意见", blank=True)
    created_at = models.DateTimeField("填写时间")
    source_ip = models.GenericIPAddressField("来源地址", null=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.DRAFT)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "注册申请"
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(state__in=["submitted", "in_review", "returned"]),
                name="registration_one_open_per_credit_code",
            ),
            models.CheckConstraint(
                condition=Q(kind="enterprise", is_manufacturer=True)
                | Q(kind="enterprise", is_distributor=True)
                | (
                    Q(kind="institution", is_manufacturer=False, is_distributor=False)
                    & ~Q(level="")
                    & ~Q(ownership="")
                    & ~Q(institution_kind="")
                ),
                name="registration_complete_for_its_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "state", "state_at"], name="registration_of_bureau"),
            models.Index(fields=["source_ip", "created_at"], name="registration_source"),
        ]
        triggers = [REGISTRATION_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.name} {self.receipt_no}"


class RegistrationStep(models.Model):
    """One step of a registration's timeline; the bureau's people are named by their office."""

    db_privileges = "append"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    office = models.CharField("办理单位", max_length=200)
    by_name = models.CharField("办理人", max_length=150, blank=True)
    verb = models.CharField("动作", max_length=20)
    label = models.CharField("动作名称", max_length=20)
    text = models.TextField("意见", blank=True)
    findings = models.JSONField("逐项意见", default=dict, blank=True)

    class Meta:
        verbose_name = "注册办理记录"
        indexes = [models.Index(fields=["registration", "id"], name="registration_step_order")]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.label}"
