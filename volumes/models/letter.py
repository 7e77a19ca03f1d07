"""承诺函: the paper by which an institution's head stands in for the reported figures."""

import pghistory
from django.db import models
from django.db.models import Q

from core.attachments.models import Attachment
from volumes.models.report import VolumeReport
from volumes.states.letter import LETTER_MACHINE, LetterKind, LetterState, SignerPost


@pghistory.track()
class CommitmentLetter(models.Model):
    """A letter made from one version of a report's figures, whose digest it prints.

    `document` is the PDF as the platform made it, `signed_document` what was signed: the same PDF
    with an electronic signature, or the scan of the paper with signature and seal. A later change
    of a figure voids it; one that is not void is the only one of its report.
    """

    State = LetterState

    report = models.ForeignKey(
        VolumeReport, models.PROTECT, related_name="letters", verbose_name="报量"
    )
    letter_no = models.PositiveIntegerField("序号")
    figures_version = models.PositiveIntegerField("数字版本")
    digest = models.CharField("数字摘要", max_length=64)
    document = models.ForeignKey(
        Attachment, models.PROTECT, related_name="+", verbose_name="承诺函"
    )
    kind = models.CharField("签署方式", max_length=10, choices=LetterKind.choices, blank=True)
    signed_document = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="已签署的承诺函",
    )  # fmt: skip
    signer_name = models.CharField("签署人", max_length=100, blank=True)
    signer_post = models.CharField("职务", max_length=16, choices=SignerPost.choices, blank=True)
    signed_on = models.DateField("签署日期", null=True, blank=True)
    certificate_serial = models.CharField("证书序列号", max_length=80, blank=True)
    void_reason = models.CharField("失效原因", max_length=200, blank=True)
    made_at = models.DateTimeField("生成时间")
    made_by_name = models.CharField("生成人", max_length=150)
    state = models.CharField(
        "状态", max_length=10, choices=LetterState.choices, default=LetterState.MADE
    )
    state_at = models.DateTimeField("状态时间")
    state_by_id = models.BigIntegerField("状态变更人编号", null=True)
    state_by_name = models.CharField("状态变更人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "承诺函"
        constraints = [
            models.UniqueConstraint(fields=["report", "letter_no"], name="letter_key"),
            models.UniqueConstraint(
                fields=["report"], condition=~Q(state="void"), name="letter_one_standing"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | (
                    ~Q(kind="")
                    & ~Q(signer_name="")
                    & ~Q(signer_post="")
                    & Q(signed_on__isnull=False, signed_document__isnull=False)
                ),
                name="letter_signed_names_signer",
            ),
        ]
        triggers = [LETTER_MACHINE.trigger()]

    def __str__(self) -> str:
        return f"{self.report_id} 第{self.letter_no}份"
