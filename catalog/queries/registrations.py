"""Which 注册证 covers a product on a day, and whether it may be ordered under it.

A product without any recorded registration is 'not recorded': shown so, not suspended.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from catalog.models import Product, ProductRegistration, Registration, RegistrationVersion
from catalog.queries.tradable import NotTradable, add_source
from catalog.rules.registration import ENDED, EXPIRED, IN_FORCE, NOT_RECORDED, registration_verdict
from core.database.prepared import Prepared
from core.transitions.verdict import Verdict
from organisations.models import Region
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


def registrations_with_paper(scope: Scope, on: date) -> QuerySet[Registration]:
    """Each with the paper in force on the day: holder, issued_on, expires_on, and product_count."""
    paper = RegistrationVersion.objects.filter(covers(on), registration=OuterRef("pk"))
    covered = covers(on, "product_links__")
    return (
        visible_registrations(scope)
        .select_related("manufacturer")
        .annotate(
            holder=Subquery(paper.values("holder")[:1]),
            issued_on=Subquery(paper.values("issued_on")[:1]),
            expires_on=Subquery(paper.values("expires_on")[:1]),
            left_days=ExpressionWrapper(F("expires_on") - Value(on), output_field=DurationField()),
            product_count=Count("product_links", filter=covered, distinct=True),
        )
    )


def expiring_within(rows: QuerySet[Registration], days: int) -> QuerySet[Registration]:
    """Of `registrations_with_paper`: those whose paper ends in so many days or has ended."""
    return rows.filter(Q(left_days__lte=timedelta(days=days)))


def _blocked(products: list[int], on: date) -> QuerySet[Product]:
    rows = with_registration(Product.objects.filter(pk__among=products), on)
    return rows.filter(blocked_by_registration(on)).select_related("manufacturer")


_BLOCKED = Prepared(_blocked, [-1], date.min)


def reasons_of_registrations(
    ids: Collection[int], on: date, region: Region | None
) -> dict[int, list[NotTradable]]:
    """An expired or ended 注册证, for `why_not_tradable`; registered at start."""
    found: dict[int, list[NotTradable]] = {}
    for product in _BLOCKED.rows(list(ids), on):
        said = state_of(product).verdict
        ask = f"由生产企业 {product.manufacturer.name} 申报注册证延续"
        found[product.pk] = [NotTradable("registration", said.reason, said.clause, ask)]
    return found


add_source(reasons_of_registrations)
