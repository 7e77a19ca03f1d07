"""How an institution orders: over which amount somebody else inside approves first."""

from django.db import models
from django.db.models import Q

from organisations.models import Organisation


class OrderingSetting(models.Model):
    """One row per institution that set it; empty `approval_over`: clerks send by themselves."""

    institution = models.OneToOneField(
        Organisation, models.PROTECT, related_name="+", verbose_name="医疗机构"
    )
    approval_over = models.DecimalField(
        "超过此金额须院内审批（元）", max_digits=18, decimal_places=2, null=True, blank=True
    )
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "下单设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(approval_over__isnull=True) | Q(approval_over__gte=0),
                name="ordering_setting_amount",
            ),
        ]

    def __str__(self) -> str:
        return str(self.institution_id)
