"""Who sees which changes, and the endpoints that are told of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from inbox.models import Change, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, subject_rows, within


def visible_changes(scope: Scope) -> QuerySet[Change]:
    """As the object that changed: addressed to one's organisation, or stamped with one's own.

    What is addressed to an organisation carries no stamps, so no authority meets it there.
    """
    if not scope.active:
        return within(scope, Change.objects.all(), NOTHING)
    mine = Q(organisation_id=scope.organisation_id)
    mine &= Q(user_id__isnull=True) | Q(user_id=scope.user_id)
    seen = mine & (Q(roles=[]) | Q(roles__overlap=sorted(scope.roles)))
    if scope.is_business:
        seen |= party_rows(scope) | subject_rows(scope)
        to_all = Q(to_all=True)
        if scope.province_id is not None:
            to_all &= Q(province_id=scope.province_id)
        seen |= to_all
    return within(scope, Change.objects.all(), seen)


def visible_webhook_endpoints(scope: Scope) -> QuerySet[WebhookEndpoint]:
    """Endpoints of the own organisation, for its admin."""
    return within(scope, WebhookEndpoint.objects.all(), _of_admin(scope, ""))


def visible_webhook_deliveries(scope: Scope) -> QuerySet[WebhookDelivery]:
    return within(scope, WebhookDelivery.objects.all(), _of_admin(scope, "endpoint__"))


def visible_webhook_attempts(scope: Scope) -> QuerySet[WebhookAttempt]:
    return within(scope, WebhookAttempt.objects.all(), _of_admin(scope, "delivery__endpoint__"))


def _of_admin(scope: Scope, prefix: str) -> Q:
    if not (scope.is_business and scope.has_role("admin")):
        return NOTHING
    return Q(**{f"{prefix}organisation_id": scope.organisation_id, f"{prefix}removed_at": None})
