"""Until when something waits, in words."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone


def is_late(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def due_words(due_at: datetime | None, now: datetime) -> str:
    """The due time in words; a deadline at midnight ends the day before."""
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    days = (now - due_at).days
    if local.time() == time.min:
        words = f"{local - timedelta(days=1):%Y-%m-%d} 前"
    else:
        words = f"{local:%Y-%m-%d %H:%M} 前"
    if due_at >= now:
        left = _left(due_at, now)
        return f"{words}，{left}" if left else words
    return f"{words}，已超期 {days} 天" if days else f"{words}，已超期"


def _left(due_at: datetime, now: datetime) -> str:
    """How soon, where it is soon; nothing for what is more than three days away."""
    hours = int((due_at - now).total_seconds() // 3600)
    if hours < 24:
        return f"剩 {max(hours, 1)} 小时"
    return f"剩 {hours // 24} 天" if hours < 72 else ""
