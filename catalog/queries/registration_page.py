"""Everything on a 注册证's page: its versions, products, applications, papers, steps, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.models import (
    ApplicationPaper,
    Product,
    ProductApplication,
    ProductRegistration,
    Registration,
    RegistrationVersion,
)
from catalog.queries.application_rows import ApplicationRow, application_rows
from catalog.queries.applications import files_applications, visible_applications
from catalog.queries.expiry import ExpiryDays
from catalog.queries.registrations import (
    covers,
    visible_product_registrations,
    visible_registration_versions,
)
from catalog.queries.steps import steps_of
from catalog.states.application import OPEN_STATES, ApplicationKind
from core.views.object_page import Action, document_items
from organisations.queries.scope import Scope

KINDS = ("new_product", "renewal", "registration_change")
"""Applications whose papers are of the 注册证."""
FROM_HERE = (
    (ApplicationKind.RENEWAL, "申报延续（换证）"),
    (ApplicationKind.REGISTRATION_CHANGE, "申报内容变更"),
)
STEPS = {"registration.record": "登记", "registration.cover": "关联产品"}
SHOWN = 50


@dataclass(frozen=True)
class Covered:
    """A product and the days on which the number covers it."""

    product: Product
    valid_from: date
    valid_to: date | None
    now: bool


@dataclass(frozen=True)
class RegistrationPage:
    """`holds` is the version of today, `coming` one that begins later."""

    state: str
    level: str
    holds: RegistrationVersion | None
    coming: RegistrationVersion | None
    versions: list[RegistrationVersion]
    products: list[Covered]
    more_products: int
    applications: list[ApplicationRow]
    documents: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    actions: list[Action]
    next: str

    @property
    def expired(self) -> bool:
        return self.level == "red"


def registration_page(
    registration: Registration, scope: Scope, today: date, days: ExpiryDays
) -> RegistrationPage:
    """Gather it; a bounded number of queries for any number of products."""
    versions = list(
        visible_registration_versions(scope)
        .filter(registration=registration)
        .order_by("-valid_from", "-pk")
    )
    holds = next((each for each in versions if _holds(each, today)), None)
    state, level = days.stage((holds.expires_on - today).days if holds else None)
    links = visible_product_registrations(scope).filter(registration=registration)
    covered = _covered(links, today)
    applications = _applications(registration, links, scope)
    own = registration.manufacturer_id in {scope.organisation_id, *scope.predecessor_ids}
    acts = own and files_applications(scope)
    return RegistrationPage(
        state=state,
        level=level,
        holds=holds,
        coming=next((each for each in versions if each.valid_from > today), None),
        versions=versions,
        products=covered,
        more_products=max(0, links.count() - len(covered)),
        applications=application_rows(applications),
        documents=_documents(applications, registration),
        timeline=steps_of("registration", registration.pk, STEPS),
        actions=_actions(covered, applications) if acts else [],
        next=_next(level, own),
    )


def _holds(version: RegistrationVersion, today: date) -> bool:
    return version.valid_from <= today and (version.valid_to is None or version.valid_to > today)


def _covered(links: QuerySet[ProductRegistration], today: date) -> list[Covered]:
    """Those covered today first; a page full."""
    rows = links.select_related("product__group").order_by("product__name", "product__code", "pk")
    now = list(rows.filter(covers(today))[:SHOWN])
    before = list(rows.exclude(covers(today))[: SHOWN - len(now)])
    return [
        Covered(each.product, each.valid_from, each.valid_to, at < len(now))
        for at, each in enumerate([*now, *before])
    ]


def _applications(
    registration: Registration, links: QuerySet[ProductRegistration], scope: Scope
) -> list[ProductApplication]:
    """About its products or naming its number, as far as the reader sees applications."""
    named = Q(items__field="registration_number", items__after=registration.number)
    rows = visible_applications(scope).filter(kind__in=KINDS)
    about = rows.filter(named | Q(product__in=links.values("product"))).values("pk")
    return list(
        rows.filter(pk__in=about)
        .select_related("organisation", "office", "product", "province")
        .order_by("-pk")[:SHOWN]
    )


def _documents(
    applications: Sequence[ProductApplication], registration: Registration
) -> list[dict[str, Any]]:
    """Papers of the applications that the reader sees, each named; served by the application."""
    papers = (
        ApplicationPaper.objects.filter(application__in=applications, attachment__isnull=False)
        .select_related("attachment__file", "application")
        .order_by("-pk")
    )
    numbers = {paper.attachment_id: paper.application.application_no for paper in papers}
    files = [paper.attachment for paper in papers if paper.attachment is not None]
    return document_items(
        files, lambda each: reverse("application-file", args=[numbers[each.pk], each.pk])
    )


def _actions(
    covered: Iterable[Covered], applications: Iterable[ProductApplication]
) -> list[Action]:
    """Each greyed while one is under way, or where no product is covered to apply for."""
    products = [each.product for each in covered if each.now]
    codes = {product.code for product in products}
    made: list[Action] = []
    for kind, label in FROM_HERE:
        open_one = next(
            (
                each
                for each in applications
                if each.kind == kind and each.state in OPEN_STATES and each.target_key in codes
            ),
            None,
        )
        action: Action = {"label": label}
        if open_one is not None:
            number = open_one.application_no
            action["reason"] = (
                f"已有申请 {number}（{open_one.get_state_display()}），办结后可再申报"
            )
        elif not products:
            action["reason"] = "现在没有产品用这个证号：请从产品目录中的产品申报"
        else:
            address = reverse("application-new", args=[kind])
            action["url"] = f"{address}?product={products[0].code}"
            if not made:
                action["kind"] = "primary"
        made.append(action)
    return made


def _next(level: str, own: bool) -> str:
    if level == "red":
        return (
            "申报延续，生效之日起自动恢复采购" if own else "由生产企业申报延续，生效后自动恢复采购"
        )
    if level in ("orange", "yellow"):
        return "请在到期前申报延续：审核和公示需要时间" if own else "由生产企业在到期前申报延续"
    return ""
