"""Record a 注册证, its next version, and which products it covers from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from catalog.models import Product, ProductRegistration, Registration, RegistrationVersion
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from organisations.models.organisation import Organisation

OBJECT_TYPE = "registration"


@operation
def record_registration(
    *,
    number: str,
    kind: str,
    manufacturer: Organisation,
    holder: str,
    issued_on: date,
    expires_on: date,
    scope_text: str,
    valid_from: date,
    source: str,
    by: Actor,
    at: datetime,
) -> RegistrationVersion:
    """Put a paper in force from a day on: a new number, or the next version of a known one.

    The version before it ends on that day; what was in force before stays as it was. Raises
    TransitionRefused where the number is another manufacturer's or a later version stands.
    """
    registration, made = Registration.objects.select_for_update().get_or_create(
        number=number, defaults={"kind": kind, "manufacturer": manufacturer}
    )
    if registration.manufacturer_id != manufacturer.pk:
        raise TransitionRefused(
            f"注册证 {number} 已登记在另一家企业名下：请核对证号，有误的联系省级采购服务中心"
        )
    if not made:
        _end_before(registration, valid_from)
    version = RegistrationVersion.objects.create(
        registration=registration, holder=holder, issued_on=issued_on, expires_on=expires_on,
        scope=scope_text, valid_from=valid_from, source=source,
    )  # fmt: skip
    record(
        by=by, at=at, action="registration.record", object_type=OBJECT_TYPE,
        object_key=registration.pk, object_label=number,
        detail={
            "holder": holder, "issued_on": issued_on.isoformat(),
            "expires_on": expires_on.isoformat(), "valid_from": valid_from.isoformat(),
            "source": source, "new_number": made,
        },
    )  # fmt: skip
    return version


def _end_before(registration: Registration, day: date) -> None:
    """End the open version on `day`; one that begins on or after it is in the way."""
    later = registration.versions.filter(valid_from__gte=day).order_by("valid_from").first()
    if later is not None:
        raise TransitionRefused(
            f"注册证 {registration.number} 已有自 {later.valid_from:%Y-%m-%d} 起的登记："
            "请把生效日改到其后"
        )
    open_then = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    registration.versions.filter(open_then).update(valid_to=day)


@operation
def cover_products(
    *,
    registration: Registration,
    products: Iterable[Product],
    valid_from: date,
    by: Actor,
    at: datetime,
) -> int:
    """Let the number cover the products from a day on, in place of the one before; how many were new.

    Raises TransitionRefused where a product already has a number from a later day.
    """
    wanted = list(products)
    ids = [product.pk for product in wanted]
    # Ordered locks: two changes of the same products wait instead of meeting crosswise.
    list(Product.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
    links = ProductRegistration.objects.filter(product__in=ids)
    open_then = Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
    same = set(
        links.filter(open_then, registration=registration, valid_from__lte=valid_from).values_list(
            "product_id", flat=True
        )
    )
    rest = [product for product in wanted if product.pk not in same]
    later = (
        links.filter(product__in=rest, valid_from__gte=valid_from).select_related("product").first()
    )
    if later is not None:
        raise TransitionRefused(
            f"产品 {later.product.code} 已有自 {later.valid_from:%Y-%m-%d} 起的注册证："
            "请把生效日改到其后"
        )
    links.filter(open_then, product__in=rest).update(valid_to=valid_from)
    ProductRegistration.objects.bulk_create(
        ProductRegistration(product=product, registration=registration, valid_from=valid_from)
        for product in rest
    )
    if rest:
        record(
            by=by, at=at, action="registration.cover", object_type=OBJECT_TYPE,
            object_key=registration.pk, object_label=registration.number,
            detail={
                "products": [product.code for product in rest],
                "valid_from": valid_from.isoformat(),
            },
        )  # fmt: skip
    return len(rest)
