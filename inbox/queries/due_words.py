"""Until when something waits, in words: late, due today, or later."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone


class Urgency(StrEnum):
    """How a due time stands to now; what has none waits without one."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"
    NONE = ""


def urgency(due_at: datetime | None, now: datetime) -> Urgency:
    """Late once its moment is past; due today on its last day, which a midnight ends."""
    if due_at is None:
        return Urgency.NONE
    if due_at < now:
        return Urgency.LATE
    today = timezone.localtime(now).date()
    return Urgency.TODAY if last_day(due_at) == today else Urgency.LATER


def last_day(due_at: datetime) -> date:
    """The day on which it has to be done: a deadline at midnight ends the day before."""
    local = timezone.localtime(due_at)
    return local.date() - timedelta(days=1) if local.time() == time.min else local.date()


def due_today(now: datetime) -> Q:
    """`urgency` TODAY as a condition on rows with `due_at`."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return Q(due_at__gte=now, due_at__lte=midnight)


def is_late(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def due_words(due_at: datetime | None, now: datetime) -> str:
    """The due time in words; a deadline at midnight ends the day before."""
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    midnight = local.time() == time.min
    if urgency(due_at, now) is Urgency.TODAY:
        until = "" if midnight else f"（{local:%H:%M} 前）"
        return f"今天到期{until}，{_left(due_at, now)}"
    words = f"{last_day(due_at):%Y-%m-%d} 前" if midnight else f"{local:%Y-%m-%d %H:%M} 前"
    if due_at >= now:
        left = _left(due_at, now)
        return f"{words}，{left}" if left else words
    days = (now - due_at).days
    return f"{words}，已超期 {days} 天" if days else f"{words}，已超期"


def _left(due_at: datetime, now: datetime) -> str:
    """How soon, where it is soon; nothing for what is more than three days away."""
    hours = int((due_at - now).total_seconds() // 3600)
    if hours < 1:
        return "不足 1 小时"
    if hours < 24:
        return f"剩 {hours} 小时"
    return f"剩 {hours // 24} 天" if hours < 72 else ""
