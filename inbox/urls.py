"""Home, tasks, notices."""

from django.urls import path

from inbox.views.home import HomeView
from inbox.views.notices import NoticeListView, NoticeOpenView, NoticesReadView
from inbox.views.tasks import TaskListView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("tasks/", TaskListView.as_view(), name="task-list"),
    path("notices/", NoticeListView.as_view(), name="notice-list"),
    path("notices/read/", NoticesReadView.as_view(), name="notices-read"),
    path("notices/<int:key>/open/", NoticeOpenView.as_view(), name="notice-open"),
]
