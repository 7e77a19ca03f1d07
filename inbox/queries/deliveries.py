"""How people are reached, and the log of what was tried; never what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from inbox.models import Channel, ContactPoint, Delivery, DeliveryAttempt, QuietHours
from inbox.queries.visible import (
    visible_contact_points,
    visible_deliveries,
    visible_delivery_attempts,
    visible_quiet_hours,
)
from organisations.models import User
from organisations.queries.people import people_of
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class OwnChannel:
    """A channel with the person's own address on it, if there is one."""

    channel: Channel
    point: ContactPoint | None


def own_channels(scope: Scope, offered: list[Channel]) -> list[OwnChannel]:
    points = {point.channel: point for point in visible_contact_points(scope)}
    return [OwnChannel(channel, points.get(channel)) for channel in offered]


def own_quiet_hours(scope: Scope) -> QuietHours:
    """As set, or as it is for those who set nothing (not saved)."""
    return visible_quiet_hours(scope).first() or QuietHours()


def attempts_of(scope: Scope) -> QuerySet[DeliveryAttempt]:
    """The log, newest first."""
    rows = visible_delivery_attempts(scope).select_related("user__organisation")
    return rows.order_by("-at", "-pk")


@dataclass(frozen=True)
class Reached:
    """One of the own people: by which channels, and whether the last messages failed."""

    person: User
    channels: tuple[str, ...]
    failing: tuple[str, ...]


def reach_of_people(scope: Scope) -> list[Reached]:
    """For the organisation's admin: reachable or not, without any address."""
    people = [person for person in people_of(scope) if person.is_active]
    verified: dict[int, list[str]] = {}
    points = ContactPoint.objects.filter(user__in=people, verified_at__isnull=False).exclude(
        wanted=ContactPoint.Wanted.NONE
    )
    for point in points.order_by("pk"):
        verified.setdefault(point.user_id, []).append(point.get_channel_display())
    failing: dict[int, set[str]] = {}
    dead = visible_deliveries(scope).filter(user__in=people, state=Delivery.State.DEAD)
    for row in dead.order_by("user_id", "channel").distinct("user_id", "channel"):
        failing.setdefault(row.user_id, set()).add(row.get_channel_display())
    return [
        Reached(
            person,
            tuple(verified.get(person.pk, ())),
            tuple(sorted(failing.get(person.pk, ()))),
        )
        for person in people
    ]


@dataclass(frozen=True)
class ChannelState:
    """Of one channel, for the system administrator."""

    channel: Channel
    gateway: str
    waiting: int
    last_sent_at: datetime | None
    last_failed_at: datetime | None
    last_problem: str


def channel_states(scope: Scope, gateways: dict[str, str]) -> list[ChannelState]:
    """What waits, and when it last went well or badly."""
    states = []
    for channel in Channel:
        log = visible_delivery_attempts(scope).filter(channel=channel).order_by("-at", "-pk")
        sent = log.filter(outcome=DeliveryAttempt.Outcome.SENT).first()
        failed = log.filter(outcome__in=("failed", "dead")).first()
        waiting = visible_deliveries(scope).filter(channel=channel, state=Delivery.State.QUEUED)
        states.append(
            ChannelState(
                channel, gateways.get(channel, "off"), waiting.count(),
                sent.at if sent else None, failed.at if failed else None,
                failed.reason if failed else "",
            )
        )  # fmt: skip
    return states
