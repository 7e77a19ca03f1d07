"""Filters of what waits and of what people were told, one file per noun."""

from inbox.filters.announcements import AnnouncementFilter, ReaderFilter
from inbox.filters.notices import NoticeFilter, TaskFilter
from inbox.filters.outgoing import AttemptFilter, DeliveryFilter, WebhookFilter

__all__ = [
    "AnnouncementFilter",
    "AttemptFilter",
    "DeliveryFilter",
    "NoticeFilter",
    "ReaderFilter",
    "TaskFilter",
    "WebhookFilter",
]
