"""What one stage decided of an organisation and other stages must know."""

from django.db import models
from django.db.models import F, Q

from organisations.models.organisation import Organisation


class Standing(models.Model):
    """A dated mark on an organisation (报量风险提示, 暂停直接结算, …); it ends by its own date."""

    class Kind(models.TextChoices):
        REPORT_RISK = "report_risk", "报量风险提示"
        REDUCED_QUANTITY = "reduced_quantity", "减少约定采购量"
        SETTLEMENT_SUSPENDED = "settlement_suspended", "暂停直接结算"
        DISQUALIFIED = "disqualified", "取消参加集采资格"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="standings")
    kind = models.CharField("种类", max_length=30, choices=Kind.choices)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    clause = models.CharField("依据", max_length=100)
    reason = models.TextField("事由")
    set_by_id = models.BigIntegerField("作出人编号")
    set_by_name = models.CharField("作出人", max_length=150)
    set_at = models.DateTimeField("作出时间")

    class Meta:
        verbose_name = "资格标记"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="standing_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["organisation", "kind"], name="standing_of_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.get_kind_display()}"
