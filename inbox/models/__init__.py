"""What waits for whom, what they were told, and how they like their lists and forms."""

from inbox.models.announcement import Announcement, AnnouncementReceipt, AnnouncementRecipient
from inbox.models.bulk_run import BulkRun
from inbox.models.change import Change
from inbox.models.delivery import Channel, ContactPoint, Delivery, DeliveryAttempt, QuietHours
from inbox.models.draft import Draft
from inbox.models.list_choice import ListChoice
from inbox.models.notice import Notice
from inbox.models.saved_view import SavedView
from inbox.models.task import Task
from inbox.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Announcement",
    "AnnouncementReceipt",
    "AnnouncementRecipient",
    "BulkRun",
    "Change",
    "Channel",
    "ContactPoint",
    "Delivery",
    "DeliveryAttempt",
    "Draft",
    "ListChoice",
    "Notice",
    "QuietHours",
    "SavedView",
    "Task",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
