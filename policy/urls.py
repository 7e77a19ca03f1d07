"""Addresses of policies and of the working-day calendar."""

from django.urls import path

from policy.views import calendar, calendar_upload, changes, policies

CHANGE = "policies/changes/<str:change_no>/"

urlpatterns = [
    path("policies/", policies.PolicyListView.as_view(), name="policy-list"),
    path("policies/compare/", policies.PolicyCompareView.as_view(), name="policy-compare"),
    path(
        "policies/parameters/<slug:key>/",
        policies.ParameterView.as_view(),
        name="policy-parameter",
    ),
    path("policies/changes/", changes.ChangeListView.as_view(), name="value-changes"),
    path(
        "policies/changes/export/", changes.ChangeExportView.as_view(), name="value-changes-export"
    ),
    path(CHANGE, changes.ChangeDetailView.as_view(), name="value-change"),
    path(f"{CHANGE}confirm/", changes.ChangeConfirmView.as_view(), name="value-change-confirm"),
    path(f"{CHANGE}return/", changes.ChangeReturnView.as_view(), name="value-change-return"),
    path(f"{CHANGE}withdraw/", changes.ChangeWithdrawView.as_view(), name="value-change-withdraw"),
    path(f"{CHANGE}revoke/", changes.ChangeRevokeView.as_view(), name="value-change-revoke"),
    path(
        "policies/<str:code>/parameters/<slug:key>/change/",
        changes.ChangeNewView.as_view(),
        name="value-change-new",
    ),
    path("policies/<str:code>/", policies.PolicyValuesView.as_view(), name="policy-detail"),
    path("policies/<str:code>/export/", policies.PolicyExportView.as_view(), name="policy-export"),
    path("calendar/", calendar.CalendarListView.as_view(), name="calendar-list"),
    path("calendar/upload/", calendar_upload.CalendarUploadView.as_view(), name="calendar-upload"),
    path(
        "calendar/upload/apply/",
        calendar_upload.CalendarApplyView.as_view(),
        name="calendar-apply",
    ),
    path("calendar/<int:year>/", calendar.CalendarYearView.as_view(), name="calendar-year"),
    path("calendar/<int:year>/file/", calendar.CalendarFileView.as_view(), name="calendar-file"),
]
