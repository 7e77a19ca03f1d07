"""三方协议 as a document: versions, their frozen lines, and who has signed."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from catalog.models import Batch, Product
from contracts.states.agreement import AGREEMENT_MACHINE, PENDING, AgreementState, Party
from core.attachments.models import Attachment
from core.numbers.fields import QuantityField
from organisations.models import Organisation
from organisations.models.stamps import PartyStamps

TEXT = (
    "agreement_no", "version", "batch", "year_no", "institution", "manufacturer", "distributor",
    "starts_on", "ends_on", "text_digest",
)  # fmt: skip
"""What the signed text says of the head; the database refuses any change of it."""


@pghistory.track()
class Agreement(PartyStamps):
    """One version. Its items never change; what counts as agreed is AgreementLine.

    `sign_by` is the last day for signing (the day before the batch's year begins). The three
    `…_signed_at` repeat the signatures for lists. `starts_on`, `ends_on` are the agreement year's,
    both days included.
    """

    State = AgreementState

    class Basis(models.TextChoices):
        GENERATED = "generated", "按约定采购量生成"
        LINES = "lines", "按已有协议行生成"
        CHANGE = "change", "变更"
        RENEWAL = "renewal", "续签"

    agreement_no = models.CharField("协议编号", max_length=60)
    version = models.PositiveSmallIntegerField("版本号", default=1)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="agreements", verbose_name="批次")
    year_no = models.PositiveSmallIntegerField("年度序号")
    starts_on = models.DateField("年度起")
    ends_on = models.DateField("年度止")
    sign_by = models.DateField("签订期限")
    basis = models.CharField("由来", max_length=12, choices=Basis.choices)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="successors", verbose_name="替代的版本"
    )
    change_reason = models.CharField("变更原因", max_length=500, blank=True)
    explanation = models.CharField("低于续签下限的说明", max_length=500, blank=True)
    text_digest = models.CharField("文本摘要", max_length=64)
    institution_signed_at = models.DateTimeField("医疗机构签订", null=True)
    manufacturer_signed_at = models.DateTimeField("生产企业签订", null=True)
    distributor_signed_at = models.DateTimeField("配送企业签订", null=True)
    refusal_reason = models.CharField("拒签原因", max_length=500, blank=True)
    refused_party = models.CharField("拒签方", max_length=12, choices=Party.choices, blank=True)
    ending_reason = models.CharField("终止原因", max_length=500, blank=True)
    made_at = models.DateTimeField("生成时间")
    made_by_id = models.BigIntegerField("生成人编号", null=True)
    made_by_name = models.CharField("生成人", max_length=150)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.UNSIGNED)
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "三方协议"
        constraints = [
            models.UniqueConstraint(fields=["agreement_no", "version"], name="agreement_key"),
            models.UniqueConstraint(
                fields=["agreement_no"],
                condition=Q(state="in_force"),
                name="agreement_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["agreement_no"],
                condition=Q(state__in=PENDING),
                name="agreement_one_pending",
            ),
            models.UniqueConstraint(
                fields=["batch", "year_no", "institution", "manufacturer", "distributor"],
                condition=Q(version=1),
                name="agreement_made_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="agreement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("in_force", "expired", "terminated"))
                | Q(
                    institution_signed_at__isnull=False,
                    manufacturer_signed_at__isnull=False,
                    distributor_signed_at__isnull=False,
                ),
                name="agreement_in_force_by_all_three",
            ),
            models.CheckConstraint(
                condition=~Q(state="unsigned")
                | Q(
                    institution_signed_at__isnull=True,
                    manufacturer_signed_at__isnull=True,
                    distributor_signed_at__isnull=True,
                ),
                name="agreement_unsigned_by_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["-made_at", "-id"], name="agreement_newest"),
            models.Index(fields=["institution", "-made_at"], name="agreement_institution"),
            models.Index(fields=["manufacturer", "-made_at"], name="agreement_manufacturer"),
            models.Index(fields=["distributor", "-made_at"], name="agreement_distributor"),
            models.Index(fields=["batch", "year_no", "state"], name="agreement_batch"),
        ]
        triggers = [
            AGREEMENT_MACHINE.trigger(),
            pgtrigger.ReadOnly(name="agreement_text", fields=list(TEXT)),
        ]

    @property
    def key(self) -> str:
        """How addresses name this version."""
        return f"{self.agreement_no}~{self.version}"

    def __str__(self) -> str:
        return (
            self.agreement_no if self.version == 1 else f"{self.agreement_no}（第{self.version}版）"
        )


class AgreementItem(models.Model):
    """One product in the text of one version; append-only, and not after the first signature."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="items")
    line_no = models.PositiveSmallIntegerField("序号")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name="产品")
    agreed_qty = QuantityField("约定采购量")
    price = QuantityField("价格（每包装）")

    db_privileges = "append"

    class Meta:
        verbose_name = "协议文本行"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "product"], name="agreement_item_once"),
            models.CheckConstraint(
                condition=Q(agreed_qty__gt=0, price__gt=0), name="agreement_item_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.line_no}"


class AgreementSignature(models.Model):
    """One party's signature under one version; append-only, one per party.

    `organisation` holds the certificate; where it is not the party itself, `power` empowers it.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    party = models.CharField("签署方", max_length=12, choices=Party.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="签署单位"
    )
    power = models.ForeignKey(
        "contracts.PowerOfAttorney", models.PROTECT, null=True, related_name="signatures",
        verbose_name="授权书",
    )  # fmt: skip
    signer_id = models.BigIntegerField("签署人编号")
    signer_name = models.CharField("签署人", max_length=150)
    post = models.CharField("职务", max_length=40)
    certificate_serial = models.CharField("证书序列号", max_length=80)
    text_digest = models.CharField("文本摘要", max_length=64)
    revision_digest = models.CharField("签署后文件摘要", max_length=64)
    document = models.ForeignKey(
        Attachment, models.PROTECT, related_name="+", verbose_name="签署后文件"
    )
    signed_at = models.DateTimeField("签署时间")

    db_privileges = "append"

    class Meta:
        verbose_name = "协议签署"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"], name="agreement_signed_once_by_party"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.get_party_display()}"
