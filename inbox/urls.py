"""Home, tasks, notices; what people set for lists, bulk acts, drafts, files of lists."""

from django.urls import path, re_path

from inbox.views import announcement_writing as writing
from inbox.views import (
    announcements,
    deliveries,
    message_settings,
    public_announcements,
    public_answers,
)
from inbox.views.bulk import BulkChooseView, BulkRunView
from inbox.views.drafts import DraftView
from inbox.views.help import HelpPageView, HelpView
from inbox.views.home import HomeView
from inbox.views.list_choices import ColumnsView, ViewActView, ViewListView, ViewSaveView
from inbox.views.notices import NoticeListView, NoticeOpenView, NoticesReadView
from inbox.views.tasks import TaskListView
from inbox.views.webhooks import (
    WebhookActView,
    WebhookAttemptExportView,
    WebhookAttemptListView,
    WebhookChangeView,
    WebhookDetailView,
    WebhookExportView,
    WebhookListView,
    WebhookNewView,
    WebhookRedeliverView,
)
from organisations.views.exports import ExportFileView, ExportRequestView

ANNOUNCEMENT = r"^announcements/(?P<key>GG[0-9-]{1,28})/"
PUBLIC = r"^public/announcements/(?P<key>GG[0-9-]{1,28})/"
WEBHOOK = r"^webhooks/(?P<number>HD[0-9A-F]{1,18})/"

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("tasks/", TaskListView.as_view(), name="task-list"),
    path("notices/", NoticeListView.as_view(), name="notice-list"),
    path("notices/read/", NoticesReadView.as_view(), name="notices-read"),
    path("notices/<int:key>/open/", NoticeOpenView.as_view(), name="notice-open"),
    path("views/", ViewListView.as_view(), name="view-list"),
    path("views/save/", ViewSaveView.as_view(), name="view-save"),
    path("views/columns/", ColumnsView.as_view(), name="view-columns"),
    path("views/<int:pk>/<slug:act>/", ViewActView.as_view(), name="view-act"),
    path("bulk/<slug:act>/", BulkChooseView.as_view(), name="bulk-choose"),
    path("bulk/runs/<int:pk>/", BulkRunView.as_view(), name="bulk-run"),
    path("drafts/", DraftView.as_view(), name="draft"),
    path("help/", HelpView.as_view(), name="help"),
    path("help/page/<slug:route>/", HelpPageView.as_view(), name="help-page"),
    path("exports/", ExportRequestView.as_view(), name="export-request"),
    path("exports/<int:pk>/", ExportFileView.as_view(), name="export-file"),
    path("announcements/", announcements.AnnouncementListView.as_view(), name="announcement-list"),
    path(
        "announcements/export/",
        announcements.AnnouncementExportView.as_view(),
        name="announcement-export",
    ),
    path("announcements/new/", writing.AnnouncementNewView.as_view(), name="announcement-new"),
    re_path(ANNOUNCEMENT + r"$", announcements.AnnouncementView.as_view(), name="announcement"),
    re_path(
        ANNOUNCEMENT + r"edit/$", writing.AnnouncementEditView.as_view(), name="announcement-edit"
    ),
    re_path(
        ANNOUNCEMENT + r"(?P<act>submit|return|publish|withdraw|revise)/$",
        writing.AnnouncementActView.as_view(),
        name="announcement-act",
    ),
    re_path(
        ANNOUNCEMENT + r"files/(?P<file_id>[0-9]{1,18})/$",
        announcements.AnnouncementFileView.as_view(),
        name="announcement-file",
    ),
    re_path(
        ANNOUNCEMENT + r"readers/$",
        announcements.AnnouncementReadersView.as_view(),
        name="announcement-readers",
    ),
    re_path(
        ANNOUNCEMENT + r"readers/export/$",
        announcements.AnnouncementReadersExportView.as_view(),
        name="announcement-readers-export",
    ),
    path("public/questions/", public_answers.PublicAnswersView.as_view(), name="public-answers"),
    path(
        "public/announcements/",
        public_announcements.PublicAnnouncementListView.as_view(),
        name="public-announcement-list",
    ),
    re_path(
        PUBLIC + r"$",
        public_announcements.PublicAnnouncementView.as_view(),
        name="public-announcement",
    ),
    re_path(
        PUBLIC + r"files/(?P<file_id>[0-9]{1,18})/$",
        public_announcements.PublicAnnouncementFileView.as_view(),
        name="public-announcement-file",
    ),
    path(
        "account/messages/",
        message_settings.MessageSettingsView.as_view(),
        name="message-settings",
    ),
    path("account/messages/code/", message_settings.CodeView.as_view(), name="message-code"),
    path(
        "account/messages/confirm/", message_settings.ConfirmView.as_view(), name="message-confirm"
    ),
    path("account/messages/wanted/", message_settings.WantedView.as_view(), name="message-wanted"),
    path("account/messages/forget/", message_settings.ForgetView.as_view(), name="message-forget"),
    path("account/messages/quiet/", message_settings.QuietView.as_view(), name="message-quiet"),
    path("deliveries/", deliveries.DeliveryListView.as_view(), name="delivery-list"),
    path("deliveries/export/", deliveries.DeliveryExportView.as_view(), name="delivery-export"),
    path("people-reach/", deliveries.MessageReachView.as_view(), name="message-reach"),
    path("webhooks/", WebhookListView.as_view(), name="webhook-list"),
    path("webhooks/export/", WebhookExportView.as_view(), name="webhook-export"),
    path("webhooks/new/", WebhookNewView.as_view(), name="webhook-new"),
    re_path(WEBHOOK + "$", WebhookDetailView.as_view(), name="webhook-detail"),
    re_path(WEBHOOK + "change/$", WebhookChangeView.as_view(), name="webhook-change"),
    re_path(
        WEBHOOK + "(?P<act>pause|resume|rotate|test|remove)/$",
        WebhookActView.as_view(),
        name="webhook-act",
    ),
    re_path(WEBHOOK + "attempts/$", WebhookAttemptListView.as_view(), name="webhook-attempts"),
    re_path(
        WEBHOOK + "attempts/export/$",
        WebhookAttemptExportView.as_view(),
        name="webhook-attempts-export",
    ),
    re_path(
        WEBHOOK + r"deliveries/(?P<pk>[0-9]{1,18})/again/$",
        WebhookRedeliverView.as_view(),
        name="webhook-redeliver",
    ),
]
