"""What dated entries share: from a day to the day before another, by a clause, set by somebody."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.group import Group
from catalog.models.product import Product
from organisations.models.consortium import DateRange


class DatedEntry(models.Model):
    """One row of a list that the offices keep by hand or by Excel; ended, never deleted."""

    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    clause = models.CharField("依据", max_length=200)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=150)

    class Meta:
        abstract = True


class OfGroupOrProduct(models.Model):
    """An entry about a group, or about one product."""

    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="品种"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="产品"
    )

    class Meta:
        abstract = True


def dated_checks(prefix: str) -> list[models.BaseConstraint]:
    """It names its clause, and does not end before it begins."""
    return [
        models.CheckConstraint(condition=~Q(clause=""), name=f"{prefix}_has_clause"),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            name=f"{prefix}_ends_after_start",
        ),
    ]


def one_a_day(name: str, columns: Sequence[str]) -> ExclusionConstraint:
    """Never two rows of the same columns on one day."""
    period = DateRange("valid_from", "valid_to", RangeBoundary())
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((column, RangeOperators.EQUAL) for column in columns),
            (period, RangeOperators.OVERLAPS),
        ],
    )


def group_or_product(prefix: str, once: str, *of: str) -> list[models.BaseConstraint]:
    """Either of the two, and for each of them (and what `of` names beside) one row a day."""
    return [
        models.CheckConstraint(
            condition=Q(group__isnull=True) ^ Q(product__isnull=True),
            name=f"{prefix}_of_group_or_product",
        ),
        *(
            one_a_day(f"{prefix}_{once}_per_{subject}", [*of, subject])
            for subject in ("group", "product")
        ),
    ]
