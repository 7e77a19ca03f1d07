"""Columns of the inbox's lists, one file per noun."""

from inbox.tables.announcements import ANNOUNCEMENT_COLUMNS, READER_COLUMNS
from inbox.tables.notices import NOTICE_COLUMNS, TASK_COLUMNS
from inbox.tables.outgoing import (
    ATTEMPT_COLUMNS,
    DELIVERY_COLUMNS,
    WEBHOOK_COLUMNS,
    hook_level,
)

__all__ = [
    "ANNOUNCEMENT_COLUMNS",
    "ATTEMPT_COLUMNS",
    "DELIVERY_COLUMNS",
    "NOTICE_COLUMNS",
    "READER_COLUMNS",
    "TASK_COLUMNS",
    "WEBHOOK_COLUMNS",
    "hook_level",
]
