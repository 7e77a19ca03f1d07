"""Applications as lists show them: where each is, who has it, since when and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import ProductApplication
from catalog.queries.applications import visible_applications, visible_public_applications
from catalog.states.application import APPLICANT_STATES, LEVELS, OFFICE_STATES
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class ApplicationRow:
    application: ProductApplication
    state: str
    level: str
    holder: str
    due_on: date | None
    late: bool


def applications_with_parties(scope: Scope) -> QuerySet[ProductApplication]:
    return visible_applications(scope).select_related("organisation", "office", "product")


def public_applications(scope: Scope) -> QuerySet[ProductApplication]:
    return visible_public_applications(scope).select_related("organisation", "office", "product")


def holder_of(application: ProductApplication) -> str:
    """Who has to act now, in words; empty when nobody has."""
    if application.state in APPLICANT_STATES:
        return application.organisation.name
    if application.state == ProductApplication.State.APPROVED:
        if application.effect_problem and application.office:
            return application.office.name
        return "平台（到期自动生效）"
    if application.state in OFFICE_STATES and application.office:
        return application.office.name
    return ""


def is_late(application: ProductApplication, today: date) -> bool:
    """Past the step's last day while somebody has to act."""
    acting = application.state in (*OFFICE_STATES, "returned") or bool(application.effect_problem)
    return bool(acting and application.due_on and application.due_on < today)


def application_rows(applications: Iterable[ProductApplication]) -> list[ApplicationRow]:
    """From `applications_with_parties`; no query."""
    today = timezone.localdate()
    return [
        ApplicationRow(
            application=each, state=each.get_state_display(), level=LEVELS[each.state],
            holder=holder_of(each), due_on=each.due_on, late=is_late(each, today),
        )
        for each in applications
    ]  # fmt: skip
