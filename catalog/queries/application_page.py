"""Everything on an application's page: items, papers, facts beside the form, timeline, next steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import (
    ApplicationPaper,
    ApplicationStep,
    Listing,
    Product,
    ProductApplication,
)
from catalog.queries.application_objections import objection_counts
from catalog.queries.application_offices import days_of
from catalog.queries.application_rows import ApplicationRow, application_rows
from catalog.queries.applications import (
    OBJECT_TYPE,
    OBJECTION_TYPE,
    application_standings,
    visible_applications,
)
from catalog.queries.listings import visible_listings
from catalog.queries.product_rows import price_history, products_with_group
from catalog.queries.registrations import RegistrationState, registration_state
from catalog.rules.applications.fields import FIELDS, shown
from catalog.rules.applications.papers import SUBSTITUTES, Paper, papers_of
from catalog.rules.applications.review import (
    LEVEL_WORDS,
    PUBLICITY_DAYS,
    ROUTES,
    Route,
    may_conclude,
)
from catalog.states.application import (
    APPLICANT,
    APPLICANT_STATES,
    APPLICATION_MACHINE,
    OPEN_STATES,
    REVIEWER,
)
from core.attachments.models import Attachment
from core.transitions import Offer, Verdict
from core.views.object_page import document_items
from organisations.queries.scope import Scope
from organisations.queries.visibility import within

NEXT = {
    "draft": "补齐材料后提交",
    "submitted": "办理单位核对材料是否齐全，受理或退回",
    "in_review": "审核通过后转报上级",
    "publicity": "公示期满没有异议即通过；有异议的先裁定",
    "approved": "到生效日期自动生效，此前按原登记执行",
    "returned": "按意见补正后重新提交，回到退回的那一级",
    "in_force": "目录已更新",
}


def _next(application: ProductApplication) -> str:
    """The last level does not pass it on: it publishes it, or lets it take effect."""
    if application.state == "in_review" and application.level == application.path[-1]:
        return "审核通过后公示" if application.needs_publicity else "审核通过，到生效日期生效"
    return NEXT.get(application.state, "")


@dataclass(frozen=True)
class ItemLine:
    field: str
    label: str
    unit: str
    before: str
    after: str
    changed: bool
    finding: str


@dataclass(frozen=True)
class PaperLine:
    """One paper that is asked for, and what was handed in for it."""

    paper: Paper
    held: ApplicationPaper | None
    url: str

    @property
    def substitute(self) -> str:
        return SUBSTITUTES.get(self.held.substitute, "") if self.held else ""


@dataclass(frozen=True)
class Facts:
    """The catalogue's own word on the product, beside what is asked."""

    product: Product
    registration: RegistrationState
    listing: Listing | None
    prices: list[Any]
    others: list[ApplicationRow]


@dataclass(frozen=True)
class ApplicationPage:
    row: ApplicationRow
    route: Route
    levels: list[dict[str, Any]]
    items: list[ItemLine]
    papers: list[PaperLine]
    facts: Facts | None
    timeline: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    objections: list[Any]
    offers: list[Offer]
    verdicts: dict[str, Verdict]
    writes: bool
    rules: bool
    next: str
    publicity_days: int


def application_page(application: ProductApplication, scope: Scope, today: date) -> ApplicationPage:
    """Gather it; a bounded number of queries."""
    standings = application_standings(scope, application)
    offers = [
        _with_publicity(offer, application, today)
        for offer in APPLICATION_MACHINE.offers(application, standings)
        if _is_possible(offer, application)
    ]
    return ApplicationPage(
        row=application_rows([application])[0],
        route=ROUTES[application.kind],
        levels=_levels(application),
        items=item_lines(application),
        papers=paper_lines(application),
        facts=_facts(application, scope, today),
        timeline=_timeline(application),
        documents=document_items(
            application_files(application).order_by("-pk"),
            lambda each: reverse("application-file", args=[application.application_no, each.pk]),
        ),
        objections=_objections(application),
        offers=offers,
        verdicts={offer.transition.verb: offer.verdict for offer in offers},
        rules=REVIEWER in standings,
        writes=APPLICANT in standings and application.state in APPLICANT_STATES,
        next=_next(application),
        publicity_days=int(days_of(application.province, PUBLICITY_DAYS, today).number),
    )


def _objections(application: ProductApplication) -> list[Any]:
    """Each with its `files`, in one query more."""
    found: list[Any] = list(application.objections.select_related("organisation").order_by("pk"))
    by_owner: dict[int, list[Attachment]] = {}
    files = Attachment.objects.filter(
        owner_type=OBJECTION_TYPE, owner_id__in=[each.pk for each in found]
    )
    for each in files.order_by("pk"):
        by_owner.setdefault(each.owner_id, []).append(each)
    for objection in found:
        objection.files = by_owner.get(objection.pk, [])
    return found


