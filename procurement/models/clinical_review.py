"""处方点评: what an institution's reviewer found of the reason for a non-selected order."""

from django.db import models

from organisations.models.stamps import PartyStamps
from procurement.models.cart import ClinicalReason


class ClinicalReview(PartyStamps):
    """One result; a later one of the same reason stands, the earlier ones stay."""

    db_privileges = "append"

    class Result(models.TextChoices):
        REASONABLE = "reasonable", "合理"
        INSUFFICIENT = "insufficient", "理由不充分，须补充"
        UNREASONABLE = "unreasonable", "不合理，应选用中选产品"
        EXCESSIVE = "excessive", "用量不合理"

    clinical_reason = models.ForeignKey(
        ClinicalReason, models.PROTECT, related_name="reviews", verbose_name="非中选采购理由"
    )
    review_no = models.PositiveSmallIntegerField("点评序号")
    result = models.CharField("点评结果", max_length=14, choices=Result.choices)
    note = models.CharField("点评意见", max_length=500, blank=True)
    reviewed_at = models.DateTimeField("点评时间")
    reviewed_by_id = models.BigIntegerField("点评人编号", null=True)
    reviewed_by_name = models.CharField("点评人", max_length=150)

    class Meta:
        verbose_name = "处方点评"
        constraints = [
            models.UniqueConstraint(
                fields=["clinical_reason", "review_no"], name="clinical_review_no"
            ),
            models.CheckConstraint(
                condition=models.Q(result="reasonable") | ~models.Q(note=""),
                name="clinical_review_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinical_reason_id}/{self.review_no}"
