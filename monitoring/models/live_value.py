"""The figures of the running month, as of the latest fold."""

from django.db import models
from django.db.models import Q

from monitoring.models.figure_columns import FigureColumns


class LiveValue(FigureColumns):
    """A figure of the running month at the cut that LiveMonth names.

    Kept current by folds (monitoring.operations.live) and replaced as a whole by each rebuild. The
    first index is the key by which a fold finds the rows that it adds to.
    """

    class Meta:
        db_table = 'rollup"."live_value'
        verbose_name = "实时指标值"
        indexes = [
            models.Index(
                fields=[
                    "subject_type", "subject_code", "indicator", "window", "batch_code",
                    "group_code", "product_code",
                ],
                name="live_value_key",
            ),
            models.Index(fields=["indicator", "subject_type"], name="live_value_rows"),
            models.Index(fields=["institution"], name="live_value_institution"),
            models.Index(fields=["enterprise"], name="live_value_enterprise"),
            models.Index(
                fields=["product_code", "indicator"], condition=~Q(product_code=""),
                name="live_value_product",
            ),
        ]  # fmt: skip
