"""What waits for a person and what they were told."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from inbox.models import BulkRun, Draft, ListChoice, Notice, SavedView, Task
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within


def visible_tasks(scope: Scope) -> QuerySet[Task]:
    """Tasks of the own organisation that name no role or one that the person has."""
    mine = Q(organisation_id=scope.organisation_id) & (
        Q(roles=[]) | Q(roles__overlap=sorted(scope.roles))
    )
    return within(scope, Task.objects.all(), mine if scope.active else NOTHING)


def visible_notices(scope: Scope) -> QuerySet[Notice]:
    """Notices to the person, or to everyone of the own organisation."""
    mine = Q(organisation_id=scope.organisation_id) & (
        Q(user__isnull=True) | Q(user_id=scope.user_id)
    )
    return within(scope, Notice.objects.all(), mine if scope.active else NOTHING)


def visible_saved_views(scope: Scope) -> QuerySet[SavedView]:
    """A person's own saved filters."""
    mine = Q(user_id=scope.user_id)
    return within(scope, SavedView.objects.all(), mine if scope.active else NOTHING)


def visible_list_choices(scope: Scope) -> QuerySet[ListChoice]:
    """A person's own columns and default views."""
    mine = Q(user_id=scope.user_id)
    return within(scope, ListChoice.objects.all(), mine if scope.active else NOTHING)


def visible_bulk_runs(scope: Scope) -> QuerySet[BulkRun]:
    """What a person chose and did to many rows at once."""
    mine = Q(user_id=scope.user_id)
    return within(scope, BulkRun.objects.all(), mine if scope.active else NOTHING)


def visible_drafts(scope: Scope) -> QuerySet[Draft]:
    """A person's own drafts."""
    mine = Q(user_id=scope.user_id)
    return within(scope, Draft.objects.all(), mine if scope.active else NOTHING)