def _is_possible(offer: Offer, application: ProductApplication) -> bool:
    """Steps of other states are not greyed but left out: the strip would be full of them."""
    return application.state in offer.transition.sources and not (
        offer.transition.verb in ("forward", "publish", "approve", "return") and not offer.verdict
    )


def _with_publicity(offer: Offer, application: ProductApplication, today: date) -> Offer:
    """Approval waits for the end of the publicity, which the machine cannot know."""
    if offer.transition.verb != "approve" or not offer.verdict:
        return offer
    counts = objection_counts(application)
    said = may_conclude(
        on=today, publicity_to=application.publicity_to, open_count=counts.open,
        upheld=counts.upheld,
    )  # fmt: skip
    return offer if said else Offer(offer.transition, said)


def _levels(application: ProductApplication) -> list[dict[str, Any]]:
    """The path as steps, with the one that has it now."""
    path = list(application.path)
    at = path.index(application.level) if application.level in path else 0
    ended = application.state not in ("draft", "submitted", "in_review", "returned")
    return [
        {"label": f"{LEVEL_WORDS[level]}审核", "done": ended or index < at, "now": index == at and not ended}
        for index, level in enumerate(path)
    ]  # fmt: skip


def item_lines(application: ProductApplication) -> list[ItemLine]:
    """In the order of the form, each with the old value beside the new one."""
    held = {item.field: item for item in application.items.all()}
    return [
        ItemLine(
            field=field.code, label=field.label, unit=field.unit,
            before=shown(field.code, held[field.code].before),
            after=shown(field.code, held[field.code].after),
            changed=held[field.code].before != held[field.code].after,
            finding=held[field.code].finding,
        )
        for field in FIELDS[application.kind]
        if field.code in held
    ]  # fmt: skip


def paper_lines(application: ProductApplication) -> list[PaperLine]:
    held = {
        each.paper: each for each in application.papers.select_related("attachment__file").all()
    }
    category = (
        application.product.category
        if application.product
        else next((i.after for i in application.items.all() if i.field == "category"), "")
    )
    return [
        PaperLine(
            paper=paper, held=held.get(paper.code), url=_file(application, held.get(paper.code))
        )
        for paper in papers_of(application.kind, category)
    ]


def _file(application: ProductApplication, held: ApplicationPaper | None) -> str:
    if held is None or held.attachment_id is None:
        return ""
    return reverse("application-file", args=[application.application_no, held.attachment_id])


def _facts(application: ProductApplication, scope: Scope, today: date) -> Facts | None:
    product = application.product
    if product is None:
        return None
    others = visible_applications(scope).filter(product=product).exclude(pk=application.pk)
    return Facts(
        product=product,
        registration=registration_state(product, today),
        listing=visible_listings(scope).filter(product=product).first(),
        prices=price_history(scope, product)[:5],
        others=application_rows(
            others.select_related("organisation", "office", "product").order_by("-pk")[:5]
        ),
    )


def _timeline(application: ProductApplication) -> list[dict[str, Any]]:
    return [
        {
            "at": step.at,
            "who": "　".join(part for part in (step.organisation_name, step.by_name) if part),
            "what": step.label,
            "note": step.text,
            "level": "red" if step.verb in ("return", "refuse", "effect_problem") else "",
        }
        for step in application.steps.order_by("pk")
    ]


def visible_steps(scope: Scope, application: ProductApplication) -> QuerySet[ApplicationStep]:
    return within(scope, ApplicationStep.objects.filter(application=application).order_by("pk"))


def file_of(application: ProductApplication, file_id: int) -> Attachment | None:
    """A file of this application, also one that another has taken the place of."""
    return application_files(application).filter(pk=file_id).first()


def application_files(application: ProductApplication) -> QuerySet[Attachment]:
    """All that was handed in for it."""
    return Attachment.objects.filter(
        owner_type=OBJECT_TYPE, owner_id=application.pk
    ).select_related("file")


def own_products(scope: Scope) -> QuerySet[Product]:
    """The products that the enterprise may apply for."""
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    return products_with_group(scope).filter(manufacturer_id__in=own)


def other_open(scope: Scope, kind: str, target: str) -> Iterable[ProductApplication]:
    """What is open already for the same target: a second one would be refused."""
    return visible_applications(scope).filter(kind=kind, target_key=target, state__in=OPEN_STATES)
