"""What was sent back after acceptance; partitioned by month of returned_at."""

from django.db import models

from core.numbers.fields import QuantityField
from procurement.models.line_copies import LineCopies


class Return(LineCopies):
    """Returned packs of a line; counted in the period of their own time."""

    return_no = models.CharField("退货号", max_length=60)
    packs = QuantityField("退货包装数")
    returned_at = models.DateTimeField("退货时间")

    class Meta:
        verbose_name = "退货"
        constraints = [
            models.UniqueConstraint(fields=["return_no", "returned_at"], name="return_key"),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="return_line"),
            models.Index(fields=["institution", "returned_at", "id"], name="return_institution"),
        ]

    def __str__(self) -> str:
        return self.return_no
