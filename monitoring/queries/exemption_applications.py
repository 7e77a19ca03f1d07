"""Who sees 考核豁免申请, who checks and grants them, and the product's supply record beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.models import Batch, Product, Selection, ShortageEntry
from core.attachments.models import Attachment
from monitoring.indicators.registry import INDICATORS
from monitoring.models import ExemptionApplication
from monitoring.queries.bulletin_sums import percent_words
from monitoring.queries.figure_address import figure_url
from monitoring.queries.visible import visible_indicator_values
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.exemption_application import APPLICANT, CHECKER, GRANTER
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business, party_rows, within

SHOWN_WITH = ("institution", "batch", "product__group", "city", "province")
EVIDENCE = "exemption_application"
RECORD = ("fulfilment_rate", "on_time_rate", "response_rate")
SUPPLY_TAGS = {"shortage": "短缺药", "emergency": "急抢救药"}
MOST_FIGURES = 18
LABELS = {each.code: each.label for each in INDICATORS}


def visible_exemption_applications(scope: Scope) -> QuerySet[ExemptionApplication]:
    """The institution's own and its authorities'."""
    return within(scope, ExemptionApplication.objects.all(), party_rows(scope))


def visible_granted_exemptions(scope: Scope) -> QuerySet[ExemptionApplication]:
    """The public list: what was granted is open to all of the trade, without its papers."""
    return for_business(scope, ExemptionApplication.objects.filter(state="granted"))


def may_apply(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "institution" and scope.has_role(*OFFICERS)


def exemption_standings(scope: Scope, row: ExemptionApplication) -> frozenset[str]:
    """The institution; its city's bureau (the province's where it has no city); the province's."""
    if not scope.is_business or not scope.has_role(*OFFICERS):
        return frozenset()
    if scope.kind == "institution":
        own = {scope.organisation_id, *scope.predecessor_ids}
        return frozenset({APPLICANT}) if row.institution_id in own else frozenset()
    if not scope.is_bureau:
        return frozenset()
    found = set()
    if scope.region_id == (row.city_id or row.province_id):
        found.add(CHECKER)
    if scope.region_id == row.province_id:
        found.add(GRANTER)
    return frozenset(found)


def office_of(row: ExemptionApplication) -> Organisation | None:
    """The bureau that holds it now: the city's until it is checked, then the province's."""
    region = row.province_id if row.state == "checked" else row.city_id or row.province_id
    return (
        Organisation.objects.filter(kind="bureau", is_active=True, region_id=region)
        .order_by("code")
        .first()
    )


def holder_of(row: ExemptionApplication) -> str:
    if row.state == "returned":
        return str(row.institution.name)
    office = office_of(row) if row.state in ("submitted", "checked") else None
    return office.name if office is not None else ""


def is_selected(batch: Batch, product: Product) -> bool:
    return Selection.objects.filter(
        batch=batch, product=product, role=Selection.Role.SELECTED
    ).exists()


def is_in_batch(batch: Batch, product: Product) -> bool:
    """Its group is one of the batch's."""
    return (
        product.group_id is not None
        and Selection.objects.filter(batch=batch, product__group=product.group_id).exists()
    )


def files_of(row: ExemptionApplication) -> list[Attachment]:
    return list(
        Attachment.objects.filter(owner_type=EVIDENCE, owner_id=row.pk)
        .select_related("file")
        .order_by("pk")
    )


@dataclass(frozen=True)
class SupplyFigure:
    month: str
    label: str
    value: str
    parts: str
    url: str


def supply_words(product: Product, on: date) -> str:
    """Why its supply is weighed (S2-14.3): tags and entries of the shortage list; empty for none."""
    words = [SUPPLY_TAGS[tag] for tag in product.tags if tag in SUPPLY_TAGS]
    listed = ShortageEntry.objects.filter(
        Q(product=product) | Q(group=product.group_id, group__isnull=False),
        Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        valid_from__lte=on,
    )
    words += [each.get_kind_display() + "清单" for each in listed[:3]]
    return "、".join(dict.fromkeys(words))


def supply_record(scope: Scope, row: ExemptionApplication) -> list[SupplyFigure]:
    """How the product was supplied: to this institution and, for who may see it, as a whole."""
    code = row.product.code
    figures = (
        visible_indicator_values(scope)
        .filter(
            Q(product_code=code, institution=row.institution_id)
            | Q(subject_type="product", subject_code=code),
            indicator__in=RECORD, window="month", batch_code=row.batch.code,
        )
        .order_by("-month", "indicator", "subject_type")[:MOST_FIGURES]
    )  # fmt: skip
    return [
        SupplyFigure(
            f"{each.month:%Y-%m}",
            f"{LABELS[each.indicator]}（{'本机构' if each.institution_id else '全省'}，第 {each.year_no} 年）",
            percent_words(each.numerator / each.denominator if each.denominator else None),
            f"{each.numerator.normalize():,f} ÷ {each.denominator.normalize():,f}",
            figure_url(each),
        )
        for each in figures
    ]


def facts_of(row: ExemptionApplication) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": "种类", "value": row.get_kind_display()},
        {"label": "事由", "value": row.get_cause_display()},
        {"label": "医疗机构", "value": row.institution.name},
        {"label": "产品", "value": f"{row.product}（{row.product.code}）", "wide": True,
         "url": reverse("product-detail", args=[row.product.code])},
        {"label": "批次", "value": row.batch.name,
         "url": reverse("batch-detail", args=[row.batch.code])},
        {"label": "申请期间", "value": f"{row.asked_from:%Y-%m-%d} 至 {row.asked_to:%Y-%m-%d}"},
    ]  # fmt: skip
    if row.from_on:
        facts.append(
            {"label": "认定期间", "value": f"{row.from_on:%Y-%m-%d} 至 {row.to_on:%Y-%m-%d}"}
        )
    facts.append({"label": "申请理由", "value": row.statement, "wide": True})
    if row.check_note:
        facts.append({"label": "核查意见", "value": row.check_note, "wide": True})
    if row.decision_note:
        facts.append({"label": "认定意见", "value": row.decision_note, "wide": True})
    return facts
