"""One jurisdiction's dated set of rules."""

import pghistory
from django.db import models

from policy.models.document import Document


@pghistory.track()
class Policy(models.Model):
    """What a batch names; effective_from decides for subjects without a batch.

    province_code is a plain six-digit code: policies are shipped with the platform,
    regions are loaded with a province's data, later.
    """

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    province_code = models.CharField("省份代码", max_length=6)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="policies")
    effective_from = models.DateField("施行日期")

    class Meta:
        verbose_name = "政策"
        verbose_name_plural = "政策"
        ordering = ["province_code", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["province_code", "effective_from"],
                name="policy_one_start_per_province_day",
            ),
            models.CheckConstraint(
                condition=models.Q(province_code__regex=r"^[0-9]{6}$"),
                name="policy_province_code_six_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name
