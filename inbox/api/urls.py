"""Addresses of the inbox, the change feed and webhooks under /api/v1/."""

from rest_framework.routers import SimpleRouter

from inbox.api.announcements import AnnouncementViewSet
from inbox.api.changes import ChangeEndpoint, ChangeKindEndpoint
from inbox.api.own_announcements import OwnAnnouncementViewSet
from inbox.api.saved_views import SavedViewViewSet
from inbox.api.viewsets import NoticeViewSet, TaskViewSet
from inbox.api.webhooks import WebhookDeliveryViewSet, WebhookViewSet

router = SimpleRouter()
router.register("tasks", TaskViewSet, basename="api-task")
router.register("notices", NoticeViewSet, basename="api-notice")
router.register("announcements", AnnouncementViewSet, basename="api-announcement")
router.register("own-announcements", OwnAnnouncementViewSet, basename="api-own-announcement")
router.register("saved-views", SavedViewViewSet, basename="api-saved-view")
router.register("changes", ChangeEndpoint, basename="api-change")
router.register("change-kinds", ChangeKindEndpoint, basename="api-change-kind")
router.register("webhooks", WebhookViewSet, basename="api-webhook")
router.register("webhook-deliveries", WebhookDeliveryViewSet, basename="api-webhook-delivery")

urlpatterns = router.urls
