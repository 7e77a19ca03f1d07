"""What a pool's fund knows of a group before and during the year, for 结余留用."""

import pghistory
from django.db import models

from catalog.models import Batch, Group
from core.numbers.fields import QuantityField
from organisations.models import Pool


@pghistory.track()
class RetentionInput(models.Model):
    """Baseline price per base unit and three shares of 0 to 1; an empty value is never guessed."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="retention_inputs")
    year_no = models.PositiveSmallIntegerField("年度序号")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="retention_inputs")
    group = models.ForeignKey(Group, models.PROTECT, related_name="retention_inputs")
    baseline_price = QuantityField("集采前加权均价", null=True, blank=True)
    fund_share_before = QuantityField("上年基金支付比例", null=True, blank=True)
    fund_share = QuantityField("当年基金支付比例", null=True, blank=True)
    insured_share = QuantityField("本统筹区参保使用占比", null=True, blank=True)

    source = models.CharField("数据来源", max_length=200, blank=True, db_default="")
    entered_at = models.DateTimeField("录入时间", null=True, blank=True)
    entered_by_name = models.CharField("录入人", max_length=150, blank=True, db_default="")
    row_version = models.PositiveIntegerField("版本", db_default=1)

    class Meta:
        verbose_name = "结余留用测算数据"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "year_no", "pool", "group"], name="retention_input_key"
            ),
            models.CheckConstraint(
                condition=(
                    (models.Q(baseline_price__isnull=True) | models.Q(baseline_price__gte=0))
                    & (
                        models.Q(fund_share_before__isnull=True)
                        | models.Q(fund_share_before__range=(0, 1))
                    )
                    & (models.Q(fund_share__isnull=True) | models.Q(fund_share__range=(0, 1)))
                    & (models.Q(insured_share__isnull=True) | models.Q(insured_share__range=(0, 1)))
                ),
                name="retention_input_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.year_no} {self.pool_id} {self.group_id}"
