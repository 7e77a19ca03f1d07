"""What waits for a person and what they were told."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from inbox.models import (
    Announcement,
    AnnouncementReceipt,
    AnnouncementRecipient,
    BulkRun,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    Draft,
    ListChoice,
    Notice,
    QuietHours,
    SavedView,
    Task,
)
from inbox.states import ONCE_PUBLISHED
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
    """A person's own drafts, and those of whom the person stands in for now."""
    mine = Q(user_id=scope.user_id)
    if scope.acting_for_id is not None:
        mine |= Q(user_id=scope.acting_for_id)
    return within(scope, Draft.objects.all(), mine if scope.active else NOTHING)


def visible_announcements(scope: Scope) -> QuerySet[Announcement]:
    """The own office's in any state; others' once published, if public or meant for one's own."""
    mine = AnnouncementRecipient.objects.filter(
        announcement_id=OuterRef("pk"), organisation_id=scope.organisation_id
    )
    seen = Q(organisation_id=scope.organisation_id) | (
        Q(state__in=ONCE_PUBLISHED) & (Q(is_public=True) | Q(Exists(mine)))
    )
    return within(scope, Announcement.objects.all(), seen if scope.is_business else NOTHING)


def visible_recipients(scope: Scope) -> QuerySet[AnnouncementRecipient]:
    """Whom the own office told."""
    own = Q(announcement__organisation_id=scope.organisation_id)
    return within(scope, AnnouncementRecipient.objects.all(), own if scope.is_business else NOTHING)


def visible_receipts(scope: Scope) -> QuerySet[AnnouncementReceipt]:
    """Who has read what the own office published."""
    own = Q(announcement__organisation_id=scope.organisation_id)
    return within(scope, AnnouncementReceipt.objects.all(), own if scope.is_business else NOTHING)


def visible_contact_points(scope: Scope) -> QuerySet[ContactPoint]:
    """One's own addresses; nobody else reads them."""
    own = Q(user_id=scope.user_id)
    return within(scope, ContactPoint.objects.all(), own if scope.active else NOTHING)


def visible_quiet_hours(scope: Scope) -> QuerySet[QuietHours]:
    own = Q(user_id=scope.user_id)
    return within(scope, QuietHours.objects.all(), own if scope.active else NOTHING)


def visible_deliveries(scope: Scope) -> QuerySet[Delivery]:
    """Own; of the own people for their admin; all for the system administrator. No content."""
    return within(scope, Delivery.objects.all(), _log_condition(scope))


def visible_delivery_attempts(scope: Scope) -> QuerySet[DeliveryAttempt]:
    """As deliveries."""
    return within(scope, DeliveryAttempt.objects.all(), _log_condition(scope))


def _log_condition(scope: Scope) -> Q | None:
    if not scope.active:
        return NOTHING
    if scope.platform_role == "system":
        return None
    if scope.is_business and scope.has_role("admin"):
        return Q(organisation_id=scope.organisation_id)
    return Q(user_id=scope.user_id)
