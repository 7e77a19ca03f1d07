"""Who reads leads (people with the role by name, and the office that one was transferred to)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.attachments.models import Attachment
from monitoring.models import ComputedMonth, Lead, LeadSearch
from monitoring.rules.lead_methods import (
    COMPARED_LABELS,
    MEASURED_LABELS,
    compared_words,
    figure_words,
)
from monitoring.states.lead import (
    INVESTIGATOR,
    LEAD_MACHINE,
    LEAD_ROLE,
    LEADING_ROLES,
    RECEIVER,
    RECEIVER_KINDS,
)
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

SHOWN_WITH = ("institution", "enterprise", "group", "product", "province", "receiver")
SENT = ("transferred", "answered")


def searches_leads(scope: Scope) -> bool:
    """The right is given by name in the province's bureau; a token never has it."""
    return scope.is_province_bureau and scope.has_role(LEAD_ROLE) and scope.token_scopes is None


def receives_leads(scope: Scope) -> bool:
    """Reviewers and leaders of an office that leads are transferred to."""
    return (
        scope.is_business
        and scope.kind in RECEIVER_KINDS
        and scope.has_role(*LEADING_ROLES)
        and scope.token_scopes is None
    )


def reads_leads(scope: Scope) -> bool:
    return searches_leads(scope) or receives_leads(scope)


def visible_leads(scope: Scope) -> QuerySet[Lead]:
    """All of the province for its investigators; what was transferred to it for the receiver.

    Nobody else, whatever the role or region: neither the province's other people nor whom it is of.
    """
    rows = Lead.objects.all()
    if searches_leads(scope):
        return within(scope, rows, Q(province_id=scope.province_id))
    if receives_leads(scope):
        return within(scope, rows, Q(receiver_id=scope.organisation_id, state__in=SENT))
    return within(scope, rows, NOTHING)


def visible_lead_searches(scope: Scope) -> QuerySet[LeadSearch]:
    seen = Q(province_id=scope.province_id) if searches_leads(scope) else NOTHING
    return within(scope, LeadSearch.objects.all(), seen)


def lead_standings(scope: Scope, lead: Lead) -> frozenset[str]:
    held = set()
    if searches_leads(scope) and lead.province_id == scope.province_id:
        held.add(INVESTIGATOR)
    if receives_leads(scope) and lead.receiver_id == scope.organisation_id and lead.state in SENT:
        held.add(RECEIVER)
    return frozenset(held)


def lead_receivers(province_id: int | None) -> QuerySet[Organisation]:
    """Offices of the province that a lead can be transferred to."""
    return Organisation.objects.filter(
        kind__in=RECEIVER_KINDS, region_id=province_id or 0, is_active=True
    ).order_by("kind", "code")


def lead_files(lead: Lead) -> QuerySet[Attachment]:
    """What was found in the check, and the letter of transfer with its annex."""
    return (
        Attachment.objects.filter(owner_type=LEAD_MACHINE.name, owner_id=lead.pk)
        .select_related("file").order_by("pk")
    )  # fmt: skip


def newest_month(province_id: int | None) -> date | None:
    """The last month of the province that is computed: later ones are not over."""
    rows = ComputedMonth.objects.filter(province_id=province_id)
    row = rows.order_by("-month").values_list("month", flat=True).first()
    return row if isinstance(row, date) else None


def about(lead: Lead) -> str:
    """Whom it is of, in one line."""
    parties = (lead.institution, lead.enterprise)
    return " × ".join(each.name for each in parties if each is not None)


def facts_of_lead(lead: Lead) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": "类型", "value": lead.get_kind_display()},
        {"label": "期间", "value": f"{lead.period_from:%Y-%m-%d} 至 {lead.period_to:%Y-%m-%d}"},
        {"label": "涉及金额", "value": f"{lead.amount:,.2f} 元"},
    ]
    if lead.institution is not None:
        facts.append({"label": "医疗机构", "value": lead.institution.name})
    if lead.enterprise is not None:
        facts.append({"label": "企业", "value": lead.enterprise.name})
    if lead.group is not None:
        facts.append({"label": "品种", "value": lead.group.name})
    if lead.product is not None:
        facts.append(
            {"label": "产品", "value": f"{lead.product}（{lead.product.code}）",
             "url": reverse("product-detail", args=[lead.product.code])}
        )  # fmt: skip
    facts += [
        {"label": MEASURED_LABELS[lead.kind], "value": figure_words(lead.kind, lead.measured)},
        {"label": COMPARED_LABELS[lead.kind], "value": compared_words(lead.kind, lead.compared)},
        {"label": "发现", "value": lead.finding, "wide": True},
        {"label": "研判方法", "value": lead.method, "wide": True},
    ]
    if lead.check_note:
        facts.append({"label": "核查意见", "value": lead.check_note, "wide": True})
    if lead.receiver is not None:
        facts.append({"label": "移交给", "value": lead.receiver.name})
        facts.append({"label": "移交说明", "value": lead.transfer_note, "wide": True})
    if lead.outcome:
        facts.append({"label": "办理结果", "value": lead.outcome, "wide": True})
    return facts
