"""Which 注册证 covers a product on a day, and whether it may be ordered under it.

A product without any recorded registration is 'not recorded': shown so, not suspended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from catalog.models import Product, ProductRegistration, Registration, RegistrationVersion
from catalog.rules.registration import ENDED, EXPIRED, IN_FORCE, NOT_RECORDED, registration_verdict
from core.transitions.verdict import Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business

STATUS_WORDS = {
    NOT_RECORDED: ("未登记", "grey"),
    IN_FORCE: ("有效", "green"),
    EXPIRED: ("已到期", "red"),
    ENDED: ("已终止", "red"),
}


@dataclass(frozen=True)
class RegistrationState:
    """The registration of a product on one day; number and dates empty where none covers it."""

    status: str
    number: str = ""
    expires_on: date | None = None

    @property
    def verdict(self) -> Verdict:
        return registration_verdict(self.status, self.number, self.expires_on)

    @property
    def words(self) -> str:
        return STATUS_WORDS[self.status][0]

    @property
    def level(self) -> str:
        return STATUS_WORDS[self.status][1]


def visible_registrations(scope: Scope) -> QuerySet[Registration]:
    """Numbers and dates of registrations are open to the trade, as the catalogue is."""
    return for_business(scope, Registration.objects.all())


def visible_registration_versions(scope: Scope) -> QuerySet[RegistrationVersion]:
    return for_business(scope, RegistrationVersion.objects.all())


def visible_product_registrations(scope: Scope) -> QuerySet[ProductRegistration]:
    return for_business(scope, ProductRegistration.objects.all())


def covers(on: date, prefix: str = "") -> Q:
    """Half-open periods valid_from..valid_to that include the day."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


def with_registration(products: QuerySet[Product], on: date) -> QuerySet[Product]:
    """Each with registration_number, registration_expires_on and registration_status on the day.

    Costs three index look-ups per row given: annotate the page, not the 200,000.
    """
    links = ProductRegistration.objects.filter(product=OuterRef("pk"))
    link = links.filter(covers(on))
    paper = RegistrationVersion.objects.filter(
        covers(on),
        covers(on, "registration__product_links__"),
        registration__product_links__product=OuterRef("pk"),
    )
    return products.annotate(
        registration_number=Subquery(link.values("registration__number")[:1]),
        registration_expires_on=Subquery(paper.values("expires_on")[:1]),
    ).annotate(
        registration_status=Case(
            When(registration_expires_on__gt=on, then=Value(IN_FORCE)),
            When(registration_expires_on__lte=on, then=Value(EXPIRED)),
            When(Exists(links.filter(valid_from__lte=on)), then=Value(ENDED)),
            default=Value(NOT_RECORDED),
            output_field=CharField(),
        )
    )


def blocked_by_registration(on: date) -> Q:
    """Filter of `with_registration` rows that may not be ordered on the day."""
    return Q(registration_status__in=(EXPIRED, ENDED))


def state_of(product: Product) -> RegistrationState:
    """The state of a product that came from `with_registration`; no query."""
    return RegistrationState(
        status=getattr(product, "registration_status"),  # noqa: B009 - an annotation
        number=getattr(product, "registration_number") or "",  # noqa: B009
        expires_on=getattr(product, "registration_expires_on"),  # noqa: B009
    )


def registration_state(product: Product, on: date) -> RegistrationState:
    """The state of one product on a day; one query."""
    return state_of(with_registration(Product.objects.filter(pk=product.pk), on).get())


def registration_in_force(product: Product, on: date) -> Verdict:
    """May the product be ordered on the day, by its 注册证; with the reason where not."""
    return registration_state(product, on).verdict


def registration_history(scope: Scope, product: Product) -> QuerySet[RegistrationVersion]:
    """Every version of every number that ever covered the product, newest first."""
    return (
        visible_registration_versions(scope)
        .filter(registration__product_links__product=product)
        .select_related("registration")
        .annotate(
            covered_from=F("registration__product_links__valid_from"),
            covered_to=F("registration__product_links__valid_to"),
        )
        .order_by("-valid_from", "-id")
    )
