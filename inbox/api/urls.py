"""Addresses of the inbox under /api/v1/."""

from rest_framework.routers import SimpleRouter

from inbox.api.announcements import AnnouncementViewSet
from inbox.api.saved_views import SavedViewViewSet
from inbox.api.viewsets import NoticeViewSet, TaskViewSet

router = SimpleRouter()
router.register("tasks", TaskViewSet, basename="api-task")
router.register("notices", NoticeViewSet, basename="api-notice")
router.register("announcements", AnnouncementViewSet, basename="api-announcement")
router.register("saved-views", SavedViewViewSet, basename="api-saved-view")

urlpatterns = router.urls
