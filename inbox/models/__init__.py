"""What waits for whom, and what they were told."""

from inbox.models.notice import Notice
from inbox.models.saved_view import SavedView
from inbox.models.task import Task

__all__ = ["Notice", "SavedView", "Task"]
