"""How the columns of an organisation's own Excel files are called; said once, used at each upload."""

from django.db import models

from organisations.models import Organisation


class ColumnMapping(models.Model):
    """`columns` holds {our field: the heading in the organisation's files}, of one kind of file."""

    class Kind(models.TextChoices):
        ORDERS = "orders", "采购车导入"
        RECEIPTS = "receipts", "收货导入"
        SHIPMENTS = "shipments", "发货导入"
        PLANS = "plans", "采购计划导入"
        RETURNS = "returns", "退换货导入"
        INVOICES = "invoices", "发票导入"
        CODES = "codes", "追溯码导入"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="单位"
    )
    kind = models.CharField("用途", max_length=10, choices=Kind.choices)
    columns = models.JSONField("列名对照")
    changed_at = models.DateTimeField("更新时间")
    changed_by_id = models.BigIntegerField("更新人编号", null=True)
    changed_by_name = models.CharField("更新人", max_length=150)
    row_version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "列名对照"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="column_mapping_key"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
