"""The figures of all indicators, one row per month and key."""

from django.db import models
from django.db.models import Q

from monitoring.models.figure_columns import FigureColumns


class IndicatorValue(FigureColumns):
    """A figure of a computed month.

    Derived data: the table lives in schema rollup, which belongs to the application role, is
    partitioned by month, and a month is replaced as a whole by swapping its partition.
    """

    class Meta:
        db_table = 'rollup"."indicator_value'
        verbose_name = "指标值"
        indexes = [
            models.Index(
                fields=["subject_type", "subject_code", "indicator"],
                name="indicator_of_subject",
            ),
            models.Index(fields=["indicator", "subject_type"], name="indicator_rows"),
            models.Index(fields=["institution"], name="indicator_institution"),
            models.Index(fields=["enterprise"], name="indicator_enterprise"),
            # A product's page: the completion of all its institutions, of any month.
            models.Index(
                fields=["product_code", "indicator"], condition=~Q(product_code=""),
                name="indicator_of_product",
            ),
        ]  # fmt: skip
