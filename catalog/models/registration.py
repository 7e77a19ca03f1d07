"""注册证 and 批准文号: a number, its dated versions, and the products that it covers."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product
from organisations.models.consortium import DateRange
from organisations.models.organisation import Organisation


@pghistory.track()
class Registration(models.Model):
    """One number as the drug regulator gave it; what stands on the paper is in its versions."""

    class Kind(models.TextChoices):
        DRUG_APPROVAL = "drug_approval", "药品批准文号"
        DEVICE_REGISTRATION = "device_registration", "医疗器械注册证"

    number = models.CharField("注册证号", max_length=60, unique=True)
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    manufacturer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="product_papers", verbose_name="生产企业"
    )

    class Meta:
        verbose_name = "注册证"

    def __str__(self) -> str:
        return self.number


@pghistory.track()
class RegistrationVersion(models.Model):
    """The paper under one number from a day to the day before another; never two on a day.

    A renewal and changed content of the same number are new versions. expires_on is the day that
    the paper names (有效期至): from that day on nothing is ordered under it.
    """

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="versions")
    holder = models.CharField("注册人/持有人", max_length=200)
    issued_on = models.DateField("批准日期")
    expires_on = models.DateField("有效期至")
    scope = models.TextField("适用范围及登记内容", blank=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)
    source = models.CharField("来源", max_length=100)

    class Meta:
        verbose_name = "注册证版本"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("issued_on")),
                name="registration_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="registration_version_ends_after_start",
            ),
            ExclusionConstraint(
                name="registration_one_version_a_day",
                expressions=[
                    ("registration", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="registration_expiry")]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.valid_from}"


@pghistory.track()
class ProductRegistration(models.Model):
    """Which number covers a product from a day to the day before another; one on any day."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="registration_links")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="product_links")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "产品的注册证"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="product_registration_ends_after_start",
            ),
            ExclusionConstraint(
                name="product_registration_one_a_day",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    (
                        DateRange("valid_from", "valid_to", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}~{self.registration_id}"
