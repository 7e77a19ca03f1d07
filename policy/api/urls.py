"""Addresses of policies and the calendar under /api/v1/."""

from rest_framework.routers import SimpleRouter

from policy.api import calendar, changes, policies

router = SimpleRouter()
router.register("policies", policies.PolicyViewSet, basename="api-policy")
router.register("policy-parameters", policies.ParameterViewSet, basename="api-parameter")
router.register("policy-values", policies.ParameterValueViewSet, basename="api-policy-value")
router.register("calendar-years", calendar.CalendarYearViewSet, basename="api-calendar-year")
router.register("calendar-days", calendar.CalendarDayViewSet, basename="api-calendar-day")
router.register("value-changes", changes.ValueChangeViewSet, basename="api-value-change")

urlpatterns = router.urls
