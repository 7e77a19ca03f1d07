"""S-7: every mutating route of the matrix leaves who, when, what, with which result, and whence."""

from __future__ import annotations

import pytest
from django.db import transaction

from core.audit.models import AuditEvent
from tests.matrix.table import Row, address, load_table, named
from tests.matrix.world import World

READS = {
    "notice-open": "reading is no act",
    "notices-read": "reading is no act",
    "api-notice-read": "reading is no act",
    "api-notice-read-all": "reading is no act",
    "api-announcement-read": "reading is no act",
    "api-cart-list": "gives the cart that is being filled already",
    "supply-queue-choose": "the page that it leads to asks and acts",
    "view-save": "how one's own list looks",
    "view-columns": "how one's own list looks",
    "view-act": "how one's own list looks",
    "api-saved-view-list": "how one's own list looks",
    "api-saved-view-detail": "how one's own list looks",
    "register-edit": "without the application's code it leads back to the search",
    "draft": "one's own unsent text",
    "bulk-choose": "shows what would be done",
    "bulk-run": "each act that it carries out leaves its own event",
}
"""Routes that are sent with POST and change nothing but what one has read or how one looks."""
TABLE = [row for row in load_table() if row.route.method != "GET"]
ADDRESS = "10.77.0.1"


def _ask(row: Row, world: World, actor: str) -> tuple[int, str, list[AuditEvent]]:
    """The status, where it leads, and the events that the request left; undone."""
    client = world.cast.client(actor)
    data = {name: named(value, world) for name, value in row.data.items()}
    url = address(row, world)
    as_json = url.startswith("/api/") and not row.as_form
    with transaction.atomic():
        last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        send = getattr(client, row.route.method.lower())
        extra = {"content_type": "application/json"} if as_json else {}
        answer = send(url, data, REMOTE_ADDR=ADDRESS, **extra)
        events = list(AuditEvent.objects.filter(pk__gt=last).order_by("pk"))
        transaction.set_rollback(True)
    return answer.status_code, str(answer.headers.get("Location", "")), events


def _succeeds(row: Row, actor: str) -> bool:
    return row.status[actor] in (200, 201, 202, 204, 302) and actor not in ("anonymous", "disabled")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_mutating_route_leaves_an_event(row: Row, world: World) -> None:
    for actor in [actor for actor in row.status if _succeeds(row, actor)][:2]:
        status, leads_to, events = _ask(row, world, actor)
        if status == 302 and leads_to.startswith("/login/") and row.route.name != "logout":
            continue
        if row.route.name in READS:
            assert events == []
            continue
        assert events, f"{actor}: {status} and nobody told"
        for event in events:
            assert (event.actor_id, event.ip) == (world.cast.users[actor].pk, ADDRESS)
            assert event.actor_name
            assert event.action
            assert event.outcome
            assert event.at
            assert event.request_id


@pytest.mark.parametrize(
    "row",
    [row for row in TABLE if {403, 409} & set(row.status.values())],
    ids=lambda row: row.label,
)
def test_refusal_leaves_an_event(row: Row, world: World) -> None:
    actor = next(actor for actor, status in row.status.items() if status in (403, 409))
    status, _, events = _ask(row, world, actor)
    told = [event for event in events if event.action == "request.refused"]
    assert status in (403, 409)
    assert [
        (event.outcome, event.actor_id, event.ip, event.detail["status"]) for event in told
    ] == [("refused", world.cast.users[actor].pk, ADDRESS, status)]


def test_failed_sign_in_leaves_an_event(world: World) -> None:
    row = next(row for row in TABLE if row.label == "login POST")
    status, _, events = _ask(row, world, "anonymous")
    assert status == 400
    assert [(event.action, event.outcome, event.ip) for event in events] == [
        ("user.sign_in", "refused", ADDRESS)
    ]
