"""What changed since the live figures were last brought up to date."""

from django.db import models


class LineDelta(models.Model):
    """One note of a write, made by a trigger in the writer's transaction.

    kind `line`, `delivery`, `receipt`, `return`: the row `row_id` of the order line `line_id` was
    inserted (`old` is empty), or updated or deleted (`old` is the row before). `agreement`,
    `report`, `complaint`: a document of the institution `row_id` changed. `rebuild`: something that
    all figures depend on changed, or too much at once. Drained by monitoring's fold, which deletes
    exactly what it has counted.
    """

    db_privileges = "full"

    kind = models.CharField("种类", max_length=10)
    row_id = models.BigIntegerField("行编号", null=True)
    line_id = models.BigIntegerField("订单行编号", null=True)
    ordered_at = models.DateTimeField("订单发送时间", null=True)
    old = models.JSONField("变动前", null=True)
    noted_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "变动记录"

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
